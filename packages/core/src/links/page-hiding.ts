import type { Unsubscribe } from "../types.js";

/**
 * Calls the function whenever the page may be about to end or to stand still. Never on `unload`,
 * which would keep the page out of the back/forward cache.
 */
export function onPageHiding(fn: (event: Event) => void): Unsubscribe {
  if (typeof document === "undefined") return () => {};
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener("pagehide", fn, { signal });
  document.addEventListener("freeze", fn, { signal });
  document.addEventListener(
    "visibilitychange",
    (event) => {
      if (document.visibilityState === "hidden") fn(event);
    },
    { signal },
  );
  return () => listening.abort();
}
