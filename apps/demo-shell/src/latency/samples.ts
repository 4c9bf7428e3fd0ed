/** Durations, of which the newest are kept. */
export class Samples {
  readonly #values: Float64Array;
  #count = 0;

  /** @param limit - how many are kept */
  constructor(limit: number) {
    this.#values = new Float64Array(limit);
  }

  add(ms: number): void {
    this.#values[this.#count % this.#values.length] = ms;
    this.#count += 1;
  }

  /** How many were added, also those that are not kept any more. */
  get count(): number {
    return this.#count;
  }

  /**
   * @param shares - such as `0.95`, for the duration that 95 of 100 do not exceed
   * @returns in milliseconds, by nearest rank; `undefined` when there are none
   */
  percentiles(shares: readonly number[]): readonly (number | undefined)[] {
    const kept = Math.min(this.#count, this.#values.length);
    const sorted = this.#values.slice(0, kept).sort();
    return shares.map((share) => sorted[Math.max(0, Math.ceil(share * kept) - 1)]);
  }
}
