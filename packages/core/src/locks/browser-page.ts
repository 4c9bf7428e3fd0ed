import type { Page } from "./platform.js";

/** This page; a worker has no such events, and nobody sees it. */
export const browserPage: Page = {
  on(event, listener) {
    const isOfPage = event === "pagehide" || event === "pageshow";
    const target = isOfPage ? globalThis : globalThis.document;
    // A server has no such events.
    target?.addEventListener?.(event, listener);
    return () => target?.removeEventListener?.(event, listener);
  },
  isVisible: () => globalThis.document?.visibilityState === "visible",
};
