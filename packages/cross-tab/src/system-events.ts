import type { PresentTab } from "@pubsub-mfe/core";
import type { LockContext } from "@pubsub-mfe/core/locks";
import type { TabPresence } from "./presence/tab-presence.js";

/**
 * The topics that an adapter publishes in its page, with `enableLeadership`; for a bus with types:
 * `createPubSub<ShopTopics & SystemTopics>()`.
 */
export interface SystemTopics {
  readonly "system.tab.initialized": { readonly clientId: string };
  /** Of this tab. */
  readonly "system.tab.leadership-changed": {
    readonly clientId: string;
    readonly isLeader: boolean;
    readonly epoch: number;
  };
  /** Another tab, as in the two below. */
  readonly "system.tab.joined": PresentTab;
  readonly "system.tab.left": PresentTab;
  readonly "system.tab.asleep": PresentTab;
}

/** What an adapter adds to `meta` of messages of other tabs. */
export interface CrossTabMeta {
  readonly _crossTab: true;
  /** The id in `tabs()` of the tab that published it; missing where only the log knew of it. */
  readonly _sourceClientId?: string;
  readonly _origin: string;
}

/** Publishes in this page. */
export type PublishEvent = <Topic extends keyof SystemTopics>(
  topic: Topic,
  payload: SystemTopics[Topic],
) => void;

/** Publishes who comes, sleeps and goes among the other tabs. @returns ends it */
export function publishTabEvents({ known }: TabPresence, publish: PublishEvent): () => void {
  return known.onChange(({ type, tab }) => {
    if (tab.id === known.self) return;
    if (type === "joined") publish("system.tab.joined", tab);
    else if (type === "left") publish("system.tab.left", tab);
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
