/** How many ids each of two generations holds. */
const GENERATION = 16_384;

/** Remembers the ids of the last messages, in bounded memory. */
export class SeenIds {
  #young = new Set<string>();
  #old = new Set<string>();

  add(id: string): void {
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(id);
  }

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id);
  }
}
