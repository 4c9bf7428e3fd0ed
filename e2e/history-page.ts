import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, expect } from "@playwright/test";
import type { PubSubBus } from "@pubsub-mfe/core";
import type { HistoryAdapter } from "@pubsub-mfe/history";
import puppeteer, { type Browser, type Frame, type Page } from "puppeteer-core";
import { browserPath } from "../scripts/browser.js";

/** How Chromium keeps IndexedDB: as it did for ten years, and as it will. */
export const BACK_ENDS = ["LevelDB", "SQLite"] as const;

export type BackEnd = (typeof BACK_ENDS)[number];

declare global {
  interface Window {
    bus: PubSubBus;
    log: HistoryAdapter;
    /** What diagnostics told: of warnings their codes. */
    told: string[];
    /** What `onError` got. */
    errors: string[];
    /** How often the page came out of the back/forward cache. */
    fromCache: number;
    /** Publishes 0, 1, 2, … without end, and lets the server know how many are committed. */
    burst(round: number): void;
    /** Waits until the transaction of one message is in flight, and publishes others at once. */
    crowd(round: number, waiting: number): Promise<void>;
    /** Follows what is stored of others, as a page with a subscription does. */
    follow(): Promise<void>;
    /** How many messages of a round there are; NaN when they are not 0, 1, 2, … in this order. */
    stored(round: number): Promise<number>;
  }
}

const html = `<!doctype html><title>history</title>
<script type="importmap">{ "imports": {
  "@pubsub-mfe/core": "/core/index.js",
  "@pubsub-mfe/core/stores": "/core/stores.js",
  "@pubsub-mfe/history": "/history/index.js",
  "idb": "/idb/index.js"
} }</script>
<script type="module">
import { createPubSub } from "@pubsub-mfe/core";
import { createHistoryAdapter } from "@pubsub-mfe/history";

Object.assign(window, { told: [], errors: [], fromCache: 0 });
addEventListener("pageshow", ({ persisted }) => { if (persisted) window.fromCache += 1; });

const bus = createPubSub({
  app: "shop",
  onDiagnostic(event) {
    if (event.type === "warning") window.told.push(event.code);
    if (event.type === "storage-degraded") window.told.push("storage-degraded: " + event.reason);
  },
});
const log = createHistoryAdapter({
  ttlSeconds: 0,
  maxMessages: 100_000,
  onError: (error) => window.errors.push(String(error)),
});

const task = () => new Promise((resolve) => setTimeout(resolve));
const text = "x".repeat(200);
window.burst = async (round) => {
  let n = 0;
  for (let turn = 1; ; turn += 1) {
    for (let m = 0; m < 30; m += 1) bus.publish("round." + round, { n: n++, text });
    const count = n;
    const body = () => JSON.stringify([round, count]);
    const committed = log.flush().then(() => fetch("/ack", { method: "POST", body: body() }));
    committed.catch(() => {});
    await (turn % 8 === 0 ? committed : task());
  }
};
window.crowd = async (round, waiting) => {
  const begin = IDBDatabase.prototype.transaction;
  const begun = new Promise((resolve) => {
    IDBDatabase.prototype.transaction = function (...args) {
      IDBDatabase.prototype.transaction = begin;
      resolve();
      return begin.apply(this, args);
    };
  });
  bus.publish("round." + round, { n: 0, text });
  await begun;
  for (let n = 1; n <= waiting; n += 1) bus.publish("round." + round, { n, text });
};
window.follow = () => log.subscribe("somebody.elses", () => {});
window.stored = async (round) => {
  const messages = await log.getHistory("round." + round);
  return messages.every(({ payload }, n) => payload.n === n) ? messages.length : NaN;
};
window.bus = bus;
window.log = log;
await log.attach(bus).catch((error) => window.errors.push("attach: " + error));
document.title = "attached";

const round = new URLSearchParams(location.search).get("round");
if (round !== null) {
  const before = Number(round) - 1;
  const body = JSON.stringify([before, await window.stored(before)]);
  await fetch("/found", { method: "POST", body });
  window.burst(Number(round));
}
</script>`;

