import type { LockContext } from "@pubsub-mfe/core/locks";
import type { TabPresence } from "./presence/tab-presence.js";

/** Publishes in this page. */
export type PublishEvent = (topic: string, payload: unknown) => void;

/** Publishes who comes, sleeps and goes among the other tabs. @returns ends it */
export function publishTabEvents({ known }: TabPresence, publish: PublishEvent): () => void {
  return known.onChange(({ type, tab }) => {
    if (tab.id === known.self) return;
    if (type !== "changed") publish(`system.tab.${type}`, tab);
    else if (tab.state === "asleep") publish("system.tab.asleep", tab);
  });
}

/** Publishes that this tab leads, and when it does no more. */
export function publishTurn(
  { epoch, signal }: LockContext,
  clientId: string,
  publish: PublishEvent,
): void {
  const tell = (isLeader: boolean) =>
    publish("system.tab.leadership-changed", { clientId, isLeader, epoch });
  tell(true);
  signal.addEventListener("abort", () => tell(false), { once: true });
}
