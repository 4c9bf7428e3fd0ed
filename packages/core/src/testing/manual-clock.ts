import type { Clock } from "../clock.js";
import { InvalidArgumentError } from "../errors.js";
import { show } from "../show.js";

/** The longest delay that a timer of the platform takes, in milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** So many timers at one moment are a timer that sets itself again, without end. */
const MOST_AT_ONE_MOMENT = 100_000;

interface Timer {
  readonly dueMs: number;
  readonly fn: () => void;
}

/**
 * A clock that a test turns by hand. Timers fire in the order in which they are due, those that are
 * due at the same moment in the order in which they were set, and while one fires the clock shows the
 * moment that it was due.
 *
 * @example
 * ```ts
 * const clock = new ManualClock();
 * const paid = once(bus, "order.paid", { timeout: 5_000, clock });
 * clock.advance(5_000); // paid rejects
 * ```
 */
export class ManualClock implements Clock {
  /** What the wall clock shows, in milliseconds since the epoch; a test may set it back. */
  wallMs: number;
  #elapsedMs = 0;
  /** By time, and of one time by age. */
  readonly #timers: Timer[] = [];

  /**
   * @param wallMs - what the wall clock shows at first, in milliseconds since the epoch
   * @defaultValue `1_700_000_000_000`, a moment in November 2023
   */
  constructor(wallMs = 1_700_000_000_000) {
    this.wallMs = wallMs;
  }

  /** How many timers wait. */
  get timerCount(): number {
    return this.#timers.length;
  }

  /** When the next timer is due, on the scale of `monotonic()`; `Infinity` when none waits. */
  get nextTimerMs(): number {
    return this.#timers[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  now(): number {
    return this.wallMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  /** @throws {@link InvalidArgumentError} for a delay that a browser would take for another */
  setTimer(fn: () => void, delayMs: number): () => void {
    if (!(delayMs <= LONGEST_TIMER_MS)) {
      throw new InvalidArgumentError(
        `The delay of a timer is ${show(delayMs)}: it must be a number of milliseconds, at most ${LONGEST_TIMER_MS}. For a longer one set another timer when it fires.`,
      );
    }
    return this.setTimerAt(fn, this.#elapsedMs + Math.max(0, delayMs));
  }

  /** @internal A delay that was computed from a moment need not lead back to it exactly. */
  setTimerAt(fn: () => void, dueMs: number): () => void {
    const timer: Timer = { dueMs, fn };
    let place = this.#timers.length;
    while (place > 0 && (this.#timers[place - 1] as Timer).dueMs > timer.dueMs) place -= 1;
    this.#timers.splice(place, 0, timer);
    return () => {
      const found = this.#timers.indexOf(timer);
      if (found >= 0) this.#timers.splice(found, 1);
    };
  }

  /**
   * Lets time pass, and fires the timers that become due, also those set meanwhile. What a timer
   * throws ends it, at the moment when that was due.
   *
   * @throws {@link InvalidArgumentError} for a time that is no number of milliseconds, 0 or more
   */
  advance(ms: number): void {
    const endMs = this.momentAfter(ms);
    let moment = Number.NaN;
    let atOneMoment = 0;
    while (this.nextTimerMs <= endMs) {
      atOneMoment = this.nextTimerMs === moment ? atOneMoment + 1 : 0;
      moment = this.nextTimerMs;
      if (atOneMoment >= MOST_AT_ONE_MOMENT) {
        throw new Error(
          `${MOST_AT_ONE_MOMENT} timers fired while the clock stood still: does one set itself again with a delay of 0?`,
        );
      }
      this.fireNext();
    }
    this.moveTo(endMs);
  }

  /**
   * Moves to the moment when the next timer is due, and fires that one.
   *
   * @returns whether there was one
   */
  fireNext(): boolean {
    const timer = this.#timers.shift();
    if (!timer) return false;
    this.moveTo(timer.dueMs);
    timer.fn();
    return true;
  }

  /** @internal Where `advance(ms)` ends. */
  momentAfter(ms: number): number {
    if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError(
        `The clock is to advance by ${show(ms)}: it must be a number of milliseconds, 0 or more.`,
      );
    }
    return this.#elapsedMs + ms;
  }

  /** @internal Lets time pass without a timer. */
  moveTo(momentMs: number): void {
    // A timer that advances the clock itself may have been there already.
    const ms = Math.max(0, momentMs - this.#elapsedMs);
    this.wallMs += ms;
    this.#elapsedMs = Math.max(this.#elapsedMs, momentMs);
  }
}
