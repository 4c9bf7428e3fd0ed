import { expect, test } from "@playwright/test";
import { Shop } from "./shop.js";

test("of a burst of 10,000 nothing is lost or doubled, in this tab and in another", async ({
  context,
}) => {
  test.slow();
  const [first, second] = [await context.newPage(), await context.newPage()];
  const shop = await new Shop(first).open("/#latency");
  await new Shop(second).open();
  const view = first.getByRole("region", { name: "Latency" });
  const arrived = view
    .getByRole("table", { name: "What arrived of the burst" })
    .locator("tbody tr");
  await expect(first.getByRole("list", { name: "Open tabs" }).getByRole("listitem")).toHaveCount(2);

  await view.getByRole("checkbox", { name: "Also to the other tabs" }).check();
  await view.getByRole("button", { name: "Publish 10,000 messages" }).click();

  await expect(arrived).toHaveCount(2, { timeout: 60_000 });
  for (const row of await arrived.all()) {
    await expect(row.getByRole("cell")).toHaveText(["10,000", "0", "0", "✓ yes", /./]);
  }
  await expect(view.getByRole("table", { name: "Latency" })).toContainText(/In this page.* ms/);
  await view.getByText("The same as a table").click();
  const minute = view.getByRole("table", { name: "The last minute" });
  await expect(minute.getByRole("row").nth(1)).toContainText(/\d+\.\d\d ms/);
  await shop.add("Field lantern");
  await expect(shop.line(1, "Field lantern")).toBeVisible();
  expect(shop.errors).toEqual([]);
});
