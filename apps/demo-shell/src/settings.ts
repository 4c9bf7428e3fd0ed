/**
 * What a visitor has chosen, kept by the browser; where it keeps nothing, because it is full or forbids
 * it, as long as the page is there.
 */
class Settings {
  readonly #open: () => Storage;
  readonly #memory = new Map<string, string>();

  /** @param open - gives the storage, and may throw */
  constructor(open: () => Storage) {
    this.#open = open;
  }

  get(key: string): string | null {
    const kept = this.#memory.get(key);
    if (kept !== undefined) return kept;
    try {
      return this.#open().getItem(key);
    } catch {
      return null;
    }
  }

  set(key: string, value: string): void {
    try {
      this.#open().setItem(key, value);
      this.#memory.delete(key);
    } catch {
      this.#memory.set(key, value);
    }
  }

  remove(key: string): void {
    this.#memory.delete(key);
    try {
      this.#open().removeItem(key);
    } catch {
      // What cannot be opened has nothing to be removed.
    }
  }
}

/** Those of all tabs. */
export const settings: Settings = new Settings(() => localStorage);

/** Those of this tab alone, which outlive a reload. */
export const tabSettings: Settings = new Settings(() => sessionStorage);
