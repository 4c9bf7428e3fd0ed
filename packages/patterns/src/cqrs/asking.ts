import type { Clock, PublishOptions, Unsubscribe } from "@pubsub-mfe/core";
import { NoHandlerError, RequestTimeoutError } from "../request-response/errors.js";
import { checkTimeout, Deadlines } from "../shared/deadlines.js";
import { isFromElsewhere } from "../shared/from-elsewhere.js";
import { onAbort } from "../shared/on-abort.js";
import { IN_PAGE, OWN, type PatternBus } from "../shared/pattern-bus.js";
import { publishAsk } from "../shared/publish.js";
import { randomId } from "../shared/random-id.js";
import { tell } from "../shared/tell.js";
import { cancelTopic, readResult, resultTopic } from "./wire.js";

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

/** Sends commands and queries, and waits for what comes of them. */
export class Asking {
  readonly #eventBus: PatternBus;
  readonly #life: AbortSignal;
  readonly #deadlines: Deadlines;
  readonly #idPrefix = randomId();
  #asks = 0;

  constructor(eventBus: PatternBus, life: AbortSignal, clock: Clock) {
    this.#eventBus = eventBus;
    this.#life = life;
    this.#deadlines = new Deadlines(clock);
  }

  /**
   * @param bus - on which it is asked
   * @param meta - more that the handler is told
   */
  async ask(
    bus: PatternBus,
    type: string,
    payload: unknown,
    { timeout = 5_000, signal }: AskOptions,
    meta: Readonly<Record<string, unknown>>,
  ): Promise<unknown> {
    checkTimeout("The timeout", timeout);
    const lives = [this.#life, bus.signal, this.#eventBus.signal, signal];
    for (const life of lives) life?.throwIfAborted();
    const id = `${this.#idPrefix}-${++this.#asks}`;
    const ends: Unsubscribe[] = [];
    try {
      return await new Promise((resolve, reject) => {
        const giveUp = (reason: unknown): void => {
          tell(this.#eventBus, cancelTopic(type, id), undefined, IN_PAGE);
          reject(reason);
        };
        const options: PublishOptions = { ...IN_PAGE, correlationId: id, meta };
        const receive = (message: Parameters<typeof readResult>[0]): void => {
          if (isFromElsewhere(message)) return;
          try {
            resolve(readResult(message));
          } catch (error) {
            reject(error);
          }
        };
        ends.push(this.#eventBus.subscribe(resultTopic(type, id), receive, OWN));
        publishAsk(bus, type, payload, options);
        if (bus.handlerCount?.(type) === 0) throw new NoHandlerError(type);
        ends.push(onAbort(lives, giveUp));
        const deadline = this.#deadlines.add(timeout, () =>
          giveUp(new RequestTimeoutError(type, timeout)),
        );
        ends.push(() => this.#deadlines.remove(deadline));
      });
    } finally {
      for (const end of ends) end();
    }
  }
}
