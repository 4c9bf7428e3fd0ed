import { expect, test } from "@playwright/test";
import { Till } from "./till.js";

test("what is paid is reserved, ordered, charged once, shipped, and no longer in the cart, in all tabs", async ({
  context,
}) => {
  const till = await new Till(await context.newPage()).open();
  const other = await new Till(await context.newPage()).open();
  const { shop } = till;
  await shop.add("Field lantern");
  await shop.add("Field lantern");
  await shop.add("Enamel kettle");
  await expect(other.shop.line(1, "Enamel kettle")).toBeVisible();

  await till.press();

  for (const tab of [till, other]) {
    await expect(tab.status).toHaveText("✓ Paid");
    for (const step of ["reserve", "order", "payment", "ship", "confirm"] as const) {
      await expect(tab.step(step)).toContainText(/\d ms/);
    }
    await expect(tab.shop.cart.getByText("The cart is empty.")).toBeVisible();
    await expect(tab.shop.inventory.getByText("10 left", { exact: true })).toBeVisible();
    await expect(tab.shop.catalog.getByText("10 in stock", { exact: true })).toBeVisible();
    await expect(tab.shop.catalog.getByText("in the cart")).toHaveCount(0);
  }
  expect(await till.ledger()).toMatchObject([
    { cents: 11_950, state: "charged", requests: 1, charges: 1 },
  ]);

  // The next cart is another one, and what was bought stays bought.
  await till.page.reload();
  await other.shop.add("Field lantern");
  await expect(shop.line(1, "Field lantern")).toBeVisible();
  await expect(shop.inventory.getByText("10 left", { exact: true })).toBeVisible();
  await till.press();
  await expect(shop.cart.getByText("The cart is empty.")).toBeVisible();
  expect((await till.ledger()).map(({ charges }) => charges)).toEqual([1, 1]);
  expect([...shop.errors, ...other.shop.errors]).toEqual([]);
});

test("two tabs that press Pay at once make one order and one charge, also after one that was declined", async ({
  context,
}) => {
  const tabs = [
    await new Till(await context.newPage()).open(),
    await new Till(await context.newPage()).open(),
  ] as const;
  const [first, second] = tabs;
  await first.shop.add("Oak stool");
  await first.setBank("declines");
  for (const { shop } of tabs) await expect(shop.line(1, "Oak stool")).toBeVisible();

  await Promise.all(tabs.map((tab) => tab.press()));
  for (const tab of tabs) {
    await expect(tab.status).toHaveText("↶ Rolled back");
    await expect(tab.step("payment")).toContainText("The bank declined.");
    await expect(tab.shop.line(1, "Oak stool")).toBeVisible();
  }
  await first.setBank("accepts");
  await Promise.all(tabs.map((tab) => tab.press()));

  for (const tab of tabs) {
    await expect(tab.status).toHaveText("✓ Paid");
    await expect(tab.shop.cart.getByText("The cart is empty.")).toBeVisible();
    await expect(tab.shop.inventory.getByText("▲ 1 left", { exact: true })).toBeVisible();
  }
  const ledger = await second.ledger();
  expect(ledger.map(({ state, requests }) => [state, requests]).sort()).toEqual([
    ["charged", 1],
    ["declined", 1],
  ]);
});
