import { expect, test } from "@playwright/test";
import { Till } from "./till.js";
import { findViolations } from "./violations.js";

test("a checkout is seen as lanes; its faults are chosen there, and what is stuck goes on", async ({
  page,
}) => {
  const till = new Till(page);
  await till.open();
  await page.keyboard.press("3");
  const view = page.getByRole("region", { name: "Patterns" });
  const saga = view.getByRole("article", { name: /^Saga / }).first();
  const cell = (lane: string, step: string) =>
    saga.getByRole("row", { name: lane }).getByRole("cell", { name: step });
  await expect(view.getByText("No checkout is running.")).toBeVisible();
  await view.getByLabel("Place the order").selectOption("Compensation fails");
  await view.getByLabel("Take payment").selectOption("Fail always");

  await till.shop.add("Field lantern");
  await till.press();

  await expect(saga.getByRole("status")).toHaveText("⊘ stuck", { timeout: 20_000 });
  await expect(cell("inventory", "compensated")).toBeVisible();
  await expect(cell("cart", "stuck")).toBeVisible();
  await expect(cell("shell", "compensated")).toBeVisible();
  await expect(view.getByText("No checkout is running.")).toBeHidden();
  expect(await findViolations(page)).toEqual([]);

  await view.getByRole("button", { name: "No faults" }).click();
  await expect(view.getByLabel("Take payment")).toHaveValue("none");
  await saga.getByRole("button", { name: "Retry" }).click();

  await expect(saga.getByRole("status")).toHaveText("✕ failed, and undone");
  await expect(cell("cart", "compensated")).toBeVisible();
  await till.press();
  await expect(saga.getByRole("status")).toHaveText("✓ completed");
  await expect(cell("shell", "done")).toBeVisible();

  const orders = view.getByText("2 orders, not behind its events");
  await expect(orders).toBeVisible();
  await view.getByRole("button", { name: "Rebuild" }).click();
  await expect(view.getByText(/\d+ of \d+ events/)).toBeHidden();
  await expect(orders).toBeVisible();
  await expect(view.getByRole("status", { name: "State of the orders" })).toHaveText("✓ live");
  expect(till.shop.errors).toEqual([]);
});
