import type { Clock, Message } from "@pubsub-mfe/core";
import { estimateSize } from "@pubsub-mfe/core/stores";
import { CrossTabError, MessageTooLargeError } from "../errors.js";
import type { CrossTabConfig } from "../types.js";
import { TokenBuckets } from "./token-buckets.js";

/** How often it is told that messages are dropped for their number, in milliseconds. */
const TELL_EVERY_MS = 10_000;

/** What a gate works with. */
export interface GateContext extends Pick<CrossTabConfig, "rateLimit" | "expectedOrigin"> {
  /** In bytes. */
  readonly maxMessageSize: number;
  readonly clock: Clock;
  tell(error: CrossTabError): void;
}

/** Keeps out what is too large, too much, or from elsewhere; counts and tells it. */
export class Gate {
  readonly counts = { messagesRateLimited: 0, messagesOversized: 0, originBlocked: 0 };
  readonly #context: GateContext;
  readonly #buckets: TokenBuckets | undefined;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #lastOrigin: string | undefined;

  constructor(context: GateContext) {
    this.#context = context;
    const { rateLimit, clock } = context;
    if (!rateLimit) return;
    const { maxPerSecond, maxBurst = Math.max(1, maxPerSecond) } = rateLimit;
    this.#buckets = new TokenBuckets(maxPerSecond, maxBurst, clock);
  }

  /** Whether something may come in from an origin; who goes on from one is told once. */
  admitsOrigin(origin: string): boolean {
    const { expectedOrigin = origin, tell } = this.#context;
    if (origin === expectedOrigin) return true;
    this.counts.originBlocked += 1;
    if (origin !== this.#lastOrigin) {
      this.#lastOrigin = origin;
      const message = `What came from ${origin} was refused: expectedOrigin is ${expectedOrigin}.`;
      tell(new CrossTabError("ORIGIN_REFUSED", message));
    }
    return false;
  }

  /**
   * Whether a message may come in. It has had its turn either way: nobody asks for it again.
   *
   * @param message - may be anything
   */
  admits(message: Message, publisher: string, clientId: string): boolean {
    const most = this.#context.maxMessageSize * 16;
    // What is malformed the bus refuses.
    const isNamed = typeof message?.topic === "string" && typeof message.id === "string";
    const bytes = isNamed ? estimateSize(message, most) : 0;
    if (!this.admitsSize(message, bytes, clientId)) return false;
    if (this.#buckets?.of(publisher).take(1) !== 0) return true;
    this.counts.messagesRateLimited += 1;
    this.#tellRate(clientId);
    return false;
  }

  /** @param clientId - of the tab that it comes from; `undefined`: it is to go out */
  admitsSize(message: Message, bytes: number, clientId?: string): boolean {
    const { maxMessageSize, tell } = this.#context;
    if (bytes <= maxMessageSize) return true;
    this.counts.messagesOversized += 1;
    tell(new MessageTooLargeError(message, bytes, maxMessageSize, clientId));
    return false;
  }

  #tellRate(clientId: string): void {
    const { clock, rateLimit, tell } = this.#context;
    const nowMs = clock.monotonic();
    if (nowMs - this.#toldAtMs < TELL_EVERY_MS) return;
    this.#toldAtMs = nowMs;
    const message = `Messages of tab ${clientId} were dropped: more than ${rateLimit?.maxPerSecond} a second came.`;
    tell(new CrossTabError("RATE_LIMITED", message));
  }
}
