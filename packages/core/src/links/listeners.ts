import type { Unsubscribe } from "../types.js";

/** Those who are told of something at once; what one of them throws does not stop the others. */
export class Listeners<T> {
  readonly #listeners = new Map<object, (value: T) => void>();
  readonly #onFailure: (thrown: unknown) => void;

  constructor(onFailure: (thrown: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** One function added twice is two listeners. */
  add(listener: (value: T) => void): Unsubscribe {
    const key = {};
    this.#listeners.set(key, listener);
    return () => {
      this.#listeners.delete(key);
    };
  }

  /** Calls each; what one throws keeps none of the others from it. */
  tell(value: T): void {
    if (this.#listeners.size === 0) return;
    for (const listener of this.#listeners.values()) {
      try {
        listener(value);
      } catch (thrown) {
        this.#onFailure(thrown);
      }
    }
  }

  /** Removes all. */
  clear(): void {
    this.#listeners.clear();
  }
}
