import type { Clock } from "../clock.js";
import { nextTask } from "./next-task.js";

/** How long one turn may keep the page busy. */
const BUDGET_MS = 12;
/** Turns that follow each other faster than this may be microtasks of one task. */
const GAP_MS = 4;
const FIRST_STRIDE = 8;
const LONGEST_STRIDE = 64;

/**
 * Tells when a turn has used up its time. Looks at the clock once in several steps: rarely while
 * steps are fast, at every step when they are slow. Turns of one task share its time: microtasks can
 * follow each other for ever, and the page would never get its turn.
 */
export class TimeBudget {
  readonly #clock: Clock;
  #start = Number.NEGATIVE_INFINITY;
  #endedAt = Number.NEGATIVE_INFINITY;
  /** A task was asked for that has not come: whatever happens now is of the task before it. */
  #taskIsDue = false;
  #spentMs = 0;
  #stride = FIRST_STRIDE;
  #stepsToLook = FIRST_STRIDE;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Begins a turn.
   *
   * @returns whether there is time for it
   */
  begin(): boolean {
    const now = this.#clock.monotonic();
    if (!this.#taskIsDue) {
      this.#restart(now);
      if (now - this.#endedAt <= GAP_MS) this.#askForTask();
    }
    return now - this.#start <= BUDGET_MS;
  }

  /** Begins a turn in a task of its own, with all the time there is. */
  beginTask(): void {
    this.#restart(this.#clock.monotonic());
  }

  end(): void {
    this.#endedAt = this.#clock.monotonic();
  }

  #askForTask(): void {
    this.#taskIsDue = true;
    nextTask(() => {
      this.#taskIsDue = false;
    });
  }

  #restart(now: number): void {
    this.#start = now;
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
