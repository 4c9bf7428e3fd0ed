import type { PubSubBus } from "@pubsub-mfe/core";
import { inspect } from "@pubsub-mfe/core/inspect";
import { onceAFrame } from "../once-a-frame.js";
import { DOCUMENT_GONE } from "./framed-page.js";

/**
 * Shows in each frame how many subscriptions its microfrontend has, none of which is left of one that
 * is unmounted, and of which version its copy of the bus is.
 */
export function showSubscriptionCounts(store: HTMLElement, bus: PubSubBus): void {
  const inspector = inspect(bus);
  const draw = (): void => {
    const counts = new Map<string | undefined, number>();
    const versions = new Map<string | undefined, string>();
    for (const copy of inspector.neighbours()) {
      const { name, version, subscriptions } = copy.describe();
      versions.set(name, version);
      counts.set(name, (counts.get(name) ?? 0) + subscriptions.length);
    }
    for (const frame of store.querySelectorAll<HTMLElement>(".frame")) {
      const element = frame.querySelector(".subscriptions");
      const count = counts.get(frame.dataset.mfe) ?? 0;
      if (element) element.textContent = `${count} ${count === 1 ? "sub" : "subs"}`;
      const version = versions.get(frame.dataset.mfe);
      const told = frame.querySelector(".version");
      if (told) told.textContent = version ? ` · ${version}` : "";
    }
  };
  const drawSoon = onceAFrame(draw);
  bus.onSubscriptionsChange(drawSoon);
  store.addEventListener(DOCUMENT_GONE, drawSoon);
  draw();
}
