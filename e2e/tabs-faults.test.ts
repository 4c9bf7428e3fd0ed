import { type BrowserContext, expect, test } from "@playwright/test";
import { freeze, launchCachingBrowser, launchFreezingBrowser } from "./life-cycle-browsers.js";
import { TabsView } from "./tabs-view.js";

/** Three tabs that know each other; the first leads. */
async function openThree(context: BrowserContext) {
  const a = await new TabsView(await context.newPage()).open();
  await expect(a.view.getByText("This tab leads.")).toBeVisible();
  const b = await new TabsView(await context.newPage()).open();
  const c = await new TabsView(await context.newPage()).open();
  for (const tab of [a, b, c]) await expect(tab.rows()).toHaveCount(3);
  return { a, b, c };
}

/** Sets a slider as a visitor does who drags it. */
async function slide(tab: TabsView, name: string, value: number): Promise<void> {
  await tab.view.getByRole("slider", { name }).fill(String(value));
}

async function makeBad(tab: TabsView): Promise<void> {
  await slide(tab, "Drop", 40);
  await slide(tab, "Duplicate", 60);
  await slide(tab, "Delay", 300);
  await expect(tab.view.getByText("Not everything gets through")).toBeVisible();
}

/** What a tab heard of the other two, each ten numbered messages in their order. */
async function expectWhole(tab: TabsView): Promise<void> {
  for (const row of await tab.rows().filter({ hasNotText: "this tab" }).all()) {
    await expect(row).toContainText("1–10", { timeout: 20_000 });
  }
}

test("what is dropped, doubled and delayed arrives in all tabs once, and in order", async ({
  context,
}) => {
  const { a, b, c } = await openThree(context);
  for (const tab of [b, c]) await makeBad(tab);

  await b.haveOthersSend();
  await c.haveOthersSend();
  await a.shop.add("Field lantern");

  for (const tab of [b, c]) {
    await expectWhole(tab);
    await expect(tab.shop.line(1, "Field lantern")).toBeVisible();
    for (const counter of ["Lost on purpose", "Doubled on purpose", "Delayed on purpose"]) {
      await expect(tab.counter(counter)).not.toHaveText("0");
    }
    await expect(tab.counter("Came twice")).not.toHaveText("0");
    await expect(tab.counter("Repaired")).not.toHaveText("0");
    await expect(tab.counter("Gaps")).toHaveText("0");
    await tab.show("Timeline");
    await expect(tab.shop.rows("cart.item.added")).toHaveCount(1);
    expect(tab.shop.errors).toEqual([]);
  }
});

test("a tab that was offline sends and has what was missed when it is online", async ({
  context,
}) => {
  const { a, b } = await openThree(context);

  await b.view.getByRole("button", { name: "Go offline" }).click();
  await expect(b.own()).toContainText("✕ cut off");
  await a.shop.add("Oak stool");
  await b.shop.add("Field lantern");
  await expect(a.shop.line(1, "Oak stool")).toBeVisible();
  await expect(b.shop.line(1, "Field lantern")).toBeVisible();
  await expect(b.counter("Lost on purpose")).not.toHaveText("0");
  await expect(a.shop.line(1, "Field lantern")).toBeHidden();
  await expect(b.shop.line(1, "Oak stool")).toBeHidden();

  await b.view.getByRole("button", { name: "Go online" }).click();

  for (const tab of [a, b]) {
    await expect(tab.shop.line(1, "Field lantern")).toBeVisible();
    await expect(tab.shop.line(1, "Oak stool")).toBeVisible();
  }
  await b.expectCounts({ Gaps: 0 });
  await expect(b.own()).toContainText("⇄ broadcast channel");
});

test("any tab has the leader hand the lead on; what is set in the dialog is set in the view", async ({
  context,
}) => {
  const { a, b, c } = await openThree(context);

  await c.view.getByRole("button", { name: /Have tab \w+ hand the lead on/ }).click();

  await expect(b.view.getByText("This tab leads. It is turn 2.")).toBeVisible();
  await expect(c.story).toContainText("was asked to hand the lead on.");
  await expect(a.own()).toContainText("follows");
  await c.page.getByRole("button", { name: "Faults…" }).click();
  const dialog = c.page.getByRole("dialog", { name: "Faults" });
  await dialog.getByRole("slider", { name: "Drop" }).fill("35");
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(c.view.getByText("35 %")).toBeVisible();
});

