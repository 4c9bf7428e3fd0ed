import { expect, type Locator, type Page, test } from "@playwright/test";
import { PatternsView } from "./patterns-view.js";
import { Reviews } from "./reviews.js";
import { Shop } from "./shop.js";
import { TabsView } from "./tabs-view.js";
import { TimelineView } from "./timeline-view.js";
import { TravelPage } from "./travel-page.js";
import { findViolations } from "./violations.js";

/** In both themes, and where a visitor wants more contrast. */
const LOOKS = [
  { colorScheme: "light", contrast: "no-preference" },
  { colorScheme: "dark", contrast: "no-preference" },
  { colorScheme: "dark", contrast: "more" },
] as const;

async function findViolationsInAllLooks(page: Page, part = "html"): Promise<string[]> {
  const found: string[] = [];
  for (const look of LOOKS) {
    await page.emulateMedia(look);
    // What is not of colours is the same in all.
    const rules = look === LOOKS[0] ? [] : ["color-contrast"];
    const violations = await findViolations(page, part, ...rules);
    found.push(...violations.map((violation) => `${look.colorScheme}, ${violation}`));
  }
  return found;
}

test("nothing is inaccessible", async ({ page }) => {
  const shop = await new Shop(page).open();
  await shop.add("Field lantern");
  await expect(shop.line(1, "Field lantern")).toBeVisible();
  await page.getByRole("button", { name: "Load an incompatible one" }).click();
  await expect(page.getByText("Wishlist was refused by the bus of this page.")).toBeVisible();
  const reviews = new Reviews(shop);
  await reviews.write(4, "Bright enough to read by");
  await expect(reviews.items).toHaveCount(1);
  await shop.analytics.getByText("What was heard last").click();

  expect(await findViolationsInAllLooks(page)).toEqual([]);

  await page.getByRole("button", { name: "6 copies" }).click();
  await expect(page.getByRole("table", { name: "Copies of the bus" })).toBeVisible();
  expect(await findViolationsInAllLooks(page, "#copy-list")).toEqual([]);
});

test("nothing is inaccessible in the timeline: topics, a selected message, a filter that is none", async ({
  page,
}) => {
  const timeline = await new TimelineView(page).open();
  await timeline.shop.add("Field lantern");
  await timeline.topics.getByLabel("Below system").click();
  await expect(timeline.topics.getByText("nobody listens").first()).toBeVisible();
  await timeline.filter.fill("cart.*");
  expect(await findViolationsInAllLooks(page)).toEqual([]);

  await timeline.filter.fill("cart.#");
  await timeline.select("cart.item.added");
  await timeline.detail.getByText("Why others did not").click();
  await timeline.button("❚❚ Pause").click();
  await expect(timeline.view.getByText("Paused · 0 new")).toBeVisible();
  expect(await findViolationsInAllLooks(page)).toEqual([]);
});

test("nothing is inaccessible in the view of the tabs", async ({ page, context }) => {
  const tab = await new TabsView(page).open();
  await new TabsView(await context.newPage()).open();
  await tab.lose(1, { forGood: true });
  await tab.haveOthersSend();
  await tab.expectGap("1 message is missing");
  await tab.view.getByRole("slider", { name: "Drop" }).fill("35");
  await tab.view.getByRole("button", { name: "Go offline" }).click();
  await expect(tab.own()).toContainText("✕ cut off");

  expect(await findViolationsInAllLooks(page)).toEqual([]);
});

test("nothing is inaccessible in the past, and in the present beside it", async ({ page }) => {
  const tab = await new TravelPage(page).open("/#travel");
  await expect(tab.view.getByText("Now, after 0 messages")).toBeVisible();
  expect(await findViolationsInAllLooks(page)).toEqual([]);

  for (const [index, product] of ["Field lantern", "Oak stool", "Oak stool"].entries()) {
    await tab.shop.add(product);
    await tab.expectCount(index + 1);
  }
  await tab.dragTo(2);
  await expect(tab.facts("Cart")).toContainText("+ new");

  expect(await findViolationsInAllLooks(page)).toEqual([]);
});

test("nothing is inaccessible in the view of the patterns, well and unwell", async ({ page }) => {
  const tab = await new PatternsView(page).open();
  await expect(tab.view.getByText("No breaker has changed its state yet.")).toBeVisible();
  expect(await findViolationsInAllLooks(page)).toEqual([]);

  await tab.breakSupplier();
  await tab.shop.cart.getByRole("button", { name: "Unmount" }).click();
  await expect(tab.source("cart")).toContainText("nobody answers");
  expect(await findViolationsInAllLooks(page)).toEqual([]);

  await tab.view.getByRole("button", { name: "Force open: supplier" }).click();
  await expect(tab.toldState).toHaveText("⊘ held open");
  expect(await findViolationsInAllLooks(page)).toEqual([]);
});

