/**
 * Calls the function whenever the page may be about to end: hidden, closed, or navigated away from.
 * Never on `unload`, which would keep the page out of the back/forward cache.
 *
 * @returns stops to listen
 */
export function onPageHiding(fn: () => void): () => void {
  if (typeof document === "undefined") return () => {};
  const onVisibilityChange = (): void => {
    if (document.visibilityState === "hidden") fn();
  };
  addEventListener("pagehide", fn);
  document.addEventListener("visibilitychange", onVisibilityChange);
  return () => {
    removeEventListener("pagehide", fn);
    document.removeEventListener("visibilitychange", onVisibilityChange);
  };
}
