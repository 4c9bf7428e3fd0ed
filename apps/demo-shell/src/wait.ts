/**
 * Waits so many milliseconds; `Infinity` waits until the signal aborts.
 *
 * @throws (rejects) with the reason of the signal when that aborts
 */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const giveUp = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const end = (): void => {
      signal.removeEventListener("abort", giveUp);
      resolve();
    };
    const timer = Number.isFinite(ms) ? setTimeout(end, ms) : undefined;
    signal.addEventListener("abort", giveUp, { once: true });
  });
}
