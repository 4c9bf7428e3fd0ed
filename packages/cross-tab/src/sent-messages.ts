import type { SizedMessage } from "./limits/batches.js";
import { MAX_KEPT, MAX_KEPT_BYTES } from "./limits/resending.js";
import { NumberedRing } from "./numbered-ring.js";

/** Of how many of its messages a tab can tell what they are called. */
const NAMES_CAPACITY = 32_768;

/** What a tab has sent, numbered from 1, for those that have missed some. */
export class SentMessages {
  readonly #messages = new NumberedRing<SizedMessage & { readonly sentMs: number }>(MAX_KEPT);
  #bytes = 0;
  /** The number of the oldest message that is still there. */
  first = 1;
  readonly #ids: NumberedRing<string> | undefined;

  /** @param isNamed - whether ids are kept for longer than messages: a log may have those */
  constructor(isNamed: boolean) {
    if (isNamed) this.#ids = new NumberedRing(NAMES_CAPACITY);
  }

  /** The number of the last message; 0 before the first. */
  get last(): number {
    return this.#messages.last;
  }

  /** @param sentMs - by the monotonic clock, in milliseconds */
  add({ message, bytes }: SizedMessage, sentMs: number): void {
    if (this.last - this.first + 1 === MAX_KEPT) this.#dropFirst();
    this.#messages.add({ message, bytes, sentMs });
    this.#ids?.add(message.id);
    this.#bytes += bytes;
    while (this.#bytes > MAX_KEPT_BYTES && this.first < this.last) this.#dropFirst();
  }

  /** The messages of a range that is there. */
  slice(from: number, to: number): SizedMessage[] {
    return this.#messages.slice(from, to);
  }

  /** The ids of a range, as far as they are there. @returns the number of the first as well */
  names(from: number, to: number): { readonly from: number; readonly ids: readonly string[] } {
    const ids = this.#ids;
    const first = Math.max(from, ids?.first ?? 1);
    return { from: first, ids: ids?.slice(first, to) ?? [] };
  }

  /** The number of the last message that was sent until some moment, or of the last one dropped. */
  lastUntil(timeMs: number): number {
    let n = this.last;
    while (n >= this.first && this.#messages.at(n).sentMs > timeMs) n -= 1;
    return n;
  }

  #dropFirst(): void {
    this.#bytes -= this.#messages.at(this.first).bytes;
    this.#messages.forget(this.first);
    this.first += 1;
  }
}
