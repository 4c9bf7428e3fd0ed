import type { Message } from "@pubsub-mfe/core";

/** A message that was sent, and when. */
interface SentMessage {
  readonly message: Message;
  /** By the monotonic clock, in milliseconds. */
  readonly sentMs: number;
}

/** The last messages that a tab has sent, for those that have missed some. */
export class ResendRing {
  readonly #capacity: number;
  /** In the order of their numbers; the oldest are overwritten. */
  readonly #slots: SentMessage[] = [];
  /** The number of the last message; 0 before the first. */
  last = 0;

  /** @param capacity - how many messages are kept */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The number of the oldest message that is still there. */
  get first(): number {
    return Math.max(1, this.last - this.#capacity + 1);
  }

  add(message: Message, sentMs: number): void {
    this.last += 1;
    this.#slots[this.last % this.#capacity] = { message, sentMs };
  }

  /** The messages of a range that is there. */
  slice(from: number, to: number): Message[] {
    const found: Message[] = [];
    for (let n = from; n <= to; n += 1) found.push(this.#at(n).message);
    return found;
  }

  /** The number of the last message that was sent until some moment, or of the last one overwritten. */
  lastUntil(timeMs: number): number {
    let n = this.last;
    while (n >= this.first && this.#at(n).sentMs > timeMs) n -= 1;
    return n;
  }

  #at(n: number): SentMessage {
    return this.#slots[n % this.#capacity] as SentMessage;
  }
}
