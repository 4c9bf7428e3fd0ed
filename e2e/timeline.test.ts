import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { TimelineView } from "./timeline-view.js";

test("a filter of topic patterns is kept in the address, and one that is none is refused with the rule", async ({
  page,
}) => {
  const { shop, view, filter, rows, button } = await bound(page);
  await shop.add("Field lantern");
  await expect(shop.rows("cart.item.added")).toHaveCount(1);
  await expect(shop.rows("rpc.")).toHaveCount(0);

  await button("All").click();
  await expect(shop.rows("rpc.").first()).toBeVisible();
  await expect(page).toHaveURL(/#timeline\?filter=%23$/);

  await filter.fill("cart.# -cart.ready");
  await expect(rows).toHaveCount(1);
  await filter.fill("cart.*");
  await expect(view.getByText('For any one segment write "+"')).toBeVisible();
  await expect(view.getByText("The last valid filter stays: cart.# -cart.ready")).toBeVisible();
  await expect(rows).toHaveCount(1);

  await page.reload();
  await expect(filter).toHaveValue("cart.# -cart.ready");
  await expect(shop.rows("cart.item.added").getByText("history")).toHaveCount(1);

  // The link of the view names no filter: the one that is shown stays, in the address as well.
  await page.getByRole("link", { name: "Patterns" }).click();
  await page.getByRole("link", { name: "Timeline" }).click();
  await expect(page).toHaveURL(/filter=cart/);

  await filter.fill("no.such");
  await expect(view.getByText(/None of the \d+ messages passes the filter\./)).toBeVisible();
  await button("Show all").click();
  await expect(rows.nth(9)).toBeVisible();
  await expect(filter).toBeFocused();
  await button("Business").click();
  await expect(shop.rows("cart.item.added")).toHaveCount(1);
  await expect(page).toHaveURL(/#timeline$/);
  expect(shop.errors).toEqual([]);
});

test("while it is paused the list stands still, and what comes is counted", async ({ page }) => {
  const { shop, view, filter, rows, button } = await bound(page);
  await filter.fill("cart.item.#");
  await shop.add("Field lantern");
  await expect(rows).toHaveCount(1);

  await button("❚❚ Pause").click();
  await shop.add("Oak stool");
  await shop.add("Oak stool");

  await expect(view.getByText("Paused · 2 new")).toBeVisible();
  await expect(rows).toHaveCount(1);
  await expect(page.locator("#bus-status")).toHaveText("❚❚ Paused");
  await expect(shop.line(2, "Oak stool")).toBeVisible();

  await button("▶ Resume").click();
  await expect(rows).toHaveCount(3);
  await expect(page.locator("#bus-status")).toHaveText("● Bus live");
  await expect(view.getByText("Paused")).toBeHidden();
});

test("of ten thousand rows only those in sight have elements, and the keyboard walks them all", async ({
  page,
}) => {
  const timeline = await new TimelineView(page).open();
  const { shop, grid, rows, view, detail } = timeline;
  await timeline.burst();
  await timeline.filter.fill("burst.message cart.item.+");
  expect(await rows.count()).toBeLessThan(100);
  await expect(rows.last()).toHaveAttribute("aria-rowindex", "10001");
  const focused = grid.locator(":focus");

  await rows.last().focus();
  for (const [key, index] of [
    ["ArrowUp", 10_000],
    ["Home", 2],
    ["ArrowDown", 3],
    ["End", 10_001],
    ["ArrowUp", 10_000],
  ] as const) {
    await page.keyboard.press(key);
    await expect(focused).toHaveAttribute("aria-rowindex", String(index));
    await expect(focused).toBeInViewport();
  }
  await page.keyboard.press("PageUp");
  const paged = Number(await focused.getAttribute("aria-rowindex"));
  expect(paged).toBeLessThan(9_995);
  await page.keyboard.press("PageDown");
  await expect(focused).toHaveAttribute("aria-rowindex", "10000");

  await page.keyboard.press("Enter");
  await expect(detail.getByRole("heading", { name: "burst.message" })).toBeVisible();
  await expect(focused).toHaveAttribute("aria-selected", "true");

  // The row keeps the focus out of sight, and while others come.
  await grid.locator(".scroller").evaluate((element) => element.scrollTo(0, 0));
  await expect(rows.first()).toHaveAttribute("aria-rowindex", "2");
  await expect(focused).toHaveAttribute("aria-rowindex", "10000");
  await shop.catalog
    .getByRole("button", { name: "Add Field lantern to the cart" })
    .evaluate((button) => (button as HTMLElement).click());
  await expect(grid).toHaveAttribute("aria-rowcount", "10002");
  await expect(focused).toHaveAttribute("aria-rowindex", "10000");
  await expect(shop.rows("cart.item.added")).toHaveCount(0);
  await timeline.button("↓ To the newest").click();
  await expect(shop.rows("cart.item.added")).toHaveCount(1);
  await expect(view.getByRole("button", { name: "To the newest" })).toBeHidden();
  await expect(focused).toHaveAttribute("aria-rowindex", "10002");
  await shop.add("Oak stool");
  await expect(shop.rows("cart.item.added")).toHaveCount(2);
  expect(await rows.count()).toBeLessThan(100);
  expect(shop.errors).toEqual([]);
});

test("the detail says who got a message and what it follows from; it is published again, and copied as a test", async ({
  page,
}) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
  });
  const timeline = await new TimelineView(page).open();
  const { shop, detail, rows } = timeline;
  await shop.add("Field lantern");
  await timeline.select("cart.item.added");
  await expect(detail.getByText('"sku": "LAN-1"')).toBeVisible();
  await expect(detail.getByText(/^cart by cart\.item\.\+ · .*s$/)).toBeVisible();
  await detail.getByText("Why others did not").click();
  await expect(detail.getByRole("listitem").last()).not.toBeEmpty();
  const id = await detail.locator("dd").first().textContent();

  await detail.getByRole("button", { name: "Publish again" }).click();

  await expect(shop.line(2, "Field lantern")).toBeVisible();
  await expect(detail.getByText("Published again, as")).toBeVisible();
  await timeline.filter.fill("cart.item.#");
  await expect(rows).toHaveCount(2);
  await rows.last().click();
  await expect(detail.locator("dd").first()).not.toHaveText(id as string);

  await detail.getByRole("button", { name: "Copy as test" }).click();
  const code = detail.getByRole("textbox", { name: "Test" });
  await expect(code).toBeFocused();
  await expect(code).toHaveValue(
    /const cause1 = bus\.publish\("cart\.item\.added", \{ sku: "LAN-1"/,
  );
  await expect(code).toHaveValue(
    /expect\(received\)\.toHavePublished\("cart\.item\.added", payload\)/,
  );

  await detail.getByRole("button", { name: "cart.item.added" }).click();
  await expect(detail.locator("dd").first()).toHaveText(id as string);
  await expect(rows.first()).toHaveAttribute("aria-selected", "true");
  await expect(code).toBeHidden();
  await expect(detail.getByRole("heading", { name: "cart.item.added" })).toBeFocused();
  expect(shop.errors).toEqual([]);
});

test("a test goes to the clipboard where the browser lets it", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const timeline = await new TimelineView(page).open();
  await timeline.shop.add("Field lantern");
  await timeline.select("cart.item.added");

  await timeline.detail.getByRole("button", { name: "Copy as test" }).click();

  await expect(timeline.detail.getByText("Copied.")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(
    'bus.publish("cart.item.added", payload, { source: "catalog" });',
  );
});

test("what the list shows is exported, a message to a line", async ({ page }) => {
  const timeline = await new TimelineView(page).open();
  await timeline.filter.fill("cart.item.#");
  await timeline.shop.add("Field lantern");
  await timeline.shop.add("Oak stool");
  await expect(timeline.rows).toHaveCount(2);

  const downloading = page.waitForEvent("download");
  await timeline.button("Export").click();
  const download = await downloading;

  expect(download.suggestedFilename()).toMatch(/^timeline-.*\.ndjson$/);
  const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ topic: "cart.item.added", way: "this tab", leaves: true }),
    expect.objectContaining({
      payload: { sku: "STO-1", name: "Oak stool", price: 8_900 },
      receipts: expect.arrayContaining([
        expect.objectContaining({ copy: "cart", pattern: "cart.item.+", outcome: "done" }),
      ]),
    }),
  ]);
});

