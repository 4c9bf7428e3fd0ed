import { expect, test } from "@playwright/test";
import { Reviews } from "./reviews.js";
import { Shop } from "./shop.js";

test("all microfrontends hear one click, each by its own copy, and the copies are listed", async ({
  page,
}) => {
  const shop = await new Shop(page).open();
  await shop.expectCalm();

  await shop.add("Field lantern");

  await expect(shop.catalog.getByText("1 in the cart")).toBeVisible();
  await expect(shop.line(1, "Field lantern")).toBeVisible();
  await expect(shop.analytics.getByText("€42.00")).toBeVisible();
  const reviews = page.getByRole("article", { name: "Reviews" }).frameLocator("iframe");
  await expect(reviews.getByText("Field lantern has no review yet.")).toBeVisible();
  await page.getByRole("button", { name: "6 copies · protocol 1" }).click();
  const rows = page.getByRole("table", { name: "Copies of the bus" }).locator("tbody tr");
  await expect(rows).toHaveCount(6);
  const listed = (
    await rows.evaluateAll((all) =>
      all.map((row) => [...row.children].map((cell) => cell.textContent)),
    )
  ).sort();
  expect(listed).toEqual([
    ["analytics", "1.1.0", "1.0"],
    ["cart", "1.3.0", "1.0"],
    ["catalog", "1.1.0", "1.0"],
    ["inventory", "1.0.4", "1.0"],
    ["reviews", "1.0.4", "1.0"],
    ["shell", expect.stringMatching(/^\d+\.\d+\.\d+$/), "1.0"],
  ]);
  expect(shop.errors).toEqual([]);
});

test("one that speaks another protocol is refused with a sentence, and the rest goes on", async ({
  page,
}) => {
  const shop = await new Shop(page).open();
  const wishlist = page.getByRole("article", { name: "Wishlist" });
  const refusal =
    '"wishlist" speaks protocol 2.0, and the copies of @pubsub-mfe/core on this page speak 1.0. Build it with a version of the same major.';

  await page.getByRole("button", { name: "Load an incompatible one" }).click();
  await expect(wishlist.getByText(refusal)).toBeVisible();
  await wishlist.getByRole("button", { name: "Retry" }).click();
  await expect(wishlist.getByText(refusal)).toBeVisible();

  await expect(page.getByText("6 copies")).toBeVisible();
  await shop.add("Oak stool");
  await expect(shop.line(1, "Oak stool")).toBeVisible();
  await page.getByRole("button", { name: "Take Wishlist away" }).click();
  await expect(wishlist).toBeHidden();
  expect(shop.errors).toEqual([]);
});

test("an Analytics that comes late hears what was retained and logged once, in order, before what is live", async ({
  context,
}) => {
  const here = await new Shop(await context.newPage()).open();
  const there = await new Shop(await context.newPage()).open();
  await here.expectCalm();
  const { analytics } = here;
  await analytics.getByRole("button", { name: "Unmount" }).click();

  await here.add("Field lantern");
  await expect(there.line(1, "Field lantern")).toBeVisible();
  await new Reviews(there).write(5, "Bright");
  await expect(new Reviews(here).page.getByRole("button", { name: "Field lantern" })).toBeVisible();
  await here.remove("Field lantern");
  await expect(there.line(1, "Field lantern")).toBeHidden();
  await analytics.getByRole("button", { name: "Mount" }).click();
  await expect(analytics.getByText("All 3 sources answered.")).toBeVisible();
  await there.add("Oak stool");
  await expect(here.line(1, "Oak stool")).toBeVisible();
  await here.add("Enamel kettle");
  await analytics.getByText("What was heard last").click();

  const items = analytics.getByRole("list", { name: "What was heard last" }).getByRole("listitem");
  await expect(
    items.filter({ hasText: "live" }).filter({ hasText: "cart.item.added" }),
  ).toHaveCount(2);
  const heard = await items.evaluateAll((all) =>
    all.map((item) => ({ id: (item as HTMLElement).dataset.id, text: item.textContent })),
  );
  const ids = heard.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const kinds = heard.map(({ text }) => (text.includes("● live") ? "live" : "before"));
  expect(kinds).toEqual([...kinds].sort());
  // Of both tabs, from the log.
  const ofTheShop = heard
    .filter(({ text }) => /cart\.item\.|review\./.test(text))
    .map(({ text }) => text.replace(/^[\d:.]+/, ""));
  expect(ofTheShop).toEqual([
    "◌ beforecart.item.added",
    "◌ beforereview.written",
    "◌ beforecart.item.removed",
    "● livecart.item.added",
    "● livecart.item.added",
  ]);
  // What stays in the page is in no log: it was retained.
  expect(heard.some(({ text }) => text.includes("◌ beforerpc.request.stock.get"))).toBe(true);
});
