import type { Clock } from "@pubsub-mfe/core";
import { invalidArgument } from "./pattern-error.js";

/** The longest delay that a timer of the platform holds; a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/**
 * How many microtasks the timer outlives the last deadline: who makes one call after the other
 * begins the next within them, and need not pay for a timer each time.
 */
const IDLE_MICROTASKS = 8;

/** A moment at which something is called. */
export interface Deadline {
  readonly dueMs: number;
  readonly onExpired: () => void;
}

/** Many deadlines on one timer of a clock. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #open = new Set<Deadline>();
  #cancelTimer: (() => void) | undefined;
  #timerMs = Number.POSITIVE_INFINITY;
  #isIdling = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Calls a function once, after the time given; never for `Infinity`.
   *
   * @param timeoutMs - as {@link checkTimeout} lets pass
   */
  add(timeoutMs: number, onExpired: () => void): Deadline {
    const deadline = { dueMs: this.#clock.monotonic() + timeoutMs, onExpired };
    if (timeoutMs === Number.POSITIVE_INFINITY) return deadline;
    this.#open.add(deadline);
    if (deadline.dueMs < this.#timerMs) this.#startTimer(deadline.dueMs);
    return deadline;
  }

  /** It will not be called any more. May be called more than once. */
  remove(deadline: Deadline | undefined): void {
    if (!deadline || !this.#open.delete(deadline)) return;
    if (this.#open.size === 0 && !this.#isIdling) void this.#idle();
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
    for (const deadline of due) this.#open.delete(deadline);
    let next = Number.POSITIVE_INFINITY;
    for (const { dueMs } of this.#open) next = Math.min(next, dueMs);
    if (next < this.#timerMs) this.#startTimer(next);
    for (const { onExpired } of due.sort((a, b) => a.dueMs - b.dueMs)) onExpired();
  }

  async #idle(): Promise<void> {
    this.#isIdling = true;
    for (let n = 0; n < IDLE_MICROTASKS && this.#open.size === 0; n += 1) await null;
    this.#isIdling = false;
    if (this.#open.size === 0) this.#stopTimer();
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
