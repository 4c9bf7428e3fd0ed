import type { Unsubscribe } from "@pubsub-mfe/core";

/**
 * Calls the function whenever the page may have missed something: it comes back from the back/forward
 * cache, it was frozen, or it becomes visible.
 */
export function onPageWaking(fn: () => void): Unsubscribe {
  if (typeof document === "undefined") return () => {};
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener("pageshow", ({ persisted }) => persisted && fn(), { signal });
  document.addEventListener("resume", fn, { signal });
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState === "visible") fn();
    },
    { signal },
  );
  return () => listening.abort();
}
