import type { HoldOptions, Locks } from "@pubsub-mfe/core/locks";
import type { Warn } from "./warning.js";

/** Has one tab do something at a time, where there are locks. */
export class Exclusive {
  readonly #warn: Warn;
  #locks: Locks | undefined;

  constructor(locks: Locks | undefined, warn: Warn) {
    this.#locks = locks;
    this.#warn = warn;
  }

  /**
   * Without locks every tab does it, which must be no more than a waste.
   *
   * @param name - gives the name of the lock; not asked without locks
   * @param work - runs again when the turn was lost; ends when its signal aborts
   * @throws whatever the work throws; the reason of the signal when that ends the waiting
   */
  async run<T>(
    name: () => Promise<string>,
    work: (signal: AbortSignal) => Promise<T>,
    options: HoldOptions & { readonly signal: AbortSignal },
  ): Promise<T> {
    if (this.#locks) {
      try {
        return await this.#locks.hold(await name(), ({ signal }) => work(signal), options);
      } catch (error) {
        if ((error as { code?: unknown } | undefined)?.code !== "LOCKS_UNAVAILABLE") throw error;
        if (this.#locks) this.#tellUnavailable(error);
      }
    }
    options.signal.throwIfAborted();
    return await work(options.signal);
  }

  #tellUnavailable(error: unknown): void {
    this.#locks = undefined;
    this.#warn(
      "LOCKS_UNAVAILABLE",
      "There are no locks on this page: tabs do the same work at the same time, and events are published more than once more often.",
      { reason: error },
    );
  }
}
