import { expect, test } from "@playwright/test";
import { Shop } from "./shop.js";

test("a bundle that answers 404 leaves a frame that says so, and the rest works", async ({
  page,
}) => {
  await page.route("**/mfe/cart/index.js*", (route) => route.fulfill({ status: 404 }));
  const shop = await new Shop(page).open();

  await expect(shop.cart.getByText("Cart could not be loaded.")).toBeVisible();
  await expect(shop.cart.getByText("Its address answered 404.")).toBeVisible();
  await expect(shop.cart.getByText("mfe/cart/index.js")).toBeVisible();
  await shop.add("Oak stool");
  await expect(shop.rows("cart.item.added")).toHaveCount(1);

  await page.unroute("**/mfe/cart/index.js*");
  await shop.cart.getByRole("button", { name: "Retry" }).click();

  await expect(shop.line(1, "Oak stool")).toBeVisible();
});

test("a bundle that throws while it loads is told with its error", async ({ page }) => {
  await page.route("**/mfe/catalog/index.js*", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: 'throw new Error("no such price list")',
    }),
  );
  const shop = await new Shop(page).open();

  await expect(shop.catalog.getByText("no such price list")).toBeVisible();
  await expect(shop.cart.getByText("The cart is empty.")).toBeVisible();
});

test("a microfrontend whose mount throws is told with its error", async ({ page }) => {
  await page.route("**/mfe/catalog/index.js*", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: 'export async function mount() { throw new Error("mounting went wrong"); }',
    }),
  );
  const shop = await new Shop(page).open();

  await expect(shop.catalog.getByText("mounting went wrong")).toBeVisible();
  await expect(shop.cart.getByText("The cart is empty.")).toBeVisible();
});

test("without IndexedDB the page says that nothing survives a reload, and goes on", async ({
  page,
}) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "indexedDB", { value: undefined });
  });
  const shop = await new Shop(page).open();

  await expect(page.getByRole("alert").getByText("nothing will survive a reload")).toBeVisible();
  await shop.add("Field lantern");
  await expect(shop.line(1, "Field lantern")).toBeVisible();
  await expect(shop.cart.getByText("Nothing can be paid here")).toBeVisible();
  await expect(shop.catalog.getByText("12 in stock", { exact: true })).toBeVisible();
  expect(shop.errors).toEqual([]);
});
