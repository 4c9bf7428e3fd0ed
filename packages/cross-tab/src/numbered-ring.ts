/** The last values of a sequence that is numbered from 1. */
export class NumberedRing<T> {
  readonly #capacity: number;
  /** By number; the oldest are overwritten. */
  readonly #slots: T[] = [];
  /** The number of the last value; 0 before the first. */
  last = 0;

  /** @param capacity - how many values are kept */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The number of the oldest value that is still there. */
  get first(): number {
    return Math.max(1, this.last - this.#capacity + 1);
  }

  add(value: T): void {
    this.last += 1;
    this.#slots[this.last % this.#capacity] = value;
  }

  /** A value that is there. */
  at(n: number): T {
    return this.#slots[n % this.#capacity] as T;
  }

  /** Lets go of a value; it is not to be looked at any more. */
  forget(n: number): void {
    delete this.#slots[n % this.#capacity];
  }

  /** The values of a range that is there. */
  slice(from: number, to: number): T[] {
    const found: T[] = [];
    for (let n = from; n <= to; n += 1) found.push(this.at(n));
    return found;
  }
}
