import { expect, test } from "@playwright/test";
import { Shop } from "./shop.js";

test("what one microfrontend adds shows in the other, and is still there after a reload", async ({
  page,
}) => {
  const shop = await new Shop(page).open();

  await shop.add("Field lantern");
  await shop.add("Field lantern");
  await shop.add("Oak stool");

  await expect(shop.line(2, "Field lantern")).toBeVisible();
  await expect(shop.cart.getByText("€173.00")).toBeVisible();
  await expect(shop.catalog.getByText("2 in the cart")).toBeVisible();
  await expect(page.getByText("3 stored")).toBeVisible();

  await page.reload();

  await expect(shop.line(2, "Field lantern")).toBeVisible();
  await expect(shop.line(1, "Oak stool")).toBeVisible();
  await expect(shop.catalog.getByText("2 in the cart")).toBeVisible();
  await expect(shop.rows("cart.item.added").getByText("history")).toHaveCount(3);
  expect(shop.errors).toEqual([]);
});

test("a second tab has the same cart: from before it opened, and live, both ways", async ({
  context,
}) => {
  const first = await new Shop(await context.newPage()).open();
  await first.add("Field lantern");
  await expect(first.page.getByText("1 stored")).toBeVisible();

  const second = await new Shop(await context.newPage()).open();
  await expect(second.line(1, "Field lantern")).toBeVisible();

  await first.add("Enamel kettle");
  await expect(second.line(1, "Enamel kettle")).toBeVisible();
  await expect(second.catalog.getByText("1 in the cart")).toHaveCount(2);
  await expect(second.rows("cart.item.added").getByText("other tab")).toHaveCount(1);

  await second.remove("Field lantern");
  await expect(first.line(1, "Field lantern")).toHaveCount(0);

  // Each tab stored its own messages, once: both read back the same.
  await first.page.reload();
  await second.page.reload();
  for (const shop of [first, second]) {
    await expect(shop.line(1, "Enamel kettle")).toBeVisible();
    await expect(shop.line(1, "Field lantern")).toHaveCount(0);
    await expect(shop.rows("cart.item.").getByText("history")).toHaveCount(3);
    expect(shop.errors).toEqual([]);
  }
});

test("each microfrontend has a copy of the bus of its own, and they are one", async ({ page }) => {
  const shop = await new Shop(page).open();
  await shop.add("Field lantern");
  await expect(page.getByText("6 copies")).toBeVisible();

  await shop.catalog.getByRole("button", { name: "Unmount" }).click();
  await shop.remove("Field lantern");

  await expect(page.getByText("5 copies")).toBeVisible();
});

test("what is published right before the page goes away is not lost", async ({ page }) => {
  const shop = await new Shop(page).open();
  const add = shop.catalog.getByRole("button", { name: "Add Oak stool to the cart" });

  await add.evaluate((button) => {
    for (let n = 0; n < 40; n++) (button as HTMLElement).click();
    location.reload();
  });

  await expect(shop.line(40, "Oak stool")).toBeVisible();
});

test("each microfrontend can be unmounted and mounted again", async ({ page }) => {
  const shop = await new Shop(page).open();
  await shop.add("Field lantern");
  await expect(shop.line(1, "Field lantern")).toBeVisible();

  await shop.cart.getByRole("button", { name: "Unmount" }).click();
  await expect(shop.cart.getByText("Cart is unmounted.")).toBeVisible();
  await shop.add("Field lantern");
  await shop.cart.getByRole("button", { name: "Mount" }).click();

  await expect(shop.line(2, "Field lantern")).toBeVisible();
  await shop.catalog.getByRole("button", { name: "Unmount" }).click();
  await shop.remove("Field lantern");
  await expect(shop.line(1, "Field lantern")).toBeVisible();
  expect(shop.errors).toEqual([]);
});

test("what is unmounted while it asks or is asked leaves nothing behind either", async ({
  page,
}) => {
  const shop = await new Shop(page).open();

  for (const frame of [shop.catalog, shop.cart, shop.inventory, shop.analytics]) {
    const toggle = frame.locator("header").getByRole("button");
    // All in one go, while the first answers are on their way.
    await toggle.evaluate((button) => {
      for (let n = 0; n < 20; n++) (button as HTMLElement).click();
    });
  }

  await shop.expectCalm();
  await expect(shop.subscriptions).toHaveCount(5);
  await shop.add("Field lantern");
  await expect(page.getByText("6 copies")).toBeVisible();
  expect(shop.errors).toEqual([]);
});

test("a message of the log opens", async ({ page }) => {
  const shop = await new Shop(page).open();
  await shop.add("Enamel kettle");

  await shop.rows("cart.item.added").getByRole("button").click();

  const detail = page.getByRole("complementary", { name: "Selected message" });
  await expect(detail.getByText('"sku": "KET-1"')).toBeVisible();
  await expect(detail.getByText("catalog", { exact: true })).toBeVisible();
});
