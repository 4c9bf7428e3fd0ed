import {
  type Clock,
  type EventStreams,
  isBusError,
  type StoredEvent,
  type Unsubscribe,
} from "@pubsub-mfe/core";
import type { Exclusive } from "../shared/exclusive.js";
import type { PatternBus } from "../shared/pattern-bus.js";
import { isPatternError } from "../shared/pattern-error.js";
import { publishAsk } from "../shared/publish.js";
import type { Warn } from "../shared/warning.js";

/** So long the tab that appended has for publishing, before another one does it. */
const GRACE_MS = 1_000;
/** A publisher that gives no sign of life for so long is taken over from. */
const STEAL_AFTER_MS = 5_000;

export interface PublisherParts {
  readonly streams: EventStreams;
  readonly bus: Pick<PatternBus, "publish">;
  readonly exclusive: Exclusive;
  readonly lockName: (purpose: string) => Promise<string>;
  readonly clock: Clock;
  readonly warn: Warn;
}

/**
 * Publishes what lies in the outbox: what this tab appended at once, and after a while what another
 * one did not come to.
 */
export class Publisher {
  readonly #parts: PublisherParts;
  readonly #end = new AbortController();
  readonly #stopListening: Unsubscribe;
  /** What was published and is still in the outbox, as when the one after it failed. */
  readonly #published = new Set<string>();
  #cancelTimer: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #toldOfDelay = false;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#stopListening = parts.streams.onAppend(() => this.#lookLater());
    void this.#look();
  }

  /** Publishes what waits; settles when that was tried. Never rejects. */
  publish(): Promise<void> {
    if (this.#end.signal.aborted) return Promise.resolve();
    this.#again = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  dispose(): void {
    this.#stopListening();
    this.#cancelTimer?.();
    this.#end.abort();
  }

  #lookLater(): void {
    if (this.#cancelTimer || this.#end.signal.aborted) return;
    this.#cancelTimer = this.#parts.clock.setTimer(() => {
      this.#cancelTimer = undefined;
      void this.#look();
    }, GRACE_MS);
  }

  /** Publishes only where there is something: to look is cheaper than a lock. */
  async #look(): Promise<void> {
    let waits = false;
    await this.#attempt(() =>
      this.#parts.streams.pending(() => {
        waits = true;
        throw new Postponed();
      }),
    );
    if (waits) await this.publish();
  }

  async #run(): Promise<void> {
    const { exclusive, lockName, streams } = this.#parts;
    const name = (): Promise<string> => lockName("publish");
    const drain = async (signal: AbortSignal): Promise<void> => {
      await streams.pending((events) => this.#publishBatch(events, signal));
      this.#published.clear();
    };
    const options = { signal: this.#end.signal, stealAfter: STEAL_AFTER_MS };
    while (this.#again && !this.#end.signal.aborted) {
      this.#again = false;
      await this.#attempt(() => exclusive.run(name, drain, options));
    }
    this.#running = undefined;
  }

  /** What fails stays in the outbox. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Postponed || this.#end.signal.aborted) return;
      this.#parts.warn(
        "OUTBOX_FAILED",
        "What lies in the outbox could not be looked at: it is published after the next append, or by another tab.",
        { error },
      );
    }
  }

  #publishBatch(events: readonly StoredEvent[], signal: AbortSignal): void {
    for (const event of events) {
      // The turn is over: another tab is at it.
      if (signal.aborted) throw new Postponed();
      if (this.#published.has(event.id)) continue;
      this.#publishOne(event);
      this.#published.add(event.id);
    }
  }

  /** @throws {@link Postponed} when it is to stay in the outbox */
  #publishOne(event: StoredEvent): void {
    const { type, payload, meta, stream, version, position, id } = event;
    const schemaVersion = meta?.schemaVersion;
    try {
      publishAsk(this.#parts.bus, type, payload, {
        meta: { ...meta, stream, version, position, eventId: id },
        ...(typeof schemaVersion === "string" && { schemaVersion }),
      });
      this.#toldOfDelay = false;
    } catch (error) {
      if (isBusError(error, "BUS_DISPOSED")) this.#leaveToOthers(error);
      if (isBusError(error, "RATE_LIMITED") || isPatternError(error, "RATE_LIMITED")) {
        this.#delay(error);
      }
      this.#parts.warn(
        "EVENT_NOT_PUBLISHED",
        `The event "${type}" (version ${version} of the stream "${stream}") was not published: the bus refused it. It is stored, and read by subscribe and by projections.`,
        { event, error },
      );
    }
  }

  #leaveToOthers(error: unknown): never {
    this.dispose();
    this.#parts.warn(
      "PUBLISHING_ENDED",
      "The bus was disposed before all events were published: they are published by another tab, or when the page is loaded again.",
      { reason: error },
    );
    throw new Postponed();
  }

  #delay(error: unknown): never {
    if (!this.#toldOfDelay) {
      this.#toldOfDelay = true;
      this.#parts.warn(
        "PUBLISHING_DELAYED",
        "The bus is over its rate limit: events wait in the outbox, and are published as it lets them.",
        { reason: error },
      );
    }
    this.#lookLater();
    throw new Postponed();
  }
}

/** Thrown to leave in the outbox what is in it. */
class Postponed extends Error {}
