/**
 * Waits for a callback, or rejects when the signal aborts; either way what was started is stopped.
 *
 * @param start - begins what calls back, and returns what stops it
 */
export function until(signal: AbortSignal, start: (done: () => void) => () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = start(() => end(resolve));
    const onAbort = () => end(() => reject(signal.reason));
    signal.addEventListener("abort", onAbort);
    function end(settle: () => void) {
      signal.removeEventListener("abort", onAbort);
      stop();
      settle();
    }
  });
}

/** A signal that aborts when one of those given does. */
export function anyOf(...signals: (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}
