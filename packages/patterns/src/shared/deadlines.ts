import { type Clock, reportUncaught } from "@pubsub-mfe/core";
import { invalidArgument } from "./pattern-error.js";

/** The longest delay that a timer of the platform holds; a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** A moment at which something is called. */
export interface Deadline {
  /** On the scale of `monotonic()`; set by {@link Deadlines}. */
  dueMs: number;
  onExpired(): void;
}

/** Many deadlines on one timer of a clock. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #open = new Set<Deadline>();
  /** Those of the moment that is being told. */
  readonly #due = new Set<Deadline>();
  readonly #rests: boolean;
  #cancelTimer: (() => void) | undefined;
  #timerMs = Number.POSITIVE_INFINITY;

  /**
   * @param rests - whether the timer ends with the last deadline; otherwise when `rest()` is called
   */
  constructor(clock: Clock, rests = true) {
    this.#clock = clock;
    this.#rests = rests;
  }

  /**
   * Calls a function once, after the time given; never for `Infinity`.
   *
   * @param timeoutMs - as {@link checkTimeout} lets pass
   */
  add(timeoutMs: number, onExpired: () => void): Deadline {
    const deadline = { dueMs: 0, onExpired };
    this.start(deadline, timeoutMs);
    return deadline;
  }

  /** {@link Deadlines.add} for what is a deadline itself. */
  start(deadline: Deadline, timeoutMs: number): void {
    if (timeoutMs === Number.POSITIVE_INFINITY) return;
    deadline.dueMs = this.#clock.monotonic() + timeoutMs;
    this.#open.add(deadline);
    if (deadline.dueMs < this.#timerMs) this.#startTimer(deadline.dueMs);
  }

  /** It will not be called any more. May be called more than once. */
  remove(deadline: Deadline | undefined): void {
    if (!deadline) return;
    this.#due.delete(deadline);
    if (this.#open.delete(deadline) && this.#rests) this.rest();
  }

  /** Ends the timer that no deadline needs. */
  rest(): void {
    if (this.#open.size === 0) this.#stopTimer();
  }

  #startTimer(dueMs: number): void {
    this.#cancelTimer?.();
    this.#timerMs = dueMs;
    const delayMs = Math.min(Math.max(0, dueMs - this.#clock.monotonic()), LONGEST_TIMER_MS);
    this.#cancelTimer = this.#clock.setTimer(() => this.#fire(), delayMs);
  }

  #fire(): void {
    this.#stopTimer();
    const now = this.#clock.monotonic();
    const due = [...this.#open].filter(({ dueMs }) => dueMs <= now);
    for (const deadline of due.sort((a, b) => a.dueMs - b.dueMs)) {
      this.#open.delete(deadline);
      this.#due.add(deadline);
    }
    let next = Number.POSITIVE_INFINITY;
    for (const { dueMs } of this.#open) next = Math.min(next, dueMs);
    if (next < this.#timerMs) this.#startTimer(next);
    for (const deadline of this.#due) {
      this.#due.delete(deadline);
      try {
        deadline.onExpired();
      } catch (error) {
        // The others are due as well.
        reportUncaught(error, "[@pubsub-mfe/patterns]");
      }
    }
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#timerMs = Number.POSITIVE_INFINITY;
  }
}

/** @throws {@link PatternError} `INVALID_ARGUMENT` for what is no time */
export function checkTimeout(subject: string, timeoutMs: unknown): asserts timeoutMs is number {
  if (typeof timeoutMs === "number" && timeoutMs >= 0) return;
  throw invalidArgument(
    subject,
    timeoutMs,
    "a number of milliseconds, 0 or more. Infinity waits for ever",
  );
}
