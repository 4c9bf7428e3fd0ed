import { expect, test } from "@playwright/test";
import { Shop } from "./shop.js";

test("a full disk is said, costs nothing but time, and is over when it is", async ({ page }) => {
  const shop = await new Shop(page).open("/#storage");
  const view = page.getByRole("region", { name: "Storage" });
  const row = view.getByRole("row", { name: "cart.item.added" });
  await expect(view.getByText("Nothing is stored yet.")).toBeVisible();
  await shop.add("Field lantern");
  await expect(row.getByRole("cell").first()).toHaveText("1");

  await view.getByRole("checkbox", { name: "The disk is full" }).check();
  await shop.add("Field lantern");

  await expect(page.getByRole("alert")).toContainText("nothing will survive a reload");
  await expect(view.getByText("✕ Nothing is stored now")).toBeVisible();
  await expect(page.getByText("✕ 1 not stored")).toBeVisible();
  await expect(shop.line(2, "Field lantern")).toBeVisible();
  await expect(row.getByRole("cell").first()).toHaveText("1");

  await view.getByRole("checkbox", { name: "The disk is full" }).uncheck();

  await expect(page.getByText("2 stored", { exact: true })).toBeVisible();
  await expect(page.getByRole("alert")).toBeEmpty();
  await expect(row.getByRole("cell").first()).toHaveText("2");
  await page.reload();
  await expect(shop.line(2, "Field lantern")).toBeVisible();
});

test("a deleted database begins anew, and the shop goes on", async ({ page }) => {
  const shop = await new Shop(page).open("/#storage");
  const view = page.getByRole("region", { name: "Storage" });
  const row = view.getByRole("row", { name: "cart.item.added" });
  await shop.add("Field lantern");
  await expect(row.getByRole("cell").first()).toHaveText("1");

  await view.getByRole("button", { name: "Delete the database" }).click();
  await expect(view.getByText("The database is deleted.")).toBeVisible();
  await shop.add("Oak stool");

  await expect(shop.line(1, "Field lantern")).toBeVisible();
  await expect(shop.line(1, "Oak stool")).toBeVisible();
  await expect(row.getByRole("cell").first()).toHaveText("1");
  await page.reload();
  await expect(shop.line(1, "Oak stool")).toBeVisible();
  await expect(shop.line(1, "Field lantern")).toHaveCount(0);
  expect(shop.errors).toEqual([]);
});

test("a refused database is said, the shop goes on in memory, and is let in again", async ({
  page,
}) => {
  const shop = await new Shop(page).open("/#storage");
  await shop.add("Field lantern");
  await expect(page.getByText("1 stored", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Refuse the database" }).click();

  await expect(page.getByRole("alert")).toContainText("nothing will survive a reload");
  await shop.add("Oak stool");
  await expect(shop.line(1, "Oak stool")).toBeVisible();

  await page.getByRole("button", { name: "Faults" }).click();
  const dialog = page.getByRole("dialog", { name: "Faults" });
  await dialog.getByRole("button", { name: "Let the database be opened again" }).click();

  await expect(shop.line(1, "Field lantern")).toBeVisible();
  await expect(page.getByRole("alert")).toBeEmpty();
});
