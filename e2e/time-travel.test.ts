import { expect, test } from "@playwright/test";
import { PatternsView } from "./patterns-view.js";
import { Till } from "./till.js";
import { type CartFacts, TravelPage } from "./travel-page.js";

const SEED = 20_260;
const STEPS = 30;
const JUMPS = 20;
const OFTEN = { intervals: [10, 20, 50] };
const PRODUCTS = 3;

/** Numbers below a bound, the same for each seed (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let n = Math.imul(state ^ (state >>> 15), 1 | state);
    n = (n + Math.imul(n ^ (n >>> 7), 61 | n)) ^ n;
    return ((n ^ (n >>> 14)) >>> 0) % below;
  };
}

test("the state at message k is what the shop showed then, for 20 random k, while it goes on", async ({
  context,
}) => {
  // Sixty steps, in two tabs.
  test.setTimeout(60_000);
  const random = randomOf(SEED);
  const here = await new TravelPage(await context.newPage()).open();
  const there = await new TravelPage(await context.newPage()).open();
  const recorded: CartFacts[] = [{}];
  for (let step = 1; step <= STEPS; step++) {
    const { shop } = random(2) === 0 ? here : there;
    const lines = Object.keys(recorded.at(-1) ?? {}).length - 1;
    const button =
      lines > 0 && random(5) < 2
        ? shop.cart.getByRole("button", { name: /^Remove one/ }).nth(random(lines))
        : shop.catalog.getByRole("button", { name: /^Add/ }).nth(random(PRODUCTS));
    await button.dispatchEvent("click");
    // Both have the same log, and the same cart.
    let cart: CartFacts | undefined;
    await expect(async () => {
      cart = await here.cartAt(step);
      expect(cart).toBeDefined();
      expect(cart).not.toEqual(recorded.at(-1));
    }).toPass(OFTEN);
    await expect.poll(() => there.cartAt(step), OFTEN).toEqual(cart);
    recorded.push(cart as CartFacts);
  }

  let since = 0;
  for (let jump = 0; jump < JUMPS; jump++) {
    const k = 1 + random(STEPS);
    await test.step(`to message ${k}`, async () => {
      await here.dragTo(k);
      await expect.poll(() => here.cartThen(), OFTEN).toEqual(recorded[k]);
    });
    if (jump % 4 === 0) {
      await there.shop.add("Oak stool");
      since++;
    }
    await expect(here.banner).toContainText(`message ${k} of ${STEPS + since}, `);
    const news = since === 1 ? "1 new message" : `${since} new messages`;
    await expect(here.banner).toContainText(`The page goes on: ${news} since.`);
  }

  await here.page.keyboard.press("Escape");
  await here.expectLive();
  expect(await here.cartNow()).toEqual(await there.cartNow());
  expect(await here.cartThen()).toEqual(await there.cartNow());
  expect([...here.shop.errors, ...there.shop.errors]).toEqual([]);
});

test("the past is walked by the keyboard, tells what each message changed, and is left by Escape", async ({
  page,
}) => {
  const tab = await new TravelPage(page).open();
  await expect(tab.bar.getByText("no message yet")).toBeVisible();
  for (const [index, product] of ["Field lantern", "Oak stool", "Field lantern"].entries()) {
    await tab.shop.add(product);
    await tab.expectCount(index + 1);
  }
  await tab.shop.remove("Oak stool");
  await tab.expectCount(4);

  await tab.range.hover();
  await tab.expectLive();
  await tab.range.focus();
  await page.keyboard.press("ArrowLeft");

  await tab.expectAt(3);
  await expect(tab.range).toBeFocused();
  await expect(tab.range).toHaveAttribute(
    "aria-valuetext",
    /^Message 3 of 4, \d\d:\d\d:\d\d, cart.item.added$/,
  );
  await expect(page).toHaveURL(/#travel\?at=3$/);
  await expect(tab.status).toHaveText("◷ Viewing the past");
  const lantern = tab.facts("Cart").getByRole("row", { name: "Field lantern" });
  await expect(lantern).toContainText("1 · €42.00 → 2 · €84.00± changed");
  await expect(tab.view.getByText('"sku": "LAN-1"')).toBeVisible();

  // What cannot be used cannot be clicked, nor reached by the keyboard.
  await expect(tab.shop.page.locator("#store")).toHaveAttribute("inert");
  await expect(page.getByText("The store is as it is now, and waits")).toBeVisible();
  const add = page.locator("#store button.primary").first();
  await add.evaluate((button: HTMLElement) => button.focus());
  await expect(add).not.toBeFocused();

  await page.keyboard.press("End");
  await tab.expectAt(4);
  await expect(tab.facts("Cart").getByRole("row", { name: "Oak stool" })).toContainText("− gone");
  await tab.bar.getByRole("button", { name: "Step back" }).press("Enter");
  await tab.bar.getByRole("button", { name: "Step back" }).press("Enter");
  await tab.expectAt(2);
  await expect(tab.facts("Cart").getByRole("row", { name: "Oak stool" })).toContainText("+ new");
  await tab.bar.getByRole("button", { name: "Step forward" }).press("Enter");
  await tab.expectAt(3);
  await tab.view.getByRole("link", { name: "Previous change" }).press("Enter");
  await tab.expectAt(2);
  await expect(tab.view.getByRole("link", { name: "Previous change" })).toBeFocused();

  await page.keyboard.press("Escape");
  await tab.expectLive();
  await expect(page).toHaveURL(/#travel$/);
  await tab.shop.add("Enamel kettle");
  await tab.expectCount(5);

  await tab.dragTo(1);
  await tab.banner.getByRole("button", { name: "Return to live" }).press("Enter");
  await tab.expectLive();
  await expect(tab.live).toBeFocused();

  // Whoever turns to another view is in the present.
  await tab.dragTo(1);
  await page.getByRole("link", { name: "Patterns" }).click();
  await tab.expectLive();
  expect(tab.shop.errors).toEqual([]);
});

test("a link opens the past, and one to what is not there says so", async ({ page }) => {
  const tab = await new TravelPage(page).open();
  for (const count of [1, 2, 3]) {
    await tab.shop.add("Field lantern");
    await tab.expectCount(count);
  }

  await page.goto("/?linked#travel?at=2");

  await tab.expectAt(2);
  await expect(tab.banner).toContainText("0 new messages since");
  expect(await tab.cartThen()).toEqual({ "Field lantern": "2 · €84.00", Total: "€84.00" });

  await page.goto("/?linked#travel?at=12");

  await expect(tab.view.getByText("The log has no message 12: it has 3.")).toBeVisible();
  await tab.expectLive();
});

test("what failed is marked in words, and the breakers are as they were", async ({ page }) => {
  const tab = await new TravelPage(page).open();
  const histogram = tab.bar.getByRole("img");
  await expect(histogram).toHaveAccessibleName("The log has 0 messages, none of a failure.");
  const patterns = await new PatternsView(page).open();

  await patterns.breakSupplier();

  await expect(histogram).toHaveAccessibleName(
    "The log has 1 message, 1 of them of failures: the last by message 1.",
  );
  await tab.shop.add("Oak stool");
  await tab.expectCount(2);
  await tab.dragTo(2);
  await expect(tab.facts("Circuit breakers")).toContainText("supplier✕ open");
  await tab.dragTo(1);
  await expect(tab.facts("Circuit breakers")).toContainText("supplier✕ open+ new");
});

test("a checkout is told with its orders, reservations and steps, as of each of its messages", async ({
  page,
}) => {
  const tab = await new TravelPage(page).open();
  const till = new Till(page);
  await till.shop.add("Field lantern");
  await till.shop.add("Oak stool");
  await till.press();
  await expect(till.status).toHaveText("✓ Paid");
  await tab.goTo("Time travel");
  const sagas = tab.facts("Sagas");
  await expect(sagas.getByRole("row").first()).toContainText("✓ completed");
  await expect(tab.facts("Orders")).toContainText("paid · 1 × LAN-1 · 1 × STO-1 · €131.00");
  await expect(tab.facts("Stock reservations")).toContainText("1 shipped");
  expect(await tab.cartThen()).toEqual({});

  // The way there, as its messages tell it.
  await tab.dragTo(2);
  expect(await tab.cartThen()).toEqual({
    "Field lantern": "1 · €42.00",
    "Oak stool": "1 · €89.00",
    Total: "€131.00",
  });
  await expect(tab.view.getByText("Nothing had been ordered until then.")).toBeVisible();
  await expect(tab.view.getByText("No saga had begun until then.")).toBeVisible();
  await tab.goToMessage("order.placed");
  await expect(tab.facts("Orders")).toContainText("placed · 1 × LAN-1 · 1 × STO-1 · €131.00+ new");
  await expect(tab.facts("Stock reservations")).toContainText("LAN-11 held");
  await expect(sagas.getByRole("row", { name: " reserve" })).toContainText("✓ done");
  await expect(sagas.getByRole("row", { name: " ship" })).toContainText("· pending");
  await tab.goToMessage("cart.checked-out");
  await expect(tab.facts("Cart").getByRole("row", { name: "Total" })).toContainText("− gone");
  expect(await tab.cartThen()).toEqual({});
  expect(tab.shop.errors).toEqual([]);
});

test("without IndexedDB the bar goes over what the page has seen, and says so", async ({
  page,
}) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "indexedDB", { value: undefined });
  });
  const tab = await new TravelPage(page).open();
  await tab.shop.add("Field lantern");
  await tab.shop.add("Field lantern");
  await tab.expectCount(2);
  await expect(tab.bar.getByText("no log: this page only")).toBeVisible();

  await tab.dragTo(1);

  expect(await tab.cartThen()).toEqual({ "Field lantern": "1 · €42.00", Total: "€42.00" });
  await expect(tab.view.getByText("There is no durable log in this browser")).toBeVisible();
});
