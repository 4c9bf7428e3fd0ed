/** A source of time. Tests hand in one that they turn by hand. */
export interface Clock {
  /** The wall clock, in milliseconds since the epoch; it may step back. */
  now(): number;
  /** Milliseconds since some fixed moment; never steps back. */
  monotonic(): number;
  /**
   * Calls the function once, after the delay.
   *
   * @param delayMs - in milliseconds, at most 2^31-1
   * @returns cancels the call
   */
  setTimer(fn: () => void, delayMs: number): () => void;
}

/** The platform's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(fn, delayMs) {
    const timer = setTimeout(fn, delayMs);
    return () => clearTimeout(timer);
  },
};
