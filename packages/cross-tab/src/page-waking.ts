import type { Unsubscribe } from "@pubsub-mfe/core";

/**
 * Calls the function whenever the page may have missed something: it comes back from the back/forward
 * cache, it was frozen, or it becomes visible.
 *
 * @param onWaking - is told since when the page was asleep, if it was, in the time of `now`
 */
export function onPageWaking(
  now: () => number,
  onWaking: (asleepSinceMs: number | undefined) => void,
): Unsubscribe {
  if (typeof document === "undefined") return () => {};
  const listening = new AbortController();
  const { signal } = listening;
  let asleepSinceMs: number | undefined;
  const sleep = () => {
    asleepSinceMs ??= now();
  };
  const wake = () => {
    const sinceMs = asleepSinceMs;
    asleepSinceMs = undefined;
    onWaking(sinceMs);
  };
  addEventListener("pagehide", sleep, { signal });
  addEventListener("pageshow", ({ persisted }) => persisted && wake(), { signal });
  document.addEventListener("freeze", sleep, { signal });
  document.addEventListener("resume", wake, { signal });
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState === "visible") wake();
    },
    { signal },
  );
  return () => listening.abort();
}
