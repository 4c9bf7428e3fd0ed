import { expect as expectSoon, test } from "@playwright/test";
import { Till } from "./till.js";
import { findViolations } from "./violations.js";

// A checkout is dozens of transactions, in several tabs: a busy machine takes its time for them.
const expect = expectSoon.configure({ timeout: 30_000 });
test.describe.configure({ timeout: 120_000 });

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
    await expect(tab.figure("Orders")).toHaveText("1");
    await expect(tab.figure("Revenue")).toHaveText("€119.50");
    await expect(tab.figure("Read model lag")).toHaveText(/^\d+ ms$/);
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

  await Till.pressAtOnce(tabs);
  for (const tab of tabs) {
    await expect(tab.status).toHaveText("↶ Rolled back");
    await expect(tab.step("payment")).toContainText("The bank declined.");
    await expect(tab.shop.line(1, "Oak stool")).toBeVisible();
  }
  await first.setBank("accepts");
  await Till.pressAtOnce(tabs);

  for (const tab of tabs) {
    await expect(tab.status).toHaveText("✓ Paid");
    await expect(tab.shop.cart.getByText("The cart is empty.")).toBeVisible();
    await expect(tab.shop.inventory.getByText("▲ 1 left", { exact: true })).toBeVisible();
  }
  const ledger = await second.ledger();
  expect(ledger.map(({ state, requests }) => [state, requests]).sort()).toEqual([
    ["charged", 1],
    // Declined, and then given back: it is never to be charged.
    ["void", 1],
  ]);
});

test("whichever step fails, all is undone or goes on, and the cart can be paid at last", async ({
  page,
}) => {
  const till = await new Till(page).open();
  const { shop } = till;
  await shop.add("Enamel kettle");

  for (const step of ["reserve", "order", "payment", "ship"] as const) {
    await till.setFault(step, "fail-always");
    await till.press();

    await expect(till.step(step)).toContainText("✕");
    await expect(till.step(step)).toContainText("It fails, as you want it. Tried 2 times.");
    await expect(till.status).toHaveText("↶ Rolled back");
    await expect(shop.line(1, "Enamel kettle")).toBeVisible();
    await expect(shop.inventory.getByText("31 left", { exact: true })).toBeVisible();
  }
  // What was paid before the last of them was given back.
  await expect(till.line("Refund")).toContainText("done");
  await expect(till.line("Cancel the order")).toContainText("done");
  await expect(till.line("Release stock")).toContainText("done");

  // From where it can not be undone any more it goes on.
  await till.setFault("confirm", "fail-always");
  await till.press();
  await expect(till.status).toHaveText("✕ Stuck");
  await expect(till.checkout.getByText("It is paid, and goes on from here.")).toBeVisible();
  await expect(till.pay).toHaveAttribute("aria-disabled", "true");
  await till.setFault("confirm", "none");
  await till.checkout.getByRole("button", { name: "Retry" }).click();

  await expect(till.status).toHaveText("✓ Paid");
  await expect(shop.cart.getByText("The cart is empty.")).toBeVisible();
  await expect(shop.inventory.getByText("30 left", { exact: true })).toBeVisible();
  await expect(till.orders).toHaveText([/✓ paid/, /↶ cancelled/, /↶ cancelled/]);
  await expect(till.figure("Rollbacks")).toHaveText("↶ 2");
  // One was asked to give back what it had never heard of: it is never to take it.
  const states = (await till.ledger()).map(({ state }) => state);
  expect(states.sort()).toEqual(["charged", "refunded", "void"]);
  expect(shop.errors).toEqual([]);
});