const FILES: Readonly<Record<string, string>> = {
  core: "../packages/core/dist/",
  history: "../packages/history/dist/",
  idb: "../packages/history/node_modules/idb/build/",
};

/** Serves a page that keeps a log with the built packages. */
export class HistoryServer {
  readonly #server = createServer((request, response) => {
    this.#answer(request).then(
      ([type, body]) => {
        // For frames without an origin.
        response.setHeader("access-control-allow-origin", "*");
        response.setHeader("content-type", type);
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  /** How many messages of a round were committed, as the page told. */
  readonly #acknowledged = new Map<number, number>();
  /** How many messages of a round the page found that was opened for the next one. */
  readonly found: Map<number, number | null> = new Map();

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** The same under another origin, for which nothing is stored yet. */
  urlOfOrigin(number: number): string {
    return this.url.replace("127.0.0.1", `origin-${number}.localhost`);
  }

  acknowledgedOf(round: number): number {
    return this.#acknowledged.get(round) ?? 0;
  }

  /** Waits until the page has told of so many. */
  async untilAcknowledged(round: number, count: number): Promise<void> {
    const options = { timeout: 10_000, intervals: [5] };
    await expect.poll(() => this.acknowledgedOf(round), options).toBeGreaterThanOrEqual(count);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage): Promise<[type: string, body: string | Buffer]> {
    const { url = "/" } = request;
    if (request.method === "POST") {
      let body = "";
      for await (const chunk of request) body += chunk;
      const [round, count] = JSON.parse(body) as [number, number];
      if (url === "/found") this.found.set(round, count);
      else this.#acknowledged.set(round, Math.max(count, this.acknowledgedOf(round)));
      return ["text/plain", ""];
    }
    const [, folder = "", ...rest] = url.split("/");
    const root = FILES[folder];
    if (root)
      return ["text/javascript", await readFile(new URL(root + rest.join("/"), import.meta.url))];
    if (folder === "frame") {
      return ["text/html", '<iframe sandbox="allow-scripts" src="/"></iframe>'];
    }
    if (folder === "empty") return ["text/html", "<!doctype html><title>empty</title>"];
    return ["text/html", html];
  }
}

/** A browser whose profile outlives it. */
export class Profile {
  readonly #backEnd: BackEnd;
  readonly #directory: Promise<string> = mkdtemp(join(tmpdir(), "pubsub-mfe-history-"));
  #browser: Browser | undefined;
  #process: ChildProcess | undefined;

  constructor(backEnd: BackEnd) {
    this.#backEnd = backEnd;
  }

  async launch(): Promise<Browser> {
    this.#browser = await puppeteer.launch({
      executablePath: executablePath(),
      // puppeteer's own keep pages out of the back/forward cache, among others.
      ignoreDefaultArgs: true,
      args: [...(await this.#args()), "about:blank"],
    });
    return this.#browser;
  }

  /** Opens a page in a browser that is left to itself. */
  async spawn(url: string): Promise<void> {
    this.#process = spawn(executablePath(), [...(await this.#args()), url], { stdio: "ignore" });
  }

  /** Ends that browser as the system does that has no memory left: it can write nothing any more. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#process?.once("exit", resolve));
    this.#process?.kill("SIGKILL");
    await ended;
    this.#process = undefined;
  }

  async remove(): Promise<void> {
    await this.#browser?.close();
    if (this.#process) await this.kill();
    await rm(await this.#directory, { recursive: true, force: true, maxRetries: 9 });
  }

  async #args(): Promise<string[]> {
    const isSqlite = this.#backEnd === "SQLite";
    return [
      `--user-data-dir=${await this.#directory}`,
      "--headless=new",
      "--no-first-run",
      "--no-default-browser-check",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-extensions",
      "--disable-gpu",
      "--disable-sync",
      `--${isSqlite ? "enable" : "disable"}-features=IdbSqliteBackingStore`,
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ];
  }
}

function executablePath(): string {
  return browserPath() ?? chromium.executablePath();
}

/** Opens the page, and waits until its log is attached. */
export async function openLog(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  await untilAttached(page);
  return page;
}

export async function untilAttached(page: Page | Frame): Promise<void> {
  await page.waitForFunction(() => document.title === "attached");
}
