import { expect, test } from "@playwright/test";
import { PatternsView } from "./patterns-view.js";
import { Shop } from "./shop.js";

test("a breaker opens when the supplier fails, the shop goes on, and one call closes it again", async ({
  page,
}) => {
  const tab = await new PatternsView(page).open({ openMs: 2_000 });
  const { shop } = tab;
  await expect(tab.ownState).toHaveText("✓ closed");
  await expect(tab.view.getByText("No breaker has changed its state yet.")).toBeVisible();

  await tab.breakSupplier();

  await expect(tab.toldState).toHaveText("✕ open");
  await expect(shop.inventory.getByText(/Next try in \d\ss/)).toBeVisible();
  await expect(tab.view.getByText(/A call may try in \d s\./)).toBeVisible();
  await expect(tab.view.getByText(/3 of the last \d+ calls failed\./)).toBeVisible();
  await tab.expectStock("Remembered since");
  await expect(shop.catalog.getByText("12 in stock, as remembered")).toBeVisible();
  await shop.add("Field lantern");
  await expect(shop.line(1, "Field lantern")).toBeVisible();

  await tab.view.getByRole("button", { name: "Have it well again" }).click();

  await expect(tab.toldState).toHaveText("✓ closed", { timeout: 15_000 });
  await expect(tab.ownState).toHaveText("✓ closed");
  await tab.expectStock("Fresh from the supplier");
  await expect(shop.catalog.getByText("12 in stock", { exact: true })).toBeVisible();
  await expect(tab.changes.nth(0)).toContainText("◐ half-open → ✓ closed, by the call that tried");
  await expect(tab.changes.nth(1)).toContainText("✕ open → ◐ half-open");
  await expect(tab.changes.last()).toContainText("✓ closed → ✕ open, after failures in a row");
  expect(shop.errors).toEqual([]);
});

test("a call that tries too early for the supplier opens the breaker again, for longer", async ({
  page,
}) => {
  const tab = await new PatternsView(page).open({ openMs: 500 });

  await tab.breakSupplier();

  const again = tab.changes.filter({ hasText: "◐ half-open → ✕ open, by the call that tried" });
  await expect(again.nth(1)).toBeVisible();
  await tab.expectStock("Remembered since");
});

test("when the supplier never told anything, all say so, and the shop goes on", async ({
  page,
}) => {
  await page.addInitScript(() => {
    localStorage.setItem("supplier.faults", JSON.stringify({ errorRate: 100, latencyMs: 0 }));
  });
  const tab = new PatternsView(page);
  await tab.shop.open("/?breaker-open-ms=60000#patterns");

  await tab.expectStock("The supplier never told.");
  await expect(tab.ownState).toHaveText("✕ open");
  await expect(tab.shop.catalog.getByText("The stock is not known now")).toHaveCount(3);
  await expect(
    tab.ended.getByText("✕ failed: The supplier never told how many").first(),
  ).toBeVisible();
  await expect(tab.figure("Low in stock")).toHaveText("unknown");
  await tab.shop.add("Oak stool");
  await expect(tab.figure("Items in the cart")).toHaveText("1");
  expect(tab.shop.errors).toEqual([]);
});

test("a reload does not forget that the breaker is open", async ({ page }) => {
  const tab = await new PatternsView(page).open();
  await tab.breakSupplier();
  // It is well again: if it were asked, that would show.
  await tab.setFault("Error rate", 0);

  await page.reload();

  await expect(tab.ownState).toHaveText("✕ open");
  await expect(tab.toldState).toHaveText("✕ open");
  await expect(tab.changes).toHaveText([/✓ closed → ✕ open, as it was before$/]);
  await expect(tab.shop.inventory.getByText(/Next try in \d\d\ss/)).toBeVisible();
  await tab.expectStock("Remembered since");
  await expect(tab.shop.catalog.getByText("12 in stock, as remembered")).toBeVisible();
  expect(tab.shop.errors).toEqual([]);
});

test("a visitor holds the breaker open, and closes it, over the bus", async ({ page }) => {
  const tab = await new PatternsView(page).open();
  await tab.breakSupplier();
  await tab.setFault("Error rate", 0);

  await tab.view.getByRole("button", { name: "Force open: supplier" }).click();
  await expect(tab.toldState).toHaveText("⊘ held open");
  await expect(tab.ownState).toHaveText("⊘ held open");
  await expect(tab.ended).toContainText("→ breaker.supplier.isolate");

  await tab.view.getByRole("button", { name: "Close: supplier" }).click();
  await expect(tab.toldState).toHaveText("✓ closed");
  await expect(tab.changes.first()).toContainText("by hand");
  await tab.expectStock("Fresh from the supplier");

  await tab.shop.inventory.getByRole("button", { name: "Unmount" }).click();
  await expect(tab.view.getByText("Its microfrontend is not mounted.")).toBeVisible();
  await expect(tab.view.getByRole("button", { name: "Close: supplier" })).toBeHidden();
});

