import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { Shop } from "./shop.js";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test("nothing is inaccessible", async ({ page }) => {
      const shop = await new Shop(page).open();
      await shop.add("Field lantern");
      await expect(shop.line(1, "Field lantern")).toBeVisible();

      const { violations } = await new AxeBuilder({ page }).analyze();

      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html)}`)).toEqual([]);
    });
  });
}

test("nothing is cut off at 320 pixels", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const shop = await new Shop(page).open();
  await shop.add("Field lantern");
  await expect(shop.line(1, "Field lantern")).toBeVisible();

  const width = await page.evaluate(() => document.documentElement.scrollWidth);

  expect(width).toBe(320);
});

test("the theme is switched by the button, and remembered", async ({ page }) => {
  await new Shop(page).open();
  const button = page.getByRole("button", { name: "Theme" });

  await button.click();
  await expect(button).toHaveText("Theme: light");
  await button.click();
  await page.reload();

  await expect(button).toHaveText("Theme: dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("no request goes to another host", async ({ page }) => {
  const hosts = new Set<string>();
  page.on("request", (request) => hosts.add(new URL(request.url()).host));

  const shop = await new Shop(page).open();
  await shop.add("Field lantern");

  await expect(shop.line(1, "Field lantern")).toBeVisible();
  expect([...hosts]).toEqual(["localhost:4199"]);
});
