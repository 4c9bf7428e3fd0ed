/** A `Storage` that counts what is written, and can be full. */
export class FakeStorage {
  readonly #values = new Map<string, string>();
  readonly writes: [key: string, value: string][] = [];
  /** The most that was in it at once, in characters. */
  peak = 0;
  /** Thrown by the next write. */
  failure: unknown;

  get length(): number {
    return this.#values.size;
  }

  key(index: number): string | null {
    return [...this.#values.keys()][index] ?? null;
  }

  setItem(key: string, value: string): void {
    if (this.failure !== undefined) {
      const { failure } = this;
      this.failure = undefined;
      throw failure;
    }
    this.#values.set(key, value);
    this.writes.push([key, value]);
    this.peak = Math.max(this.peak, [...this.#values.values()].join("").length);
  }

  removeItem(key: string): void {
    this.#values.delete(key);
  }
}
