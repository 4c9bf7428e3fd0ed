import { expect } from "@playwright/test";
import { LinkedTab } from "./linked-tab.js";
import { type AnyPage, type PageServer, servePage } from "./page-server.js";

/** What the page tells of itself. */
interface TabView {
  clientId: string;
  isLeader: boolean;
  /** `id state`, and `leads` behind the leader's. */
  tabs: string[];
  /** Of each turn of its own, when it began, in milliseconds since the epoch. */
  turns: { epoch: number; at: number }[];
  /** The system events, without `system.tab.`. */
  events: string[];
  /** Whether the page came out of the back/forward cache. */
  restored: boolean;
  /** Counts on, unless the page stands still. */
  beats: number;
}

declare global {
  interface Window {
    view?: () => TabView;
  }
}

const html = `<!doctype html><title>tabs</title>
<script type="importmap">{ "imports": {
  "@pubsub-mfe/core": "/core/dist/index.js",
  "@pubsub-mfe/core/locks": "/core/dist/locks.js",
  "@pubsub-mfe/core/stores": "/core/dist/stores.js",
  "@pubsub-mfe/cross-tab": "/cross-tab/dist/index.js"
} }</script>
<script type="module">
let restored = false;
addEventListener("pageshow", ({ persisted }) => { restored = persisted; });
let beats = 0;
setInterval(() => { beats += 1; }, 20);

const { createPubSub } = await import("@pubsub-mfe/core");
const { createCrossTabAdapter } = await import("@pubsub-mfe/cross-tab");
const bus = createPubSub();
const turns = [];
const events = [];
bus.subscribe("system.tab.+", ({ topic, payload }) => {
  events.push(topic.slice("system.tab.".length) + (payload.id ? " " + payload.id : ""));
});
const adapter = createCrossTabAdapter({ enableLeadership: true });
await adapter.attach(bus);
void adapter.lead(({ epoch, signal }) => {
  turns.push({ epoch, at: Date.now() });
  return new Promise((resolve) => signal.addEventListener("abort", resolve));
});
window.view = () => ({
  clientId: adapter.getStats().clientId,
  isLeader: adapter.isLeader(),
  tabs: adapter.tabs().map(({ id, state, leader }) => id + " " + state + (leader ? " leads" : "")).sort(),
  turns, events, restored, beats,
});
</script>`;

/** Serves a page that is linked to its other tabs by the built packages. */
export function serveTabsPage(): Promise<PageServer> {
  return servePage(html, new URL("../packages/", import.meta.url));
}

/** A tab among others. */
export class Tab<P extends AnyPage> extends LinkedTab<P> {
  /** Waits until it has its id. */
  async ready(): Promise<this> {
    await expect.poll(() => this.page.evaluate(() => typeof window.view)).toBe("function");
    this.id = (await this.view()).clientId;
    return this;
  }

  view(): Promise<TabView> {
    return this.page.evaluate(() => (window.view as () => TabView)());
  }

  /** Waits until the tabs that it knows are these. */
  async expectTabs(...tabs: string[]): Promise<void> {
    const isSo = expect.poll(async () => (await this.view()).tabs, { intervals: [20] });
    await isSo.toEqual(tabs.sort());
  }

  /** Waits for its turn. @returns how long that took, in milliseconds since the moment given */
  async leads(since: number): Promise<number> {
    await expect
      .poll(async () => (await this.view()).isLeader, { intervals: [20], timeout: 10_000 })
      .toBe(true);
    return ((await this.view()).turns.at(-1)?.at ?? Number.NaN) - since;
  }
}
