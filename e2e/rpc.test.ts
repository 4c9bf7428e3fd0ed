import { type BrowserContext, expect, test } from "@playwright/test";
import { launchCachingBrowser } from "./life-cycle-browsers.js";
import type { PageServer } from "./page-server.js";
import { RpcTab, serveRpcPage } from "./rpc-page.js";

let server: PageServer;

test.beforeAll(async () => {
  server = await serveRpcPage();
});

test.afterAll(() => server.close());

const OVER_TABS = { scope: "tabs" };

async function openTabs(context: BrowserContext, count: number): Promise<RpcTab[]> {
  const tabs: RpcTab[] = [];
  for (let n = 0; n < count; n += 1) {
    tabs.push(await new RpcTab(await context.newPage()).open(server.url));
  }
  return tabs;
}

/** The tab that runs something. */
async function runnerOf(tabs: RpcTab[], runs: number): Promise<RpcTab> {
  let found: RpcTab | undefined;
  await expect
    .poll(async () => {
      const counts = await Promise.all(tabs.map((tab) => tab.runs()));
      found = tabs[counts.findIndex(({ length }) => length === runs)];
      return found !== undefined;
    })
    .toBe(true);
  return found as RpcTab;
}

for (const place of ["page", "copy", "frame"] as const) {
  test(`a handler in the page's ${place} answers, and its errors keep class and code`, async ({
    context,
  }) => {
    const [tab] = (await openTabs(context, 1)) as [RpcTab];
    expect((await tab.request("stock.get", 1)).error).toMatchObject({ code: "NO_HANDLER" });
    await tab.handle(place);

    expect((await tab.request("stock.get", 21)).result).toBe(42);
    expect((await tab.request("fail", 1)).error).toMatchObject({
      name: "RangeError",
      message: "none left",
      code: "OUT_OF_STOCK",
      left: 0,
      isRange: true,
    });
    expect((await tab.request("stock.get", 21, OVER_TABS)).result).toBe(42);
  });
}

test("of three tabs exactly one runs each request, wherever its handlers live", async ({
  context,
}) => {
  const tabs = await openTabs(context, 3);
  const [asker, b, c] = tabs as [RpcTab, RpcTab, RpcTab];
  await Promise.all([b.handle("frame"), c.handle("copy")]);

  const results = await Promise.all(
    Array.from({ length: 30 }, (_, n) => asker.request("stock.get", n, OVER_TABS)),
  );

  expect(results.map(({ result }) => result)).toEqual(Array.from({ length: 30 }, (_, n) => n * 2));
  const runs = await Promise.all(tabs.map((tab) => tab.runs()));
  expect(runs.flat()).toHaveLength(30);
  expect(runs[0]).toHaveLength(0);
  await expect.poll(() => asker.locks()).toBe(0);
});

test("three tabs that ask at once under one key have it run once", async ({ context }) => {
  const tabs = await openTabs(context, 3);
  await Promise.all(tabs.map((tab) => tab.handle()));

  const results = await Promise.all(
    tabs.map((tab) => tab.request("stock.get", 4, { ...OVER_TABS, idempotencyKey: "cart 7" })),
  );

  expect(results.map(({ result }) => result)).toEqual([8, 8, 8]);
  expect((await Promise.all(tabs.map((tab) => tab.runs()))).flat()).toEqual(["stock.get"]);
});

test("a tab closed in the middle of a request is told by name, and nobody runs it again", async ({
  context,
}) => {
  const [asker, b, c] = (await openTabs(context, 3)) as [RpcTab, RpcTab, RpcTab];
  await Promise.all([b.handle(), c.handle()]);
  const asked = asker.request("hang", 1, { ...OVER_TABS, timeout: 60_000 });
  const runner = await runnerOf([b, c], 1);

  const closedAt = Date.now();
  await runner.page.close();

  expect((await asked).error).toMatchObject({
    name: "ExecutorGoneError",
    code: "EXECUTOR_GONE",
    message: expect.stringContaining('The tab that ran "hang" has gone'),
  });
  expect(Date.now() - closedAt).toBeLessThan(3_000);
  const other = runner === b ? c : b;
  expect(await other.runs()).toEqual([]);
  expect((await asker.request("stock.get", 2, OVER_TABS)).result).toBe(4);
});

test("a tab that crashes in the middle is told as well", async ({ context }) => {
  const [asker, b] = (await openTabs(context, 2)) as [RpcTab, RpcTab];
  await b.handle();
  const asked = asker.request("hang", 1, { ...OVER_TABS, timeout: 60_000 });
  await runnerOf([b], 1);

  await b.page.goto("chrome://crash").catch(() => {});

  expect((await asked).error).toMatchObject({ code: "EXECUTOR_GONE" });
});

test("an asker that gives up, or leaves, aborts the run in the other tab", async ({ context }) => {
  const [a, b, c] = (await openTabs(context, 3)) as [RpcTab, RpcTab, RpcTab];
  await c.handle();
  const given = a.request("hang", 1, { ...OVER_TABS, timeout: 60_000 });
  await runnerOf([c], 1);
  await a.page.evaluate(() => window.rpc.giveUp());
  expect((await given).error).toMatchObject({ name: "AbortError" });
  await expect.poll(() => c.aborts()).toEqual(["AbortError"]);

  const timedOut = await b.request("hang", 1, { ...OVER_TABS, timeout: 300 });

  expect(timedOut.error).toMatchObject({ code: "REQUEST_TIMEOUT" });
  await expect.poll(() => c.aborts()).toEqual(["AbortError", "RequestTimeoutError"]);
  await expect.poll(() => c.locks()).toBe(0);
});

test("a tab that goes into the back/forward cache counts as gone", async () => {
  const browser = await launchCachingBrowser();
  const context = await browser.newContext();
  const [asker, b] = (await openTabs(context, 2)) as [RpcTab, RpcTab];
  await b.handle();
  const asked = asker.request("hang", 1, { ...OVER_TABS, timeout: 60_000 });
  await runnerOf([b], 1);

  await b.page.goto("about:blank");

  expect((await asked).error).toMatchObject({ code: "EXECUTOR_GONE" });
  await browser.close();
});

test("nobody who handles it in any tab is told within claimWithin", async ({ context }) => {
  const [asker, b] = (await openTabs(context, 2)) as [RpcTab, RpcTab];
  expect((await asker.request("stock.get", 1, OVER_TABS)).error).toMatchObject({
    code: "NO_CLAIM",
  });

  const asked = asker.request("stock.get", 1, { ...OVER_TABS, waitForHandler: 20_000 });
  await b.handle();

  expect((await asked).result).toBe(2);
});
