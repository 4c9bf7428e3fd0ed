import {
  type Clock,
  type Message,
  matchTopic,
  type PublishOptions,
  type Unsubscribe,
} from "@pubsub-mfe/core";
import { NoHandlerError, RequestTimeoutError } from "../request-response/errors.js";
import { checkTimeout, Deadlines } from "../shared/deadlines.js";
import { isFromElsewhere } from "../shared/from-elsewhere.js";
import { onAbort } from "../shared/on-abort.js";
import { onBusEnd } from "../shared/on-bus-end.js";
import { IN_PAGE, OWN, type PatternBus } from "../shared/pattern-bus.js";
import { publishAsk } from "../shared/publish.js";
import { randomId } from "../shared/random-id.js";
import { tell } from "../shared/tell.js";
import { cancelTopic, goneTopic, readResult, resultTopic } from "./wire.js";

/** Options that commands and queries have in common. */
export interface AskOptions {
  /**
   * How long to wait for the answer, in milliseconds; `Infinity` waits for ever.
   *
   * @defaultValue `5_000`
   */
  readonly timeout?: number | undefined;
  /** Gives up when it aborts: the promise rejects with its reason. Already aborted: nothing is sent. */
  readonly signal?: AbortSignal | undefined;
}

/** Sends the commands, or the queries, of one object, and waits for what comes of them. */
export class Asking {
  readonly #bus: PatternBus;
  readonly #eventBus: PatternBus;
  readonly #deadlines: Deadlines;
  readonly #idPrefix = randomId();
  #asks = 0;
  /** What gives up each that is open. */
  readonly #open = new Set<(reason: unknown) => void>();
  #ends: Unsubscribe[] = [];

  /** @param bus - on which it is asked */
  constructor(bus: PatternBus, eventBus: PatternBus, clock: Clock) {
    this.#bus = bus;
    this.#eventBus = eventBus;
    this.#deadlines = new Deadlines(clock);
  }

  /** @param meta - more that the handler is told */
  async ask(
    type: string,
    payload: unknown,
    { timeout = 5_000, signal }: AskOptions,
    meta: Readonly<Record<string, unknown>>,
  ): Promise<unknown> {
    checkTimeout("The timeout", timeout);
    for (const life of [this.#bus.signal, this.#eventBus.signal, signal]) life?.throwIfAborted();
    const id = `${this.#idPrefix}-${++this.#asks}`;
    const ends: Unsubscribe[] = [];
    try {
      return await new Promise((resolve, reject) => {
        const giveUp = (reason: unknown): void => {
          tell(this.#eventBus, cancelTopic(type, id), undefined, IN_PAGE);
          reject(reason);
        };
        const receive = (message: Message): void => {
          if (isFromElsewhere(message)) return;
          try {
            resolve(readResult(message));
          } catch (error) {
            reject(error);
          }
        };
        this.#enter(giveUp);
        ends.push(() => this.#leave(giveUp));
        ends.push(this.#eventBus.subscribe(resultTopic(type, id), receive, OWN));
        // What is no topic is refused as that.
        matchTopic(type, type);
        if (this.#bus.handlerCount?.(type) === 0) throw new NoHandlerError(type);
        const options: PublishOptions = { ...IN_PAGE, correlationId: id, meta };
        ends.push(
          onAbort([signal], giveUp),
          this.#eventBus.subscribe(
            goneTopic(type),
            ({ payload }) => {
              if (payload?.answering?.includes(id) || this.#bus.handlerCount?.(type) !== 0) return;
              // It was on its way to a handler that ended.
              reject(new NoHandlerError(type));
            },
            OWN,
          ),
        );
        publishAsk(this.#bus, type, payload, options);
        const deadline = this.#deadlines.add(timeout, () =>
          giveUp(new RequestTimeoutError(type, timeout)),
        );
        ends.push(() => this.#deadlines.remove(deadline));
      });
    } finally {
      for (const end of ends) end();
    }
  }

  /** Gives up what is open. */
  giveUp(reason: unknown): void {
    for (const giveUp of [...this.#open]) giveUp(reason);
  }

  #enter(giveUp: (reason: unknown) => void): void {
    if (this.#open.size === 0) {
      const end = (reason: unknown): void => this.giveUp(reason);
      this.#ends = [onBusEnd(this.#bus, end), onBusEnd(this.#eventBus, end)];
    }
    this.#open.add(giveUp);
  }

  #leave(giveUp: (reason: unknown) => void): void {
    this.#open.delete(giveUp);
    if (this.#open.size > 0) return;
    for (const end of this.#ends) end();
    this.#ends = [];
  }
}
