import type { EventPosition, EventStreams, NewEvent, Unsubscribe } from "@pubsub-mfe/core";
import type { Warn } from "../shared/warning.js";
import type { EventHandler, EventSubscribeOptions } from "./options.js";
import type { Stored } from "./stored.js";
import type { Upcasting } from "./upcasting.js";

export interface SubscriptionParts {
  readonly streams: EventStreams;
  readonly upcasting: Upcasting;
  readonly warn: Warn;
  /** Called once, however it ended. */
  readonly onEnd: () => void;
}

/** Hands events to one handler, one at a time: first those that are there, then what is appended. */
export class EventSubscription<Event extends NewEvent> {
  readonly #parts: SubscriptionParts;
  readonly #options: EventSubscribeOptions<Event>;
  readonly #handler: EventHandler<Event>;
  readonly #stopListening: Unsubscribe;
  #after: EventPosition | undefined;
  #ended = false;
  /** Whether something may have been appended since the last look. */
  #isNew = true;
  #wake: (() => void) | undefined;

  constructor(
    parts: SubscriptionParts,
    options: EventSubscribeOptions<Event>,
    handler: EventHandler<Event>,
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#handler = handler;
    this.#after = options.after;
    this.#stopListening = parts.streams.onAppend(() => this.#look());
    options.signal?.addEventListener("abort", this.end, { once: true });
    void this.#run();
  }

  readonly end = (): void => {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopListening();
    this.#options.signal?.removeEventListener("abort", this.end);
    this.#wake?.();
    this.#parts.onEnd();
  };

  #look(): void {
    this.#isNew = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      this.#isNew = false;
      try {
        await this.#readOn();
      } catch (error) {
        this.#fail(error, undefined);
      }
      if (!this.#isNew && !this.#ended) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    }
  }

  async #readOn(): Promise<void> {
    const { streams } = this.#parts;
    // Told before what is read: up to it nothing that matches will be left.
    const head = await streams.head();
    const query = { after: this.#after, types: this.#options.types };
    for await (const event of streams.readAll(query)) {
      if (this.#ended) return;
      await this.#handle(event as Stored<Event>);
      if (this.#ended) return;
      this.#after = event.position;
    }
    if (this.#after === undefined || this.#after < head) this.#after = head;
  }

  async #handle(event: Stored<Event>): Promise<void> {
    try {
      await this.#handler(this.#parts.upcasting.apply(event));
    } catch (error) {
      this.#fail(error, event);
    }
  }

  /** Ends it and tells, but for an event that is to be skipped. */
  #fail(error: unknown, event: Stored<Event> | undefined): void {
    // It was given up before: nobody waits for what came of it.
    if (this.#ended && !event) return;
    const { onError } = this.#options;
    let next: unknown;
    try {
      next = onError?.(error, event);
    } catch (thrown) {
      this.#warn(thrown, event);
    }
    if (event && next === "skip") return;
    this.end();
    if (!onError) this.#warn(error, event);
  }

  #warn(error: unknown, event: Stored<Event> | undefined): void {
    const what = event
      ? `its handler threw on the event "${event.type}" (version ${event.version} of the stream "${event.stream}")`
      : "the events could not be read";
    this.#parts.warn(
      "SUBSCRIPTION_ENDED",
      `A subscription of events has ended: ${what}. Its option onError is told, and can go on by returning "skip".`,
      { error, event },
    );
  }
}
