import type { Message } from "@pubsub-mfe/core";
import { NumberedRing } from "./numbered-ring.js";

/** How many of its messages a tab can send again. */
const CAPACITY = 2_048;
/** Of how many of its messages a tab can tell what they are called. */
const NAMES_CAPACITY = 32_768;

/** What a tab has sent, numbered from 1, for those that have missed some. */
export class SentMessages {
  readonly #messages = new NumberedRing<{ readonly message: Message; readonly sentMs: number }>(
    CAPACITY,
  );
  readonly #ids: NumberedRing<string> | undefined;

  /** @param isNamed - whether ids are kept for longer than messages: a log may have those */
  constructor(isNamed: boolean) {
    if (isNamed) this.#ids = new NumberedRing(NAMES_CAPACITY);
  }

  /** The number of the last message; 0 before the first. */
  get last(): number {
    return this.#messages.last;
  }

  /** The number of the oldest message that is still there. */
  get first(): number {
    return this.#messages.first;
  }

  /** @param sentMs - by the monotonic clock, in milliseconds */
  add(message: Message, sentMs: number): void {
    this.#messages.add({ message, sentMs });
    this.#ids?.add(message.id);
  }

  /** The messages of a range that is there. */
  slice(from: number, to: number): Message[] {
    return this.#messages.slice(from, to).map(({ message }) => message);
  }

  /** The ids of a range, as far as they are there. @returns the number of the first as well */
  names(from: number, to: number): { readonly from: number; readonly ids: readonly string[] } {
    const ids = this.#ids;
    const first = Math.max(from, ids?.first ?? 1);
    return { from: first, ids: ids?.slice(first, to) ?? [] };
  }

  /** The number of the last message that was sent until some moment, or of the last one overwritten. */
  lastUntil(timeMs: number): number {
    let n = this.last;
    while (n >= this.first && this.#messages.at(n).sentMs > timeMs) n -= 1;
    return n;
  }
}
