import { expect, test } from "@playwright/test";
import { Shop } from "./shop.js";
import { findViolations } from "./violations.js";

test("the tour leads through the page, sees what is done, can be left and is remembered", async ({
  page,
  context,
}) => {
  const shop = new Shop(page);
  const tour = page.getByRole("complementary", { name: "Tour" });
  await page.goto("/");
  await expect(tour.getByText("1 of 6")).toBeVisible();

  await tour.getByRole("button", { name: "Next" }).click();
  await expect(tour.getByRole("heading")).toHaveText("Add something to the cart");
  await expect(tour.getByText("✓ Done.")).toHaveCount(0);
  await shop.add("Field lantern");
  await expect(tour.getByText("✓ Done.")).toBeVisible();
  expect(await findViolations(page)).toEqual([]);

  await tour.getByRole("button", { name: "Next" }).click();
  const other = await context.newPage();
  await other.goto("/");
  await expect(tour.getByText("✓ Done.")).toBeVisible();
  await other.close();

  await page.reload();
  await expect(tour.getByText("3 of 6")).toBeVisible();
  await tour.getByRole("button", { name: "Skip the tour" }).click();
  await expect(tour).toBeHidden();
  await page.reload();
  await expect(page.getByText("Bus live")).toBeVisible();
  await expect(tour).toBeHidden();
  await page.getByRole("button", { name: "Tour" }).click();
  await expect(tour.getByText("1 of 6")).toBeVisible();
});

test("every view is reached by a key, the keys are listed, and can be turned off", async ({
  page,
}) => {
  await new Shop(page).open();
  const views = page.getByRole("navigation", { name: "Views" });
  const current = views.locator("[aria-current]");

  for (const [n, view] of (await views.getByRole("link").all()).entries()) {
    await page.keyboard.press(String(n + 1));
    await expect(view).toHaveAttribute("aria-current", "page");
  }
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keys" });
  await expect(dialog.getByText("Storage")).toBeVisible();
  expect(await findViolations(page)).toEqual([]);
  await dialog.getByRole("checkbox", { name: "Turn off the keys" }).check();
  await page.keyboard.press("Escape");
  await page.keyboard.press("1");
  await page.keyboard.press("?");
  await expect(dialog).toBeVisible();
  await expect(current).toHaveText("Latency");
});
