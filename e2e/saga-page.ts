import type { BrowserContext, Page } from "@playwright/test";
import { type PageServer, servePage } from "./page-server.js";

/** What became of a saga. */
interface End {
  readonly success: boolean;
  readonly compensated?: readonly string[];
}

declare global {
  interface Window {
    /** Starts a checkout; the bank refuses what is named so. */
    start(id: string): Promise<void>;
    /** Waits for what becomes of one, whoever runs it. */
    join(id: string): Promise<End>;
    /** The ids of all that there are, with their status. */
    list(): Promise<string[]>;
  }
}

const html = `<!doctype html><title>saga</title>
<script type="importmap">{ "imports": {
  "@pubsub-mfe/core": "/core/dist/index.js",
  "@pubsub-mfe/core/locks": "/core/dist/locks.js",
  "@pubsub-mfe/core/stores": "/core/dist/stores.js",
  "@pubsub-mfe/history": "/history/dist/index.js",
  "@pubsub-mfe/patterns/saga": "/patterns/dist/saga.js",
  "idb": "/history/node_modules/idb/build/index.js"
} }</script>
<script type="module">
import { createHistoryAdapter } from "@pubsub-mfe/history";
import { createSagaManager, defineSaga } from "@pubsub-mfe/patterns/saga";

const ask = async (what, key) => {
  const response = await fetch("/bank/" + what + "?key=" + encodeURIComponent(key));
  if (!response.ok) throw new Error(what + " was refused");
};
const { streams } = createHistoryAdapter({ dbName: "saga", namespace: "saga" });
const sagas = createSagaManager({ streams });
sagas.register(defineSaga("checkout", {
  version: 1,
  steps: (steps) => steps
    .addStep({
      name: "stock",
      action: ({ idempotencyKey }) => ask("reserve", idempotencyKey),
      compensation: ({ actionKey }) => ask("release", actionKey),
    })
    .addStep({
      name: "payment",
      action: ({ idempotencyKey }) => ask("charge", idempotencyKey),
      compensation: ({ actionKey }) => ask("refund", actionKey),
    })
    .addStep({
      name: "shipping",
      action: ({ input, idempotencyKey }) => ask(input.refused ? "refuse" : "ship", idempotencyKey),
    }),
}));
Object.assign(window, {
  start: async (id) => void (await sagas.start("checkout", { refused: id.includes("refused") }, { id })),
  join: async (id) => {
    const { done } = await sagas.join(id);
    const { success, compensated } = await done;
    return { success, compensated };
  },
  list: async () => {
    const all = [];
    for (const { id, status } of await sagas.list()) all.push(id + " " + status);
    return all;
  },
});
</script>`;

/** Serves a page that runs checkouts by the built packages. */
export function serveSagaPage(): Promise<PageServer> {
  return servePage(html, new URL("../packages/", import.meta.url));
}

/** The services that the steps ask: counts what they were asked, by key. */
export class Bank {
  readonly asked = new Map<string, number>();
  /** Calls a function when it is asked for the n-th time. */
  #alarm: { left: number; fn: () => void } | undefined;

  async serve(context: BrowserContext): Promise<void> {
    await context.route("**/bank/**", async (route) => {
      const { pathname, searchParams } = new URL(route.request().url());
      const what = `${pathname.slice("/bank/".length)} ${searchParams.get("key")}`;
      this.asked.set(what, (this.asked.get(what) ?? 0) + 1);
      if (this.#alarm && --this.#alarm.left === 0) this.#alarm.fn();
      // The one who asked may be gone.
      await route.fulfill({ status: what.startsWith("refuse ") ? 409 : 200 }).catch(() => {});
    });
  }

  /** Resolves when it is asked for the n-th time from now. */
  askedAgain(times: number): Promise<void> {
    return new Promise((fn) => {
      this.#alarm = { left: times, fn };
    });
  }

  /** What a service was asked, by the keys. */
  keysOf(service: string): string[] {
    return [...this.asked.keys()].flatMap((what) =>
      what.startsWith(`${service} `) ? [what.slice(service.length + 1)] : [],
    );
  }
}

export async function openSagaTab(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => window.start !== undefined);
  return page;
}
