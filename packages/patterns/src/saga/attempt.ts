import type { Deadlines } from "../shared/deadlines.js";
import { LazySignal } from "../shared/lazy-signal.js";
import { onAbort } from "../shared/on-abort.js";

/** When an attempt is given up. */
export interface AttemptLimits {
  readonly deadlines: Deadlines;
  readonly timeoutMs: number;
  /** Makes what it fails with when it took too long. */
  readonly onTimeout: () => unknown;
  readonly signals: readonly (AbortSignal | undefined)[];
}

/**
 * Calls a function and waits for it, no longer than allowed; then its signal aborts, and what becomes
 * of it is not looked at.
 *
 * @throws (rejects) what the function threw, what `onTimeout` made, or a signal's reason
 */
export function attempt(
  fn: (signal: LazySignal) => unknown,
  { deadlines, timeoutMs, onTimeout, signals }: AttemptLimits,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const own = new LazySignal();
    const end = (): void => {
      unlisten();
      deadlines.remove(deadline);
    };
    const fail = (reason: unknown): void => {
      end();
      reject(reason);
    };
    const giveUp = (reason: unknown): void => {
      // First, so that what an abort listener throws into the action comes too late.
      fail(reason);
      own.abort(reason);
    };
    const unlisten = onAbort(signals, giveUp);
    const deadline = deadlines.add(timeoutMs, () => giveUp(onTimeout()));
    const aborted = signals.find((signal) => signal?.aborted);
    if (aborted) return giveUp(aborted.reason);
    new Promise((done) => done(fn(own))).then((value) => {
      end();
      resolve(value);
    }, fail);
  });
}

/** Waits so long, or until a signal aborts. */
export function pause(
  deadlines: Deadlines,
  ms: number,
  signals: readonly (AbortSignal | undefined)[],
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      unlisten();
      deadlines.remove(deadline);
      resolve();
    };
    const unlisten = onAbort(signals, end);
    const deadline = deadlines.add(ms, end);
    if (signals.some((signal) => signal?.aborted)) end();
  });
}
