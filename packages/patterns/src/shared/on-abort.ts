import type { Unsubscribe } from "@pubsub-mfe/core";

/**
 * Calls a function once, with the reason, when one of several signals aborts.
 *
 * @returns leaves no listener behind
 */
export function onAbort(
  signals: readonly (AbortSignal | undefined)[],
  fn: (reason: unknown) => void,
): Unsubscribe {
  const listener = ({ target }: Event): void => fn((target as AbortSignal).reason);
  for (const signal of signals) signal?.addEventListener("abort", listener, { once: true });
  return () => {
    for (const signal of signals) signal?.removeEventListener("abort", listener);
  };
}
