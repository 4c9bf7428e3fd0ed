import type { Unsubscribe } from "@pubsub-mfe/core";

/** Calls the function whenever the page may be about to end or to stand still. */
export function onPageHiding(fn: () => void): Unsubscribe {
  if (typeof document === "undefined") return () => {};
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener("pagehide", fn, { signal });
  document.addEventListener("freeze", fn, { signal });
  const onChange = (): void => {
    if (document.visibilityState === "hidden") fn();
  };
  document.addEventListener("visibilitychange", onChange, { signal });
  return () => listening.abort();
}