/** Two tabs that are left have one who leads, and hear each other. */
async function expectTheyGoOn(next: TabsView, other: TabsView): Promise<void> {
  await expect(next.view.getByText("This tab leads. It is turn 2.")).toBeVisible();
  await other.shop.add("Enamel kettle");
  await expect(next.shop.line(1, "Enamel kettle")).toBeVisible();
  await next.shop.add("Oak stool");
  await expect(other.shop.line(1, "Oak stool")).toBeVisible();
}

test("when the leader is closed another leads, and messages flow; so when it crashes", async ({
  context,
  browser,
}) => {
  const first = await openThree(context);
  await first.a.page.close();
  await expectTheyGoOn(first.b, first.c);
  await expect(first.c.rows()).toHaveCount(2);

  const { a, b, c } = await openThree(await browser.newContext());
  const session = await a.page.context().newCDPSession(a.page);
  session.send("Page.crash").catch(() => {}); // it never answers
  await expectTheyGoOn(b, c);
  await expect(c.rows()).toHaveCount(2);
});

test("a tab that comes back, from the back/forward cache or anew, takes part again and has what it missed", async ({
  baseURL,
}) => {
  const browser = await launchCachingBrowser();
  try {
    const context = await browser.newContext({ baseURL: baseURL as string });
    const a = await new TabsView(await context.newPage()).open();
    await expect(a.view.getByText("This tab leads.")).toBeVisible();
    const b = await new TabsView(await context.newPage()).open();
    await expect(b.rows()).toHaveCount(2);
    await a.page.goto("about:blank");
    await expect(b.view.getByText("This tab leads. It is turn 2.")).toBeVisible();
    await b.shop.add("Field lantern");
    await expect(b.shop.line(1, "Field lantern")).toBeVisible();

    // As it was, or loaded anew: the browser drops a page that others wait for a lock of.
    await a.page.goBack({ waitUntil: "commit" });
    await expect(a.shop.line(1, "Field lantern")).toBeVisible();
    await expect(b.other()).toContainText("● visible");
    await a.shop.add("Oak stool");
    await expect(b.shop.line(1, "Oak stool")).toBeVisible();
    await expect(a.story).not.toContainText("Gap");
  } finally {
    await browser.close();
  }
});

test("when the leader is frozen another leads; it has what it missed when it goes on", async ({
  baseURL,
}) => {
  const browser = await launchFreezingBrowser();
  try {
    const a = await browser.newPage();
    // Shorter than the test's own, so that what is waited for in vain is named.
    a.setDefaultTimeout(10_000);
    await a.evaluateOnNewDocument(() => localStorage.setItem("tour", "over"));
    await a.goto(`${baseURL}/#tabs`);
    await a.waitForSelector("::-p-text(This tab leads.)");
    const b = await browser.newPage();
    b.setDefaultTimeout(10_000);
    await b.goto(`${baseURL}/#tabs`);
    await b.bringToFront();
    // What is visible is not frozen for long.
    await b.waitForSelector("::-p-text(◌ hidden)");

    const goOn = await freeze(a);
    await b.waitForSelector("::-p-text(This tab leads. It is turn 2.)");
    await b.waitForSelector("::-p-text(☾ asleep)");
    await b.locator('button[aria-label="Add Oak stool to the cart"]').click();
    await b.waitForSelector("::-p-text(1 × Oak stool)");

    await goOn();
    await a.waitForSelector("::-p-text(1 × Oak stool)");
    await a.evaluate(() => {
      (
        document.querySelector('[aria-label="Add Field lantern to the cart"]') as HTMLElement
      ).click();
    });
    await b.waitForSelector("::-p-text(1 × Field lantern)");
  } finally {
    await browser.close();
  }
});
