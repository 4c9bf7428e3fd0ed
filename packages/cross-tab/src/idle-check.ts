import type { Clock, Unsubscribe } from "@pubsub-mfe/core";

/** After so long without a word of another tab all is quiet, in milliseconds: no digest is due. */
const QUIET_MS = 20_000;

/** Has something done once the other tabs are quiet, each time after they have been heard. */
export class IdleCheck {
  readonly #clock: Clock;
  readonly #check: () => void;
  /** By the monotonic clock. */
  #heardMs = 0;
  #cancel: Unsubscribe | undefined;

  constructor(clock: Clock, check: () => void) {
    this.#clock = clock;
    this.#check = check;
    this.hear();
  }

  /** Cheap: it is called with everything that arrives. */
  hear(): void {
    this.#heardMs = this.#clock.monotonic();
    if (!this.#cancel) this.#wait(QUIET_MS);
  }

  /** For how long nothing was heard, in milliseconds. */
  get quietMs(): number {
    return this.#clock.monotonic() - this.#heardMs;
  }

  stop(): void {
    this.#cancel?.();
  }

  #wait(ms: number): void {
    this.#cancel = this.#clock.setTimer(() => {
      this.#cancel = undefined;
      const leftMs = QUIET_MS - this.quietMs;
      if (leftMs > 0) this.#wait(leftMs);
      else this.#check();
    }, ms);
  }
}
