/** Of how many messages that are missing the ids are known. */
const MAX_NAMES = 32_768;

/** What messages are called that are missing: so they can be found in a log. */
export class MissingNames {
  readonly #onDone: (id: string) => void;
  /** By number. */
  readonly #ids = new Map<number, string>();

  /** @param onDone - is told of those that are no longer waited for */
  constructor(onDone: (id: string) => void) {
    this.#onDone = onDone;
  }

  get ids(): ReadonlySet<string> {
    return new Set(this.#ids.values());
  }

  learn(n: number, id: string): void {
    if (this.#ids.size < MAX_NAMES) this.#ids.set(n, id);
  }

  /** It has arrived. */
  forget(n: number): void {
    this.#ids.delete(n);
  }

  /** All until this number have arrived, or were given up. */
  passTo(last: number): void {
    for (const [n, id] of this.#ids) {
      if (n > last) continue;
      this.#ids.delete(n);
      this.#onDone(id);
    }
  }

  /** By id. */
  numbers(): Map<string, number> {
    return new Map([...this.#ids].map(([n, id]) => [id, n]));
  }

  clear(): void {
    this.#ids.clear();
  }
}
