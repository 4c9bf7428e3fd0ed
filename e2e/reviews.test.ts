import { expect, test } from "@playwright/test";
import { Reviews } from "./reviews.js";
import { Shop } from "./shop.js";

test("a review that is written in a frame is shown in all tabs, whatever becomes of the frame", async ({
  context,
}) => {
  const first = await new Shop(await context.newPage()).open();
  const second = await new Shop(await context.newPage()).open();
  const [here, there] = [new Reviews(first), new Reviews(second)];
  await expect(here.page.getByText("Add a product to the cart")).toBeVisible();

  await first.add("Field lantern");
  await expect(here.average).toHaveText("Field lantern has no review yet.");
  await here.write(4, "Bright enough to read by");
  await here.write(3, "Heavy");
  await expect(here.average).toHaveText("★ 3.5 of 5 for Field lantern, by 2");

  await expect(there.items).toHaveText([/Heavy/, /Bright enough/]);
  await expect(here.items).toHaveText([/Heavy/, /Bright enough/]);
  await expect(first.page.getByText("3 stored")).toBeVisible();

  // What is written while the frame is out of the page is there when it is back, once.
  await here.press("Detach");
  await expect(here.frame.getByText("Reviews is taken out of the page")).toBeVisible();
  await here.expectSubscriptions(0);
  await expect(first.page.getByText("5 copies")).toBeVisible();
  await there.write(5, "Found my keys");
  await here.press("Attach");
  const all = [/Found my keys/, /Heavy/, /Bright enough/];
  await expect(here.items).toHaveText(all);
  await here.press("Reload");
  await expect(here.items).toHaveText(all);
  await here.press("Unmount");
  await here.expectSubscriptions(0);
  await here.press("Mount");
  await expect(here.items).toHaveText(all);
  await here.expectSubscriptions(2);
  await expect(first.page.getByText("6 copies")).toBeVisible();

  // It takes part again, both ways.
  await first.add("Oak stool");
  await expect(here.average).toHaveText("Oak stool has no review yet.");
  await here.write(1, "Wobbles");
  await expect(there.page.getByRole("button", { name: "Oak stool" })).toBeVisible();
  expect([...first.errors, ...second.errors]).toEqual([]);
});

test("the frame has the theme of the page, and is as high as what is in it", async ({ page }) => {
  const reviews = new Reviews(await new Shop(page).open());
  const root = reviews.page.locator("html");
  const theme = page.getByRole("button", { name: "Theme" });
  const heights = () =>
    reviews.frame
      .locator("iframe")
      .evaluate((frame: HTMLIFrameElement) => [
        frame.clientHeight,
        frame.contentDocument?.documentElement.scrollHeight,
      ]);
  await expect(reviews.page.getByText("Add a product to the cart")).toBeVisible();

  await theme.click();
  await theme.click();
  await expect(root).toHaveAttribute("data-theme", "dark");
  await reviews.press("Reload");
  await expect(root).toHaveAttribute("data-theme", "dark");
  await page.getByRole("button", { name: "Add Oak stool to the cart" }).click();
  for (const text of ["One", "Two", "Three"]) await reviews.write(2, text);

  await expect(reviews.items).toHaveCount(3);
  await expect.poll(async () => new Set(await heights()).size).toBe(1);
});

test("a frame whose page answers 404 says so, and comes with Retry", async ({ page }) => {
  await page.route("**/mfe/reviews/index.html", (route) => route.fulfill({ status: 404 }));
  const shop = await new Shop(page).open();
  const reviews = new Reviews(shop);
  await expect(reviews.frame.getByText("Its address answered 404.")).toBeVisible();
  await expect(reviews.frame.getByText("mfe/reviews/index.html")).toBeVisible();

  await page.unroute("**/mfe/reviews/index.html");
  await reviews.frame.getByRole("button", { name: "Retry" }).click();

  await expect(reviews.page.getByText("Add a product to the cart")).toBeVisible();
});
