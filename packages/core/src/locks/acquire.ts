import type { WebLocks } from "./platform.js";

/** A lock that is held. */
export interface Held {
  /** Aborts when another page stole it. */
  readonly stolen: AbortSignal;
  /** Lets go; resolves once nothing is held any more. */
  release(): Promise<void>;
}

/**
 * Requests a lock and gives it as a value, where the platform would hold it for a callback.
 *
 * @param options - `signal` gives up waiting; `steal` takes it from whoever has it
 */
export function acquire(
  locks: WebLocks,
  name: string,
  options: { readonly signal?: AbortSignal; readonly steal?: boolean },
): Promise<Held> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    const stolen = new AbortController();
    // Chromium does not notice an abort in the task of a page's first request: that request stays,
    // and lets go as soon as it is granted.
    const giveUp = () => reject(signal?.reason);
    const hold = () =>
      new Promise<void>((letGo) => {
        signal?.removeEventListener("abort", giveUp);
        if (signal?.aborted) return letGo();
        resolve({
          stolen: stolen.signal,
          release() {
            letGo();
            return ended;
          },
        });
      });
    signal?.addEventListener("abort", giveUp);
    const ended = locks.request(name, options, hold).then(
      () => {},
      (error: unknown) => {
        signal?.removeEventListener("abort", giveUp);
        // Once granted, a request rejects only when it was stolen from; then the first has no effect.
        reject(error);
        stolen.abort();
      },
    );
  });
}