test("a compensation that fails leaves the checkout stuck, until a retry goes well; a hanging bank is not waited for", async ({
  page,
}) => {
  const till = await new Till(page).open();
  await till.shop.add("Enamel kettle");
  await till.setBank("hangs");
  await till.setFault("order", "compensation-fails");
  await till.press();

  await expect(till.step("payment")).toContainText("running…");
  await expect(till.step("payment")).toContainText("took longer than its timeout");
  await expect(till.status).toHaveText("✕ Stuck");
  await expect(till.line("Cancel the order")).toContainText("It can not be undone");
  // The others are undone all the same.
  await expect(till.line("Refund")).toContainText("done");
  await expect(till.line("Release stock")).toContainText("done");
  await expect(till.pay).toHaveAttribute("aria-disabled", "true");

  await page.getByRole("button", { name: "Faults" }).click();
  await page.getByText("One bank for all tabs.").scrollIntoViewIfNeeded();
  const books = page.getByRole("table", { name: "Ledger of the bank" });
  await expect(books.getByRole("row", { name: "⊘ void" })).toContainText("2 times");
  expect(await findViolations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  expect(await findViolations(page)).toEqual([]);

  await till.setFault("order", "none");
  await till.checkout.getByRole("button", { name: "Retry" }).click();

  await expect(till.status).toHaveText("↶ Rolled back");
  await expect(till.orders).toHaveText([/↶ cancelled/]);
  expect((await till.ledger()).map(({ state, charges }) => [state, charges])).toEqual([
    ["void", 0],
  ]);
  await expect(till.pay).toHaveAttribute("aria-disabled", "false");
});

test("a checkout whose tab is reloaded right after each deed is one order, and each key is charged once", async ({
  page,
}) => {
  const till = await new Till(page).open();
  await till.shop.add("Enamel kettle");
  await page.evaluate(() => {
    const steps = ["reserve", "order", "payment", "ship", "confirm"];
    const faults = Object.fromEntries(steps.map((step) => [step, "reload"]));
    localStorage.setItem("step.faults", JSON.stringify(faults));
    sessionStorage.setItem("loads", "0");
  });
  await page.addInitScript(() => {
    // The frame of the reviews is loaded as well.
    if (window === top) {
      sessionStorage.setItem("loads", String(Number(sessionStorage.getItem("loads")) + 1));
    }
  });
  await till.press();

  await expect(till.status).toHaveText("✓ Paid");
  expect(await page.evaluate(() => sessionStorage.getItem("loads"))).toBe("5");
  await expect(till.shop.cart.getByText("The cart is empty.")).toBeVisible();
  await expect(till.shop.inventory.getByText("30 left", { exact: true })).toBeVisible();
  await expect(till.orders).toHaveText([/✓ paid/]);
  expect(await till.ledger()).toMatchObject([{ state: "charged", requests: 2, charges: 1 }]);
});

test("a checkout is cancelled from the other tab, and refused stock says so", async ({
  context,
}) => {
  const first = await new Till(await context.newPage()).open();
  const second = await new Till(await context.newPage()).open();
  await first.setBank("slow");
  for (let n = 0; n < 3; n++) await first.shop.add("Oak stool");
  await first.press();
  await expect(first.step("reserve")).toContainText("Oak stool: 2 left, 3 wanted.");
  await expect(first.status).toHaveText("↶ Rolled back");

  await first.shop.remove("Oak stool");
  await expect(second.shop.line(2, "Oak stool")).toBeVisible();
  await first.press();
  await expect(second.step("payment")).toContainText("running…");
  await second.checkout.getByRole("button", { name: "Cancel" }).click();

  for (const tab of [first, second]) {
    await expect(tab.status).toHaveText("↶ Rolled back");
    await expect(tab.shop.inventory.getByText("▲ 2 left", { exact: true })).toBeVisible();
    await expect(tab.shop.line(2, "Oak stool")).toBeVisible();
  }
});

test("after the database was deleted the shop goes on to sell", async ({ page }) => {
  const till = await new Till(page).open();
  await till.shop.add("Enamel kettle");
  await till.press();
  await expect(till.status).toHaveText("✓ Paid");
  await till.shop.add("Enamel kettle");

  await page.evaluate(
    () =>
      new Promise((resolve) => {
        indexedDB.deleteDatabase("switchyard").onsuccess = resolve;
      }),
  );
  await till.shop.add("Enamel kettle");
  await till.press();

  await expect(till.shop.cart.getByText("The cart is empty.")).toBeVisible();
  await expect(till.shop.inventory.getByText("29 left", { exact: true })).toBeVisible();
  await expect(till.orders).toHaveCount(1);
  expect(till.shop.errors).toEqual([]);
});
