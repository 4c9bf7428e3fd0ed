import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { launchCachingBrowser } from "./life-cycle-browsers.js";
import type { PageServer } from "./page-server.js";
import { LinkedTab, serveTransportsPage } from "./transports-page.js";

let server: PageServer;

test.beforeAll(async () => {
  server = await serveTransportsPage();
});

test.afterAll(() => server.close());

async function openTab(context: BrowserContext, transport: string): Promise<LinkedTab<Page>> {
  return new LinkedTab(await context.newPage()).open(`${server.url}#${transport}`);
}

/** Tabs that have heard each other. */
async function openTabs(context: BrowserContext, transport: string, count: number) {
  const tabs: LinkedTab<Page>[] = [];
  for (let n = 0; n < count; n += 1) {
    const tab = await openTab(context, transport);
    for (const other of tabs) {
      const { length } = (await other.view()).received;
      await tab.publish("hello");
      await expect.poll(async () => (await other.view()).received.length).toBeGreaterThan(length);
    }
    tabs.push(tab);
  }
  return tabs as [LinkedTab<Page>, LinkedTab<Page>, LinkedTab<Page>];
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

const numbersOf = async (tab: LinkedTab<Page>) =>
  (await tab.view()).received.filter((payload) => payload !== "hello");

for (const transport of ["broadcast-channel", "shared-worker", "storage"]) {
  test.describe(transport, () => {
    test("links tabs, in order, and goes on when one of them crashes", async ({ context }) => {
      const [a, b, c] = await openTabs(context, transport, 3);

      await a.publish(...numbers(0, 1_000));
      for (const tab of [b, c]) {
        await expect.poll(() => numbersOf(tab)).toEqual(numbers(0, 1_000));
      }
      const session = await context.newCDPSession(c.page);
      session.send("Page.crash").catch(() => {}); // it never answers
      await b.publish(...numbers(1_000, 2_000));
      await expect.poll(() => numbersOf(a)).toEqual(numbers(1_000, 2_000));
      await a.publish("end");
      await expect.poll(async () => (await numbersOf(b)).at(-1)).toBe("end");

      for (const tab of [a, b]) expect(await tab.view()).toMatchObject({ errors: [], stored: [] });
      if (transport === "shared-worker") {
        // The broker has taken and given back the lock of the one that is gone.
        await expect.poll(() => portLocks(a.page)).toEqual({ held: 2, pending: 2 });
      }
    });

    test("takes a page out of the back/forward cache, which hears again", async () => {
      const browser = await launchCachingBrowser();
      try {
        const context = await browser.newContext();
        const [a, b] = await openTabs(context, transport, 2);

        await a.page.goto("about:blank");
        await b.publish(1, 2);
        await a.page.goBack({ waitUntil: "commit" });
        expect((await a.view()).restored).toBe(true);
        await expect.poll(() => numbersOf(a)).toEqual([1, 2]);
        await b.publish(3);
        await expect.poll(() => numbersOf(a)).toEqual([1, 2, 3]);
        await a.publish(4);
        await expect.poll(() => numbersOf(b)).toEqual([4]);
      } finally {
        await browser.close();
      }
    });
  });
}

test("a worker whose script answers 404 is told, and the page goes on", async ({ context }) => {
  const tab = await openTab(context, "no-worker");

  await expect
    .poll(async () => (await tab.view()).errors[0])
    .toContain(
      "TRANSPORT_UNAVAILABLE: The SharedWorker at /cross-tab/dist/nowhere.js could not be",
    );
  await tab.publish(1);
  await expect.poll(async () => (await tab.view()).errors.at(-1)).toContain("SEND_FAILED");
});

test("a worker that is ended is started anew", async ({ context, browser }) => {
  const [a, b] = await openTabs(context, "shared-worker", 2);
  const session = await browser.newBrowserCDPSession();
  const targetsOf = async () => {
    const { targetInfos } = await session.send("Target.getTargets");
    return targetInfos.filter(({ type }) => type === "shared_worker");
  };
  const [worker] = await targetsOf();

  expect(worker?.url).toBe(`${server.url}cross-tab/dist/shared-worker-broker.js`);
  await session.send("Target.closeTarget", { targetId: worker?.targetId ?? "" });
  await expect.poll(async () => (await targetsOf())[0]?.targetId).not.toBe(worker?.targetId);

  await a.publish(1);
  await expect.poll(() => numbersOf(b), { timeout: 10_000 }).toEqual([1]);
  await b.publish(2);
  await expect.poll(() => numbersOf(a), { timeout: 10_000 }).toEqual([2]);
});

/** How many of the locks by which the broker knows its ports are held, and waited for. */
function portLocks(page: Page): Promise<{ held: number; pending: number }> {
  return page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const count = (locks: LockInfo[]) =>
      locks.filter(({ name }) => name?.startsWith("pubsub-mfe-port:")).length;
    return { held: count(held), pending: count(pending) };
  });
}
