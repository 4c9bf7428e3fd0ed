import { expect, type Page, test } from "@playwright/test";
import { Till } from "./till.js";

/** Goes on by the Tab key until what has the focus is called so. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let n = 0; n < 120; n += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document;
      return element?.getAttribute("aria-label") ?? element?.textContent?.trim();
    });
    if (focused === name) return;
  }
  throw new Error(`The Tab key does not come to "${name}" in 120 steps.`);
}

test("a checkout by the keyboard alone, and the divider by its arrows", async ({ page }) => {
  const till = await new Till(page).open();
  await tabTo(page, "Skip to the store");
  await page.keyboard.press("Enter");
  await tabTo(page, "Add Field lantern to the cart");
  await page.keyboard.press("Enter");
  await expect(till.shop.line(1, "Field lantern")).toBeVisible();
  await expect(till.pay).toHaveAttribute("aria-disabled", "false");
  await tabTo(page, "Pay");
  await page.keyboard.press("Enter");

  await expect(till.status).toHaveText("✓ Paid");
  await expect(till.checkout).toBeFocused();

  await tabTo(page, "Width of the store");
  const divider = page.getByRole("separator", { name: "Width of the store" });
  await page.keyboard.press("End");
  await expect(divider).toHaveAttribute("aria-valuenow", "75");
  const wide = (await till.shop.catalog.boundingBox())?.width ?? 0;
  await page.keyboard.press("ArrowLeft");
  await expect(divider).toHaveAttribute("aria-valuenow", "73");
  expect((await till.shop.catalog.boundingBox())?.width).toBeLessThan(wide);
  expect(till.shop.errors).toEqual([]);
});
