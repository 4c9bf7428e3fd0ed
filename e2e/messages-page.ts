import { expect } from "@playwright/test";
import { LinkedTab } from "./linked-tab.js";
import { type AnyPage, type PageServer, servePage } from "./page-server.js";

/** A bus of the page, as it stands. */
interface BusView {
  clientId: string;
  isLeader: boolean;
  /** The tabs that it knows, each as `id state`. */
  tabs: string[];
  /**
   * The numbers that each tab was heard to publish, as they came, by client id: `1-3 5` are 1, 2, 3
   * and 5; what came in another order or twice begins a new range.
   */
  heard: Record<string, string>;
  /** What was told to be missing: `clientId first-last` of the numbers on the wire. */
  gaps: string[];
  /** Other errors. */
  errors: string[];
}

interface MessagesPage {
  view(bus?: number): BusView;
  /** Publishes the numbers of a range on a bus in one turn, or each in a task of its own. */
  publish(
    first: number,
    last: number,
    how?: "at once" | "a task each",
    bus?: number,
  ): Promise<void>;
  /** How many posts with messages went over the channel since the page was loaded. */
  posts: number;
  /** Whether the page came out of the back/forward cache, and if not, why. */
  restored: { persisted: boolean; reasons: unknown };
  /** Counts on, unless the page stands still. */
  beats: number;
  /** When the last message was handled, in milliseconds since the epoch. */
  handledAt: number;
}

declare global {
  interface Window {
    messages: MessagesPage;
  }
}

const html = `<!doctype html><title>messages</title>
<script type="importmap">{ "imports": {
  "@pubsub-mfe/core": "/core/dist/index.js",
  "@pubsub-mfe/core/locks": "/core/dist/locks.js",
  "@pubsub-mfe/core/stores": "/core/dist/stores.js",
  "@pubsub-mfe/cross-tab": "/cross-tab/dist/index.js"
} }</script>
<script type="module">
const page = { posts: 0, beats: 0, handledAt: 0, restored: { persisted: false, reasons: null } };
addEventListener("pageshow", ({ persisted }) => {
  const [{ notRestoredReasons }] = performance.getEntriesByType("navigation");
  page.restored = { persisted, reasons: notRestoredReasons?.toJSON() ?? null };
});
setInterval(() => { page.beats += 1; }, 20);

const { createPubSub, joinPubSub } = await import("@pubsub-mfe/core");
const { createCrossTabAdapter } = await import("@pubsub-mfe/cross-tab");

async function connect(bus) {
  const heard = new Map();
  const [gaps, errors] = [[], []];
  bus.subscribe("n", ({ payload, meta }) => {
    const from = meta?._sourceClientId ?? "this page";
    const ranges = heard.get(from) ?? [];
    const range = ranges.at(-1);
    if (range?.[1] === payload - 1) range[1] = payload;
    else ranges.push([payload, payload]);
    heard.set(from, ranges);
    page.handledAt = performance.timeOrigin + performance.now();
  });
  const adapter = createCrossTabAdapter({
    enableLeadership: true,
    onError: (error) => {
      if (error.code === "MESSAGE_GAP") gaps.push(error.clientId + " " + error.range.join("-"));
      else errors.push(error.message);
    },
  });
  await adapter.attach(bus);
  const write = ([first, last]) => (first === last ? String(first) : first + "-" + last);
  return {
    bus,
    view: () => ({
      clientId: adapter.getStats().clientId,
      isLeader: adapter.isLeader(),
      tabs: adapter.tabs().map(({ id, state }) => id + " " + state),
      heard: Object.fromEntries([...heard].map(([id, ranges]) => [id, ranges.map(write).join(" ")])),
      gaps, errors,
    }),
  };
}

const asked = new URLSearchParams(location.search);
if (asked.has("count")) {
  new BroadcastChannel("pubsub-mfe").onmessage = ({ data }) => {
    if (data.kind === "messages") page.posts += 1;
  };
}
const create = { plain: () => createPubSub(), joined: (n) => joinPubSub({ app: "e2e", name: "copy " + n }) };
const ends = [];
for (const [n, kind] of (asked.get("buses") ?? "plain").split(" ").entries()) {
  ends.push(await connect(create[kind](n)));
}
window.messages = Object.assign(page, {
  view: (n = 0) => ends[n].view(),
  async publish(first, last, how = "at once", n = 0) {
    const { port1, port2 } = new MessageChannel();
    for (let number = first; number <= last; number += 1) {
      ends[n].bus.publish("n", number);
      if (how === "at once") continue;
      await new Promise((resolve) => { port1.onmessage = resolve; port2.postMessage(null); });
    }
  },
});
</script>`;

/** Serves a page whose buses are linked to its other tabs by the built packages. */
export function serveMessagesPage(): Promise<PageServer> {
  return servePage(html, new URL("../packages/", import.meta.url));
}

/** A tab that publishes numbers, and keeps those that it hears. */
export class MessagesTab<P extends AnyPage> extends LinkedTab<P> {
  /** Waits until its buses are linked. */
  async ready(): Promise<this> {
    await expect.poll(() => this.isThere(), { intervals: [20] }).toBe(true);
    this.id = (await this.view()).clientId;
    return this;
  }

  isThere(): Promise<boolean> {
    return this.page.evaluate(() => window.messages !== undefined);
  }

  view(bus = 0): Promise<BusView> {
    return this.page.evaluate((bus) => window.messages.view(bus), bus);
  }

  /** Publishes in one turn, or each in a task of its own. */
  publish(first: number, last: number, how: "at once" | "a task each" = "at once", bus = 0) {
    return this.page.evaluate(
      ([first, last, how, bus]) => window.messages.publish(first, last, how, bus),
      [first, last, how, bus] as const,
    );
  }

  /** Waits until it has heard these numbers of another tab, in their order and once. */
  async expectHeard(from: MessagesTab<AnyPage>, numbers: string, bus = 0): Promise<void> {
    const heard = expect.poll(async () => (await this.view(bus)).heard[from.id], {
      intervals: [20],
      timeout: 15_000,
    });
    await heard.toBe(numbers);
  }

  async expectLeads(isLeader = true): Promise<void> {
    await expect.poll(async () => (await this.view()).isLeader, { timeout: 10_000 }).toBe(isLeader);
  }

  async expectWhole(): Promise<void> {
    expect(await this.view()).toMatchObject({ gaps: [], errors: [] });
  }

  restored() {
    return this.page.evaluate(() => window.messages.restored);
  }
}
