import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import type { Browser } from "puppeteer-core";
import { freeze, launchCachingBrowser, launchFreezingBrowser } from "./life-cycle-browsers.js";
import { LocksTab, serveLocksPage } from "./locks-page.js";
import type { PageServer } from "./page-server.js";

let server: PageServer;

test.beforeAll(async () => {
  server = await serveLocksPage();
});

test.afterAll(() => server.close());

async function openTab(context: BrowserContext, search = ""): Promise<LocksTab<Page>> {
  return new LocksTab(await context.newPage()).open(server.url + search);
}

test("the lock of a tab that is closed goes to the next, in order", async ({ context }) => {
  const [a, b, c] = [await openTab(context), await openTab(context), await openTab(context)];
  await a.hold();
  await a.expectTurns([{ epoch: 1, lost: null }]);
  await b.hold();
  await c.hold();

  await a.page.close();

  await b.expectTurns([{ epoch: 2, lost: null }]);
  expect(await c.turns()).toEqual([]);
  await b.finish();
  await c.expectTurns([{ epoch: 3, lost: null }]);
});

test("the lock of a tab that crashed goes to the next", async ({ context }) => {
  const [a, b] = [await openTab(context), await openTab(context)];
  await a.hold();
  await a.expectTurns([{ epoch: 1, lost: null }]);
  await b.hold();

  const session = await context.newCDPSession(a.page);
  session.send("Page.crash").catch(() => {}); // it never answers

  await b.expectTurns([{ epoch: 2, lost: null }]);
});

test("epochs go on after all tabs were reloaded", async ({ context }) => {
  const tabs = [await openTab(context), await openTab(context)];
  for (const tab of tabs) {
    await tab.hold();
    await expect.poll(() => tab.turns()).toHaveLength(1);
    await tab.finish();
  }

  await Promise.all(tabs.map((tab) => tab.open(server.url)));
  await tabs[1]?.hold();

  await tabs[1]?.expectTurns([{ epoch: 3, lost: null }]);
});

test.describe("in the back/forward cache", () => {
  let context: BrowserContext;

  test.beforeEach(async () => {
    const browser = await launchCachingBrowser();
    context = await browser.newContext();
  });

  test.afterEach(() => context.browser()?.close());

  test("a page lets go, is restored, and takes its turn again", async () => {
    const [a, b] = [await openTab(context), await openTab(context)];
    await a.hold();
    await a.expectTurns([{ epoch: 1, lost: null }]);
    await b.hold();

    await a.page.goto(`${server.url}elsewhere`);
    await b.expectTurns([{ epoch: 2, lost: null }]);
    // A page out of the cache is there without another load.
    await a.page.goBack({ waitUntil: "commit" });

    expect(await a.page.evaluate(() => window.restored)).toBe(true);
    expect(await a.turns()).toEqual([{ epoch: 1, lost: "hidden" }]);
    await b.finish();
    await a.expectTurns([
      { epoch: 1, lost: "hidden" },
      { epoch: 3, lost: null },
    ]);
  });

  test("a page that did not let go does not keep the lock from those who may steal", async () => {
    const a = await openTab(context, "?deaf");
    const [b, c] = [await openTab(context), await openTab(context)];
    await a.hold();
    await a.expectTurns([{ epoch: 1, lost: null }]);
    // Chromium drops a cached page that holds a lock for a request, but not for one that it had before.
    await b.hold();

    await a.page.goto(`${server.url}elsewhere`);
    const isKept = await b.page.evaluate(() =>
      navigator.locks.request(
        "pubsub-mfe-locks:the lock",
        { ifAvailable: true },
        (lock) => lock === null,
      ),
    );
    expect(isKept).toBe(true);
    await c.hold({ stealAfter: 500 });

    // Who of the two comes first depends on whether Chromium grants what a dropped page held.
    await expect
      .poll(async () => [...(await b.turns()), ...(await c.turns())])
      .toEqual([{ epoch: 2, lost: null }]);
  });
});

test.describe("frozen", () => {
  let browser: Browser;

  test.beforeEach(async () => {
    browser = await launchFreezingBrowser();
  });

  test.afterEach(() => browser.close());

  /** Two tabs, the second in front; the first holds the lock. */
  async function holderAndWaiter(search: string) {
    const a = await new LocksTab(await browser.newPage()).open(`${server.url}${search}#heart`);
    await a.hold();
    await a.expectTurns([{ epoch: 1, lost: null }]);
    const b = await new LocksTab(await browser.newPage()).open(`${server.url}#heart`);
    await b.page.bringToFront();
    const beats = () => b.page.evaluate(() => window.othersBeats(15));
    return { a, b, beats };
  }

  test("a page lets go, and takes its turn again when it is resumed", async () => {
    const { a, b, beats } = await holderAndWaiter("");
    await b.hold();
    await expect.poll(beats).toBeGreaterThan(0);

    const goOn = await freeze(a.page);

    await b.expectTurns([{ epoch: 2, lost: null }]);
    expect(await beats()).toBe(0);
    await goOn();
    await a.expectTurns([{ epoch: 1, lost: "frozen" }]);
    await b.finish();
    await a.expectTurns([
      { epoch: 1, lost: "frozen" },
      { epoch: 3, lost: null },
    ]);
  });

  test("a page that did not let go is stolen from, and told when it wakes", async () => {
    const { a, b, beats } = await holderAndWaiter("?deaf");
    await b.hold({ stealAfter: 500 });
    await expect.poll(beats).toBeGreaterThan(0);
    // It answers, so it is left alone.
    expect(await b.turns()).toEqual([]);

    const goOn = await freeze(a.page);
    await expect.poll(beats).toBe(0);

    await b.expectTurns([{ epoch: 2, lost: null }]);
    await goOn();
    await a.expectTurns([{ epoch: 1, lost: "stolen" }]);
    await b.finish();
    await a.expectTurns([
      { epoch: 1, lost: "stolen" },
      { epoch: 3, lost: null },
    ]);
  });
});
