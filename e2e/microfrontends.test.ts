import { expect, test } from "@playwright/test";
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