test("the breaker of another tab is told apart from one's own", async ({ context }) => {
  const first = await new PatternsView(await context.newPage()).open();
  const second = await new PatternsView(await context.newPage()).open();

  await first.breakSupplier();

  await expect(second.toldState).toHaveText("✕ open");
  await expect(second.view.getByText(/tab [0-9a-f]{4}/).first()).toBeVisible();
  await expect(second.ownState).toHaveText("✓ closed");
  await first.page.close();
  await expect(second.toldState).toHaveCount(0);
});

test("the dashboard has the answers of all teams, and follows the cart", async ({ page }) => {
  const tab = await new PatternsView(page).open();
  await expect(tab.shop.analytics.getByText("All 3 sources answered.")).toBeVisible();
  await expect(tab.figure("Products")).toHaveText("3");
  await expect(tab.figure("Low in stock")).toHaveText("▲ 1");

  await tab.shop.add("Field lantern");
  await tab.shop.add("Oak stool");

  await expect(tab.figure("Items in the cart")).toHaveText("2");
  await expect(tab.figure("Cart total")).toHaveText("€131.00");
  for (const source of ["catalog", "cart", "inventory"]) {
    await expect(tab.source(source)).toContainText("✓ answered in");
    await expect(tab.ended.getByText(`→ ${source}`, { exact: true }).first()).toBeVisible();
  }
  expect(tab.shop.errors).toEqual([]);
});

test("the dashboard says who is missing, and shows what the others answered", async ({ page }) => {
  const tab = await new PatternsView(page).open();
  const { cart, analytics } = tab.shop;
  await expect(analytics.getByText("All 3 sources answered.")).toBeVisible();

  await cart.getByRole("button", { name: "Unmount" }).click();

  await expect(analytics.getByText("Without cart: the figures of the others hold.")).toBeVisible();
  await expect(tab.source("cart")).toContainText("∅ nobody answers");
  await expect(tab.figure("Items in the cart")).toHaveText("–");
  await expect(tab.figure("Products")).toHaveText("3");

  await cart.getByRole("button", { name: "Mount" }).click();

  await expect(analytics.getByText("All 3 sources answered.")).toBeVisible();
  await expect(tab.figure("Items in the cart")).toHaveText("0");
});

test("a team that takes too long is waited for in sight, and then done without", async ({
  page,
}) => {
  const tab = await new PatternsView(page).open();
  await tab.setFault("Latency", 3_000);
  const open = tab.view.getByRole("table", { name: "Open requests and asks" });

  // For a while the inventory answers with what it has just heard.
  await expect(async () => {
    await tab.refreshDashboard();
    await expect(open.getByRole("row", { name: "→ inventory" })).toBeVisible({ timeout: 900 });
  }).toPass();

  await expect(tab.source("inventory")).toContainText(/◷ no answer within 1[56]\d\d ms/);
  await expect(tab.source("cart")).toContainText("✓ answered in");
  await expect(tab.shop.analytics.getByText("Without inventory:")).toBeVisible();
  await expect(tab.ended.getByRole("row", { name: "→ inventory" }).first()).toContainText(
    "◷ given up",
  );
});

test("the catalog waits for an inventory that is loading", async ({ page }) => {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/mfe/inventory/index.js*", async (route) => {
    await released;
    await route.continue();
  });
  const shop = await new Shop(page).open();
  await expect(shop.catalog.getByText("Asking for the stock…")).toHaveCount(3);

  release();

  await expect(shop.catalog.getByText("12 in stock", { exact: true })).toBeVisible();
  await expect(shop.catalog.getByText("▲ Only 2 in stock", { exact: true })).toBeVisible();
});

test("without an inventory the catalog says that nobody knows, until there is one", async ({
  page,
}) => {
  await page.clock.install();
  await page.route("**/mfe/inventory/index.js*", (route) => route.fulfill({ status: 404 }));
  const shop = await new Shop(page).open();
  await expect(shop.inventory.getByText("Inventory could not be loaded.")).toBeVisible();
  await expect(shop.catalog.getByText("Asking for the stock…")).toHaveCount(3);

  await page.clock.fastForward(10_000);
  await expect(shop.catalog.getByText("Nobody here knows the stock")).toHaveCount(3);

  await page.unroute("**/mfe/inventory/index.js*");
  await shop.inventory.getByRole("button", { name: "Retry" }).click();

  await expect(shop.catalog.getByText("12 in stock", { exact: true })).toBeVisible();
});

test("the view of the patterns has an address", async ({ page }) => {
  const tab = await new PatternsView(page).open();

  await expect(tab.view).toBeVisible();
  await expect(tab.shop.log).toBeHidden();
});