test("the tree of topics says what nobody hears and nobody says, and filters", async ({ page }) => {
  const timeline = await new TimelineView(page).open();
  const { shop, topics, filter } = timeline;
  await shop.add("Field lantern");
  const added = topics.getByRole("listitem").filter({
    has: page.getByRole("button", { name: "added", exact: true }),
  });
  await expect(added.last()).toContainText("catalog");
  await expect(added.last()).toContainText(/→\s*.*cart/);
  await expect(
    topics.getByRole("listitem").filter({ hasText: "circuit.+" }).getByText("inventory"),
  ).toBeVisible();

  // What the adapter for other tabs tells is of interest to nobody here.
  await topics.getByLabel("Below system").click();
  await expect(topics.getByText("▲ nobody listens but to all").first()).toBeVisible();
  await expect(added.last()).not.toContainText("nobody listens");

  await topics.getByRole("button", { name: "item", exact: true }).click();
  await expect(filter).toHaveValue("cart.item.#");
  await expect(timeline.rows).toHaveCount(1);
});

async function bound(page: ConstructorParameters<typeof TimelineView>[0]) {
  const timeline = await new TimelineView(page).open();
  const { shop, view, filter, rows } = timeline;
  return { shop, view, filter, rows, button: (name: string) => timeline.button(name) };
}
