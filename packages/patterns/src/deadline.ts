import type { Clock } from "@pubsub-mfe/core";
import { PatternError } from "./errors.js";

/** The longest delay that a timer of the platform holds; a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls a function once, after the time given; never for `Infinity`.
 *
 * @returns cancels the call
 * @throws {@link PatternError} `INVALID_TIMEOUT` for what is no time
 */
export function startDeadline(clock: Clock, timeoutMs: number, onExpired: () => void): () => void {
  if (typeof timeoutMs !== "number" || !(timeoutMs >= 0)) {
    throw new PatternError(
      "INVALID_TIMEOUT",
      `The timeout is ${String(timeoutMs)}: it must be a number of milliseconds, 0 or more. Infinity waits for ever.`,
    );
  }
  if (timeoutMs === Number.POSITIVE_INFINITY) return () => {};
  let left = timeoutMs;
  let cancel: () => void;
  const wait = (): void => {
    const delay = Math.min(left, LONGEST_TIMER_MS);
    left -= delay;
    cancel = clock.setTimer(left > 0 ? wait : onExpired, delay);
  };
  wait();
  return () => cancel();
}
