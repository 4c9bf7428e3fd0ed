import { type BrowserContext, expect, test } from "@playwright/test";
import { TabsView } from "./tabs-view.js";

/** Two tabs that know each other; the first leads. */
async function openTwo(context: BrowserContext) {
  const first = await new TabsView(await context.newPage()).open();
  await expect(first.view.getByText("This tab leads.")).toBeVisible();
  const second = await new TabsView(await context.newPage()).open();
  for (const tab of [first, second]) await expect(tab.rows()).toHaveCount(2);
  return { first, second };
}

test("a tab that is alone says so, and leads", async ({ page }) => {
  const tab = await new TabsView(page).open();

  await expect(tab.view.getByText("No other tab is open.")).toBeVisible();
  await expect(tab.own()).toContainText("● visible");
  await expect(tab.own()).toContainText("★ leads");
  await expect(page).toHaveTitle(/^★ [0-9a-f]{4} · Switchyard/);
});

test("the tabs are listed in each, and when the leader is closed the other leads", async ({
  context,
}) => {
  const { first, second } = await openTwo(context);
  await expect(second.other()).toContainText("★ leads");
  await expect(second.own()).not.toContainText("leads");
  await expect(first.story).toContainText("is open.");
  await expect(
    second.page.getByRole("list", { name: "Open tabs" }).getByRole("listitem"),
  ).toHaveCount(2);

  await first.page.close();

  await expect(second.view.getByText("This tab leads. It is turn 2.")).toBeVisible();
  await expect(second.rows()).toHaveCount(1);
  await expect(second.story).toContainText("is gone.");
  await expect(second.story).toContainText("This tab leads now.");
  await expect(second.page).toHaveTitle(/^★/);
  expect(second.shop.errors).toEqual([]);
});

test("a leader hands the lead on, by the keyboard, and keeps the focus", async ({ context }) => {
  const { first, second } = await openTwo(context);
  const button = first.view.getByRole("button", { name: "Hand the lead on" });

  await button.focus();
  await first.page.keyboard.press("Enter");

  await expect(second.view.getByText("This tab leads. It is turn 2.")).toBeVisible();
  await expect(first.other()).toContainText("★ leads");
  await expect(button).toHaveText(/^Have tab [0-9a-f]{4} hand the lead on$/);
  await expect(button).toBeFocused();
  await expect(first.page).not.toHaveTitle(/★/);
});

test("messages that are lost on the way come again, in order, and there is no gap", async ({
  context,
}) => {
  const { second } = await openTwo(context);
  await second.lose(5);

  await second.haveOthersSend();

  await expect(second.other()).toContainText("1–10");
  await second.expectCounts({
    Sent: 1,
    Received: 10,
    "Lost on purpose": 5,
    Repaired: 5,
    Gaps: 0,
  });
  await expect(second.story).toContainText("Repaired: 5 lost messages.");
  await second.show("Timeline");
  await expect(second.shop.rows("trial.message")).toHaveCount(10);
  await expect(second.shop.log.getByRole("row", { name: "gap" })).toHaveCount(0);
  expect(second.shop.errors).toEqual([]);
});

test("a message of the shop that is lost reaches the cart all the same", async ({ context }) => {
  const { first, second } = await openTwo(context);
  await second.lose(1);

  await first.shop.add("Field lantern");

  // Nothing comes behind it: the other tab tells how far it has come.
  await expect(second.shop.line(1, "Field lantern")).toBeVisible();
  await second.expectCounts({ "Lost on purpose": 1, Repaired: 1, Gaps: 0 });
  await first.expectCounts({ Sent: 1 });
});

test("what is lost for good is a gap, told before what comes after it", async ({ context }) => {
  const { second } = await openTwo(context);
  await second.lose(3, { forGood: true });

  await second.haveOthersSend();

  await second.expectGap("3 messages are missing");
  await expect(second.other()).toContainText("4–10");
  await second.expectCounts({ Received: 7, "Lost on purpose": 3, Repaired: 0, Gaps: 1 });
  await second.show("Timeline");
  const topics = second.shop.log.locator(".rows .topic");
  await expect(topics).toContainText([
    "trial.wanted",
    "3 missing",
    ...Array(7).fill("trial.message"),
  ]);
  expect(second.shop.errors).toEqual([]);
});

test("losing can be called off", async ({ context }) => {
  const { second } = await openTwo(context);
  await second.lose(5);

  await second.view.getByRole("button", { name: "Lose no more" }).click();
  await second.haveOthersSend();

  await expect(second.other()).toContainText("1–10");
  await second.expectCounts({ Received: 10, "Lost on purpose": 0, Repaired: 0 });
});

test("the view of the tabs has an address", async ({ page }) => {
  const tab = new TabsView(page);
  await page.goto("/#tabs");

  await expect(tab.view).toBeVisible();
  await expect(tab.shop.log).toBeHidden();
  await page.goBack();
  await page.goForward();
  await expect(tab.view).toBeVisible();
});
