import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { MessagesTab, serveMessagesPage } from "./messages-page.js";
import type { PageServer } from "./page-server.js";

let server: PageServer;

test.beforeAll(async () => {
  server = await serveMessagesPage();
});

test.afterAll(() => server.close());

async function openTab(context: BrowserContext, search = ""): Promise<MessagesTab<Page>> {
  return new MessagesTab(await context.newPage()).open(server.url + search);
}

test("each of three tabs hears the two others, in order and once", async ({ context }) => {
  const [a, b, c] = [await openTab(context), await openTab(context), await openTab(context)];

  await Promise.all([
    a.publish(1, 1_000),
    b.publish(1, 500, "a task each"),
    c.publish(1, 1_000, "a task each"),
  ]);

  for (const [tab, other, another] of [
    [a, b, c],
    [b, a, c],
    [c, a, b],
  ] as const) {
    await tab.expectHeard(other, other === b ? "1-500" : "1-1000");
    await tab.expectHeard(another, another === b ? "1-500" : "1-1000");
    await tab.expectWhole();
  }
});

test("what a tab publishes in its last turn, and while it is left, arrives", async ({
  context,
}) => {
  const [a, b] = [await openTab(context), await openTab(context)];

  await a.page.evaluate(() => {
    addEventListener("pagehide", () => void window.messages.publish(1_001, 1_200));
    void window.messages.publish(1, 1_000);
    location.replace("about:blank");
  });

  await b.expectHeard(a, "1-1200");
  await b.expectWhole();
});

test("a window that a tab opened has an id of its own, and both hear each other", async ({
  context,
}) => {
  const a = await openTab(context);
  const opening = context.waitForEvent("page");
  // It begins with a copy of what its opener has in sessionStorage.
  await a.page.evaluate(() => void window.open(location.href));
  const b = await new MessagesTab(await opening).ready();

  await Promise.all([a.publish(1, 100), b.publish(1, 100)]);

  expect(b.id).not.toBe(a.id);
  await a.expectHeard(b, "1-100");
  await b.expectHeard(a, "1-100");
});

test("a tab that reloads keeps its id, hears on, and is heard", async ({ context }) => {
  const [a, b] = [await openTab(context), await openTab(context)];
  await Promise.all([a.publish(1, 100), b.publish(1, 100)]);
  await b.expectHeard(a, "1-100");
  const { id } = a;

  await a.page.reload();
  await a.ready();
  await b.publish(101, 200);
  await a.publish(101, 200);

  expect(a.id).toBe(id);
  await a.expectHeard(b, "101-200");
  await b.expectHeard(a, "1-200");
  await a.expectWhole();
  await b.expectWhole();
});

test("a tab that was elsewhere and comes back by a load keeps its id", async ({ context }) => {
  const [a, b] = [await openTab(context), await openTab(context)];
  const { id } = a;

  await a.page.goto("about:blank");
  await b.publish(1, 100);
  await a.page.goBack();
  await a.ready();
  await b.publish(101, 200);

  expect(a.id).toBe(id);
  await a.expectHeard(b, "101-200");
  await a.expectWhole();
});

test("a question whether to leave that the user answers with no changes nothing", async ({
  context,
}) => {
  const a = await openTab(context);
  await a.expectLeads();
  const b = await openTab(context);
  await a.page.evaluate(() => addEventListener("beforeunload", (event) => event.preventDefault()));
  // Pages that were never touched are not asked.
  await a.page.mouse.click(10, 10);
  const asked = a.page.waitForEvent("dialog");

  const leaving = a.page.goto("about:blank").catch(() => {});
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await leaving;
  await a.publish(1, 100);
  await b.publish(1, 100);

  await b.expectHeard(a, "1-100");
  await a.expectHeard(b, "1-100");
  expect([(await a.view()).isLeader, (await b.view()).isLeader]).toEqual([true, false]);
  expect((await b.view()).tabs).toContain(`${a.id} visible`);
});

test.describe("several buses on one page", () => {
  test("hear each other and other tabs once, where they are not joined", async ({ context }) => {
    const a = await openTab(context, "?buses=plain plain");
    const b = await openTab(context);
    const second = (await a.view(1)).clientId;

    await a.publish(1, 100);
    await a.publish(1, 100, "at once", 1);
    await b.publish(1, 100);

    await a.expectHeard(b, "1-100");
    await a.expectHeard(b, "1-100", 1);
    await a.expectHeard(a, "1-100", 1);
    const { heard } = await a.view();
    expect([heard[second], heard["this page"]]).toEqual(["1-100", "1-100"]);
    await b.expectHeard(a, "1-100");
    expect((await b.view()).heard[second]).toBe("1-100");
  });

  test("post once, and are posted to once, where they are joined", async ({ context }) => {
    const a = await openTab(context, "?buses=joined joined joined");
    const b = await openTab(context, "?count");

    for (const bus of [0, 1, 2]) await a.publish(bus * 50 + 1, bus * 50 + 50, "at once", bus);
    await b.publish(1, 100);

    for (const bus of [0, 1, 2]) {
      await a.expectHeard(b, "1-100", bus);
      expect((await a.view(bus)).heard["this page"]).toBe("1-150");
    }
    await b.expectHeard(a, "1-150");
    // Three of that page, and two of this one, which hears its own here.
    expect(await b.page.evaluate(() => window.messages.posts)).toBe(5);
  });
});
