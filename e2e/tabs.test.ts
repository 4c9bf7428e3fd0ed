import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import type { Browser } from "puppeteer-core";
import { freeze, launchCachingBrowser, launchFreezingBrowser } from "./life-cycle-browsers.js";
import type { PageServer } from "./page-server.js";
import { serveTabsPage, Tab } from "./tabs-page.js";

let server: PageServer;

test.beforeAll(async () => {
  server = await serveTabsPage();
});

test.afterAll(() => server.close());

async function openTab(context: BrowserContext): Promise<Tab<Page>> {
  return new Tab(await context.newPage()).open(server.url);
}

/** Three tabs that know each other; the first leads. */
async function threeTabs(context: BrowserContext) {
  const a = await openTab(context);
  await a.leads(0);
  const [b, c] = [await openTab(context), await openTab(context)];
  for (const tab of [a, b, c]) {
    await tab.expectTabs(`${a.id} visible leads`, `${b.id} visible`, `${c.id} visible`);
  }
  return { a, b, c };
}

/** The aim is 200 ms, on a machine that does nothing else. */
function noteTakeover(what: string, ms: number): void {
  console.log(`the next tab leads ${ms} ms after the leader ${what}`);
  expect(ms).toBeGreaterThanOrEqual(0);
  expect(ms).toBeLessThan(3_000);
}

test("a leader that is closed is gone, and the next leads", async ({ context }) => {
  const { a, b, c } = await threeTabs(context);

  const closedAt = Date.now();
  await a.page.close();

  noteTakeover("was closed", await b.leads(closedAt));
  await c.expectTabs(`${b.id} visible leads`, `${c.id} visible`);
  expect((await b.view()).turns).toMatchObject([{ epoch: 2 }]);
  expect((await c.view()).events).toContain(`left ${a.id}`);
});

test("a leader that crashed is gone, and the next leads", async ({ context }) => {
  const { a, b, c } = await threeTabs(context);
  const session = await context.newCDPSession(a.page);

  const crashedAt = Date.now();
  session.send("Page.crash").catch(() => {}); // it never answers

  noteTakeover("crashed", await b.leads(crashedAt));
  await c.expectTabs(`${b.id} visible leads`, `${c.id} visible`);
});

test("a leader that stands still without a word is replaced, and learns of it", async ({
  context,
}) => {
  const { a, b, c } = await threeTabs(context);
  const alerting = a.page.waitForEvent("dialog");

  await a.page.evaluate(() => void setTimeout(() => alert("wait")));
  const dialog = await alerting;
  const ms = await b.leads(Date.now());
  console.log(`the next tab leads ${ms} ms after the leader stood still`);
  // It is stolen from after three seconds.
  expect(ms).toBeGreaterThan(1_000);
  expect(ms).toBeLessThan(8_000);

  await dialog.dismiss();
  await expect.poll(async () => (await a.view()).isLeader).toBe(false);
  for (const tab of [a, b, c]) {
    await tab.expectTabs(`${a.id} visible`, `${b.id} visible leads`, `${c.id} visible`);
  }
});

test("a tab that crashed is shown as gone to the others", async ({ context }) => {
  const { a, b, c } = await threeTabs(context);
  const session = await context.newCDPSession(c.page);

  session.send("Page.crash").catch(() => {}); // it never answers

  await a.expectTabs(`${a.id} visible leads`, `${b.id} visible`);
  await b.expectTabs(`${a.id} visible leads`, `${b.id} visible`);
  expect((await b.view()).events.filter((event) => event.startsWith("left"))).toEqual([
    `left ${c.id}`,
  ]);
});

test("a duplicated tab gets an id of its own, and a reload keeps it", async ({ context }) => {
  const a = await openTab(context);
  await a.leads(0);
  const opening = context.waitForEvent("page");
  // A window that is opened by a script begins with a copy of what its opener had stored.
  await a.page.evaluate(() => void window.open(location.href));
  const b = await new Tab(await opening).ready();

  expect(b.id).not.toBe(a.id);
  await b.expectTabs(`${a.id} visible leads`, `${b.id} visible`);
  const { id } = b;
  await b.page.reload();
  await b.ready();
  expect(b.id).toBe(id);
  const before = a.id;
  await a.page.reload();
  await a.ready();
  expect(a.id).toBe(before);
  await a.expectTabs(`${a.id} visible`, `${b.id} visible leads`);
});

test("a leader in the back/forward cache is asleep, the next leads, and both pages live on", async () => {
  const browser = await launchCachingBrowser();
  try {
    const context = await browser.newContext();
    const a = await openTab(context);
    await a.leads(0);
    const b = await openTab(context);
    await b.expectTabs(`${a.id} visible leads`, `${b.id} visible`);

    const leftAt = Date.now();
    await a.page.goto("about:blank");
    noteTakeover("went into the back/forward cache", await b.leads(leftAt));
    await b.expectTabs(`${a.id} asleep`, `${b.id} visible leads`);
    // Whoever joins looks at the locks, which drops a cached page that holds one.
    const c = await openTab(context);
    await c.expectTabs(`${a.id} asleep`, `${b.id} visible leads`, `${c.id} visible`);

    // A page out of the cache is there without another load.
    await a.page.goBack({ waitUntil: "commit" });
    expect(await a.view()).toMatchObject({ restored: true, clientId: a.id });
    for (const tab of [a, b, c]) {
      await tab.expectTabs(`${a.id} visible`, `${b.id} visible leads`, `${c.id} visible`);
    }
    expect((await b.view()).events).not.toContain(`left ${a.id}`);
    expect((await b.view()).events).toContain(`asleep ${a.id}`);
  } finally {
    await browser.close();
  }
});

test.describe("frozen", () => {
  let browser: Browser;

  test.beforeEach(async () => {
    browser = await launchFreezingBrowser();
  });

  test.afterEach(() => browser.close());

  test("a leader is asleep, the next leads, and it is there again when it is resumed", async () => {
    const a = await new Tab(await browser.newPage()).open(server.url);
    await a.leads(0);
    const b = await new Tab(await browser.newPage()).open(server.url);
    await b.page.bringToFront();
    await b.expectTabs(`${a.id} hidden leads`, `${b.id} visible`);
    const beatsOf = async () => (await a.view()).beats;

    const frozenAt = Date.now();
    const goOn = await freeze(a.page);
    noteTakeover("was frozen", await b.leads(frozenAt));
    await b.expectTabs(`${a.id} asleep`, `${b.id} visible leads`);
    // It can be looked at, but its timers stand still: it is frozen indeed.
    const beats = await beatsOf();
    const own = (await b.view()).beats;
    await expect.poll(async () => (await b.view()).beats).toBeGreaterThan(own + 60);
    expect(await beatsOf()).toBe(beats);

    await goOn();
    await b.expectTabs(`${a.id} hidden`, `${b.id} visible leads`);
    await a.expectTabs(`${a.id} hidden`, `${b.id} visible leads`);
  });
});
