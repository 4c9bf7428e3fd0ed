import { expect, test } from "@playwright/test";
import { countHeld } from "./left-behind.js";
import { Reviews } from "./reviews.js";
import { Shop } from "./shop.js";

// The recorder holds on to documents of frames that went.
test.use({ trace: "off" });

test("to unmount and mount each fifty times leaves no subscription and no listener", async ({
  page,
}) => {
  test.slow();
  const shop = await new Shop(page).open();
  await shop.expectCalm();
  const reviews = new Reviews(shop);
  await expect(reviews.page.getByText("Add a product to the cart")).toBeVisible();
  // It draws what goes on, and so sets the pace.
  await page.getByRole("button", { name: "Control room" }).click();
  const counts = await shop.subscriptions.allTextContents();
  const before = await countHeld(page);

  for (const name of ["Catalog", "Cart", "Inventory", "Analytics", "Reviews"]) {
    await page.getByRole("article", { name }).evaluate(mountAgainAndAgain, 50);
  }

  await shop.expectCalm();
  await expect(reviews.page.getByText("Add a product to the cart")).toBeVisible();
  await expect(shop.subscriptions).toHaveText(counts);
  await expect.poll(() => countHeld(page), { timeout: 10_000 }).toEqual(before);
  await expect(page.getByText("6 copies")).toBeVisible();
  await shop.add("Field lantern");
  await expect(shop.line(1, "Field lantern")).toBeVisible();
  expect(shop.errors).toEqual([]);
});

/** Runs in the page: waits each time until it is mounted, which a visitor would not. */
async function mountAgainAndAgain(frame: Element, times: number): Promise<void> {
  const toggle = frame.querySelector("header button:last-of-type") as HTMLElement;
  for (let n = 0; n < times; n++) {
    toggle.click();
    toggle.click();
    while (frame.querySelector("[aria-busy]")) await new Promise(requestAnimationFrame);
  }
}
