import { expect, type Page } from "@playwright/test";
import { type PageServer, servePage } from "./page-server.js";

/** Where a handler of the page lives: beside the asker, in another copy of the packages, or in a frame. */
type Place = "page" | "copy" | "frame";

interface RpcPage {
  /** Answers `stock.get` with twice its params, `hang` never, and `fail` by an error. */
  handle(place: Place): Promise<void>;
  /** Requests; gives the result, or what is known of the error and how long it took. */
  request(
    method: string,
    params: unknown,
    options: object,
  ): Promise<{ result?: unknown; error?: Record<string, unknown>; ms: number }>;
  /** What was run here, by method. */
  readonly runs: string[];
  /** The reasons for which runs were aborted. */
  readonly aborts: string[];
  /** Gives up all requests of this page. */
  giveUp(): void;
  /** How many locks are held or waited for in the origin. */
  locks(): Promise<number>;
}

declare global {
  interface Window {
    rpc: RpcPage;
  }
}

const html = `<!doctype html><title>rpc</title>
<script type="importmap">{ "imports": {
  "@pubsub-mfe/core": "/core/dist/index.js",
  "@pubsub-mfe/core/locks": "/core/dist/locks.js",
  "@pubsub-mfe/core/stores": "/core/dist/stores.js",
  "@pubsub-mfe/cross-tab": "/cross-tab/dist/index.js",
  "@pubsub-mfe/patterns": "/patterns/dist/index.js",
  "@pubsub-mfe/patterns/request-response": "/patterns/dist/request-response.js"
}, "scopes": { "/copy/": {
  "@pubsub-mfe/core": "/copy/core/dist/index.js",
  "@pubsub-mfe/core/locks": "/copy/core/dist/locks.js",
  "@pubsub-mfe/core/stores": "/copy/core/dist/stores.js"
} } }</script>
<script type="module">
const APP = "rpc";
const top = window.parent;
const log = top === window ? { runs: [], aborts: [] } : top.rpc;

async function open(path, name) {
  const [{ joinPubSub }, { RequestResponse }] = await Promise.all([
    import(path + "core/dist/index.js"), import(path + "patterns/dist/request-response.js"),
  ]);
  const bus = joinPubSub({ app: APP, name });
  return { bus, rpc: new RequestResponse(bus) };
}

function handleWith(rpc) {
  const run = (method, { signal }) => {
    log.runs.push(method);
    signal.addEventListener("abort", () => log.aborts.push(signal.reason.name));
  };
  rpc.handle("stock.get", (n, ctx) => { run("stock.get", ctx); return n * 2; });
  rpc.handle("hang", (_, ctx) => { run("hang", ctx); return new Promise(() => {}); });
  rpc.handle("fail", (_, ctx) => {
    run("fail", ctx);
    throw Object.assign(new RangeError("none left"), { code: "OUT_OF_STOCK", left: 0 });
  });
}

if (top !== window) {
  handleWith((await open("/", "frame")).rpc);
  top.dispatchEvent(new Event("frame-handles"));
} else {
  const { bus, rpc } = await open("/", "page");
  const { createCrossTabAdapter } = await import("@pubsub-mfe/cross-tab");
  await createCrossTabAdapter({ channelName: "rpc" }).attach(bus);
  let asking = new AbortController();
  window.rpc = Object.assign(log, {
    async handle(place) {
      if (place === "page") return handleWith(rpc);
      if (place === "copy") return handleWith((await open("/copy/", "copy")).rpc);
      const frame = Object.assign(document.createElement("iframe"), { src: location.href });
      const handles = new Promise((resolve) => addEventListener("frame-handles", resolve));
      document.body.append(frame);
      await handles;
    },
    async request(method, params, options) {
      const start = performance.now();
      const ms = () => performance.now() - start;
      try {
        const result = await rpc.request(method, params, { signal: asking.signal, ...options });
        return { result, ms: ms() };
      } catch (error) {
        const { name, message, code, left } = error;
        return { error: { name, message, code, left, isRange: error instanceof RangeError }, ms: ms() };
      }
    },
    giveUp() { asking.abort(); asking = new AbortController(); },
    async locks() {
      const { held, pending } = await navigator.locks.query();
      return [...held, ...pending].filter(({ name }) => name.startsWith("pubsub-mfe-rpc:")).length;
    },
  });
}
</script>`;

/** Serves a page that asks and answers over its tabs, by the built packages. */
export function serveRpcPage(): Promise<PageServer> {
  return servePage(html, new URL("../packages/", import.meta.url));
}

/** A tab that asks and answers. */
export class RpcTab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(url: string): Promise<this> {
    await this.page.goto(url);
    const isThere = () => this.page.evaluate(() => window.rpc !== undefined);
    await expect.poll(isThere, { intervals: [20] }).toBe(true);
    return this;
  }

  async handle(place: Place = "page"): Promise<this> {
    await this.page.evaluate((place) => window.rpc.handle(place), place);
    return this;
  }

  request(method: string, params: unknown, options: object = {}) {
    return this.page.evaluate(
      ([method, params, options]) => window.rpc.request(method, params, options),
      [method, params, options] as const,
    );
  }

  runs(): Promise<string[]> {
    return this.page.evaluate(() => window.rpc.runs);
  }

  aborts(): Promise<string[]> {
    return this.page.evaluate(() => window.rpc.aborts);
  }

  locks(): Promise<number> {
    return this.page.evaluate(() => window.rpc.locks());
  }
}
