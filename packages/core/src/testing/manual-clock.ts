import type { Clock } from "../clock.js";

/** A clock that a test turns by hand. */
export class ManualClock implements Clock {
  /** What the wall clock shows; a test may set it back. */
  wallMs: number;
  #elapsedMs = 0;
  readonly #timers = new Set<{ readonly dueMs: number; readonly fn: () => void }>();

  constructor(wallMs = 1_700_000_000_000) {
    this.wallMs = wallMs;
  }

  now(): number {
    return this.wallMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  setTimer(fn: () => void, delayMs: number): () => void {
    const timer = { dueMs: this.#elapsedMs + delayMs, fn };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass, and calls the timers that are due then. */
  advance(ms: number): void {
    this.wallMs += ms;
    this.#elapsedMs += ms;
    const due = [...this.#timers].filter(({ dueMs }) => dueMs <= this.#elapsedMs);
    for (const timer of due.sort((a, b) => a.dueMs - b.dueMs)) {
      if (this.#timers.delete(timer)) timer.fn();
    }
  }
}
