import { expect } from "@playwright/test";
import { type AnyPage, type PageServer, servePage } from "./page-server.js";

/** What the page tells of itself. */
interface LinkView {
  clientId: string;
  /** The payloads that other tabs published, in order. */
  received: unknown[];
  /** `code: message` of what it was told. */
  errors: string[];
  /** What is in `localStorage`. */
  stored: string[];
  /** Whether the page came out of the back/forward cache. */
  restored: boolean;
}

declare global {
  interface Window {
    link?: { view(): LinkView; publish(...payloads: unknown[]): void };
  }
}

const html = `<!doctype html><title>transports</title>
<script type="importmap">{ "imports": {
  "@pubsub-mfe/core": "/core/dist/index.js",
  "@pubsub-mfe/core/locks": "/core/dist/locks.js",
  "@pubsub-mfe/core/stores": "/core/dist/stores.js",
  "@pubsub-mfe/cross-tab": "/cross-tab/dist/index.js",
  "@pubsub-mfe/cross-tab/shared-worker": "/cross-tab/dist/shared-worker.js",
  "@pubsub-mfe/cross-tab/storage": "/cross-tab/dist/storage.js"
} }</script>
<script type="module">
let restored = false;
addEventListener("pageshow", ({ persisted }) => { restored = persisted; });

const { createPubSub } = await import("@pubsub-mfe/core");
const { BroadcastChannelTransport, createCrossTabAdapter } = await import("@pubsub-mfe/cross-tab");
const { SharedWorkerTransport } = await import("@pubsub-mfe/cross-tab/shared-worker");
const { StorageTransport } = await import("@pubsub-mfe/cross-tab/storage");
const create = {
  "broadcast-channel": () => new BroadcastChannelTransport(),
  "shared-worker": () => new SharedWorkerTransport({ url: "/cross-tab/dist/shared-worker-broker.js" }),
  storage: () => new StorageTransport(),
  "no-worker": () => new SharedWorkerTransport({ url: "/cross-tab/dist/nowhere.js" }),
};
const bus = createPubSub();
const received = [];
const errors = [];
bus.subscribe("#", ({ payload, meta }) => { if (meta?._crossTab) received.push(payload); });
const adapter = createCrossTabAdapter({
  transport: create[location.hash.slice(1)](),
  onError: ({ code, message }) => errors.push(code + ": " + message),
});
await adapter.attach(bus);
window.link = {
  view: () => ({
    clientId: adapter.getStats().clientId, received, errors, stored: Object.keys(localStorage), restored,
  }),
  publish: (...payloads) => { for (const payload of payloads) bus.publish("number", payload); },
};
</script>`;

/** Serves a page that is linked to its other tabs by the transport that the hash names. */
export function serveTransportsPage(): Promise<PageServer> {
  return servePage(html, new URL("../packages/", import.meta.url));
}

/** A tab that is linked to others. */
export class LinkedTab<P extends AnyPage> {
  readonly page: P;

  constructor(page: P) {
    this.page = page;
  }

  async open(url: string): Promise<this> {
    await this.page.goto(url);
    await expect.poll(() => this.page.evaluate(() => typeof window.link)).toBe("object");
    return this;
  }

  view(): Promise<LinkView> {
    return this.page.evaluate(() => (window.link as NonNullable<Window["link"]>).view());
  }

  publish(...payloads: unknown[]): Promise<void> {
    return this.page.evaluate(
      (all) => (window.link as NonNullable<Window["link"]>).publish(...all),
      payloads,
    );
  }
}