test("nothing is inaccessible in the storage, the latency and the faults, and nothing is against the policy", async ({
  page,
}) => {
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, sourceFile }) =>
      console.error(`Against the policy: ${violatedDirective} in ${sourceFile}`),
    );
  });
  const shop = await new Shop(page).open("/#storage");
  const policy = page.locator('meta[http-equiv="Content-Security-Policy"]').first();
  await expect(policy).toHaveAttribute("content", /script-src 'self';/);
  await expect(policy).toHaveAttribute("content", /require-trusted-types-for 'script'/);
  await shop.add("Field lantern");
  await expect(page.getByRole("row", { name: "cart.item.added" })).toBeVisible();
  await page.getByRole("checkbox", { name: "The disk is full" }).check();
  await shop.add("Field lantern");
  await expect(page.getByText("✕ Nothing is stored now")).toBeVisible();
  expect(await findViolationsInAllLooks(page)).toEqual([]);

  await page.keyboard.press("6");
  await page.getByRole("button", { name: "Publish 10,000 messages" }).click();
  await expect(page.getByRole("cell", { name: "10,000" })).toBeVisible();
  expect(await findViolationsInAllLooks(page)).toEqual([]);

  await page.getByRole("button", { name: "Faults" }).click();
  const faults = page.getByRole("dialog", { name: "Faults" });
  await expect(faults).toBeVisible();
  expect(await findViolationsInAllLooks(page, "#faults")).toEqual([]);
  await faults.getByRole("checkbox", { name: "The disk is full" }).uncheck();
  await page.keyboard.press("Escape");
  for (const view of ["1", "2", "3", "4"]) await page.keyboard.press(view);
  await expect(page.getByRole("region", { name: "Tabs", exact: true })).toBeVisible();
  expect(shop.errors).toEqual([]);
});

for (const width of [320, 800, 1_200]) {
  test(`nothing is cut off at ${width} pixels in the view of the patterns`, async ({ page }) => {
    const tab = await new PatternsView(page).open();
    await tab.breakSupplier();
    await page.setViewportSize({ width, height: 640 });
    await expect(tab.ended.getByRole("row").nth(3)).toBeVisible();
    const expectNothingCutOff = async (parts: Locator): Promise<void> => {
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      for (const part of await parts.all()) {
        const hidden = await part.evaluate(
          ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
        );
        expect(hidden).toBe(0);
      }
    };

    await expectNothingCutOff(tab.view.locator(".panels"));
    const turn = page.getByRole("button", { name: "To the store" });
    if (await turn.isVisible()) await turn.click();
    await expect(tab.shop.catalog).toBeVisible();
    await expectNothingCutOff(page.locator(".frame"));
  });
}

for (const width of [320, 1_000, 1_440]) {
  test(`nothing is cut off at ${width} pixels in the timeline`, async ({ page }) => {
    await page.setViewportSize({ width, height: 720 });
    const timeline = new TimelineView(page);
    await timeline.shop.open("/#timeline");
    await timeline.grid.scrollIntoViewIfNeeded();
    await expect(timeline.rows.nth(3)).toBeVisible();
    for (const part of [timeline.topics, timeline.detail]) {
      if (part === timeline.detail) await timeline.rows.nth(3).click();
      const hidden = await part.evaluate(
        ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
      );
      expect(hidden).toBe(0);
    }

    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await expect(timeline.button("Export")).toBeInViewport();
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

test("nothing is cut off at 320 pixels in the view of the tabs", async ({ page, context }) => {
  const tab = await new TabsView(page).open();
  await new TabsView(await context.newPage()).open();
  await page.setViewportSize({ width: 320, height: 640 });
  await tab.haveOthersSend();
  await expect(tab.other()).toContainText("1–10");

  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  const roster = tab.view.locator(".roster");
  expect(await roster.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(
    0,
  );
});

for (const width of [320, 1_000]) {
  test(`nothing is cut off at ${width} pixels in the past, and the bar leaves room`, async ({
    page,
  }) => {
    const tab = await new TravelPage(page).open();
    await tab.shop.add("Field lantern");
    await tab.expectCount(1);
    await page.setViewportSize({ width, height: 640 });
    await tab.dragTo(1);

    await expect(tab.view.getByRole("heading", { name: "Time travel" })).toBeInViewport();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const hidden = await tab.view
      .locator(".panels")
      .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    expect(hidden).toBe(0);
    expect((await tab.bar.boundingBox())?.height).toBeLessThanOrEqual(110);
    const track = await tab.bar.getByRole("img").boundingBox();
    const live = await tab.live.boundingBox();
    expect(track?.width).toBeGreaterThan(width === 320 ? 250 : 500);
    // In two rows where it is narrow.
    expect((track?.y ?? 0) >= (live?.y ?? 0) + (live?.height ?? 0)).toBe(width === 320);
  });
}

test("the theme is switched by the button, and remembered", async ({ page }) => {
  await new Shop(page).open();
  const button = page.getByRole("button", { name: "Theme" });

  await button.click();
  await expect(button).toHaveAccessibleName("Theme: light");
  await button.click();
  await page.reload();

  await expect(button).toHaveAccessibleName("Theme: dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("no request goes to another host", async ({ page, baseURL }) => {
  const hosts = new Set<string>();
  page.on("request", (request) => hosts.add(new URL(request.url()).host));

  const shop = await new Shop(page).open();
  await shop.add("Field lantern");

  await expect(shop.line(1, "Field lantern")).toBeVisible();
  expect([...hosts]).toEqual([new URL(baseURL as string).host]);
});
