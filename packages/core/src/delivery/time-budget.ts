import type { Clock } from "../clock.js";

/** How long one turn may keep the page busy. */
const BUDGET_MS = 12;
const FIRST_STRIDE = 8;
const LONGEST_STRIDE = 64;

/**
 * Tells when a turn has used up its time. Looks at the clock once in several steps: rarely while
 * steps are fast, at every step when they are slow.
 */
export class TimeBudget {
  readonly #clock: Clock;
  #start = 0;
  #spentMs = 0;
  #stride = FIRST_STRIDE;
  #stepsToLook = FIRST_STRIDE;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  restart(): void {
    this.#start = this.#clock.monotonic();
    this.#spentMs = 0;
    this.#stride = FIRST_STRIDE;
    this.#stepsToLook = FIRST_STRIDE;
  }

  /** Counts one step. */
  isUsedUp(): boolean {
    this.#stepsToLook -= 1;
    if (this.#stepsToLook > 0) return false;
    const spentMs = this.#clock.monotonic() - this.#start;
    const strideMs = spentMs - this.#spentMs;
    this.#spentMs = spentMs;
    this.#stride =
      strideMs > BUDGET_MS / 8
        ? Math.max(1, this.#stride >> 2)
        : Math.min(LONGEST_STRIDE, this.#stride * 2);
    this.#stepsToLook = this.#stride;
    return spentMs > BUDGET_MS;
  }
}
