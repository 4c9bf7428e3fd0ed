import { checkChoice, invalidArgument } from "../arguments.js";
import type { Clock } from "../clock.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { RateLimitError } from "../errors.js";
import type { Message } from "../types.js";
import { TokenBucket } from "./token-bucket.js";

/** How much may be published; see {@link PubSubConfig.rateLimit}. */
export interface RateLimitConfig {
  /** Messages a second, over all topics. */
  readonly maxPerSecond: number;
  /**
   * How many of them may come at once.
   *
   * @defaultValue `maxPerSecond`
   */
  readonly maxBurst?: number | undefined;
  /**
   * What becomes of a message too many. `"drop"`: `publish` returns it with
   * `meta._rateLimited === true`, and nobody gets it. `"throw"`: a {@link RateLimitError}.
   *
   * @defaultValue `"drop"`
   */
  readonly onExceeded?: "drop" | "throw" | undefined;
}

/** Limits how much is published. */
export class RateLimit {
  readonly #throws: boolean;
  readonly #perSecond: number;
  readonly #reporter: Reporter;
  readonly #bucket: TokenBucket;

  constructor(config: RateLimitConfig, clock: Clock, reporter: Reporter) {
    const { maxPerSecond, maxBurst = Math.max(1, maxPerSecond) } = config;
    if (!(maxPerSecond > 0)) {
      throw invalidArgument("rateLimit.maxPerSecond", maxPerSecond, "a number above 0");
    }
    if (!(maxBurst >= 1)) throw invalidArgument("rateLimit.maxBurst", maxBurst, "1 or more");
    checkChoice("rateLimit.onExceeded", config.onExceeded, ["drop", "throw"]);
    this.#throws = config.onExceeded === "throw";
    this.#perSecond = maxPerSecond;
    this.#reporter = reporter;
    this.#bucket = new TokenBucket(maxPerSecond, maxBurst, clock);
  }

  /** @returns whether one more message may pass */
  take(): boolean {
    return this.#bucket.take(1) === 1;
  }

  /**
   * Tells of a message that may not.
   *
   * @returns the message, marked
   * @throws {@link RateLimitError} where it is to
   */
  refuse<T>(message: Message<T>): Message<T> {
    const { topic, id: messageId, meta } = message;
    const maxRate = this.#perSecond;
    const action = this.#throws ? "throw" : "drop";
    this.#reporter.tell({ type: "rate-limited", topic, messageId, maxRate, action });
    if (this.#throws) throw new RateLimitError(topic, maxRate);
    return Object.freeze({ ...message, meta: Object.freeze({ ...meta, _rateLimited: true }) });
  }
}
