import { expect, type Locator, type Page } from "@playwright/test";
import { Shop } from "./shop.js";

/** The control room's view of the tabs, in one of them. */
export class TabsView {
  readonly shop: Shop;
  readonly page: Page;
  readonly view: Locator;
  readonly story: Locator;

  constructor(page: Page) {
    this.shop = new Shop(page);
    this.page = page;
    this.view = page.getByRole("region", { name: "Tabs", exact: true });
    this.story = this.view.getByRole("log", { name: "What happened" });
  }

  /** Opens the shop in this tab, and its view of the tabs. */
  async open(): Promise<this> {
    await this.shop.open("/#tabs");
    return this;
  }

  async show(view: "Timeline" | "Tabs"): Promise<void> {
    await this.page
      .getByRole("navigation", { name: "Views" })
      .getByRole("link", { name: view })
      .click();
  }

  rows(): Locator {
    return this.view.getByRole("table", { name: "Tabs" }).locator("tbody tr");
  }

  /** The row of this tab. */
  own(): Locator {
    return this.rows().filter({ hasText: "this tab" });
  }

  /** The row of the one other tab. */
  other(): Locator {
    return this.rows().filter({ hasNotText: "this tab" });
  }

  counter(name: string): Locator {
    const counter = this.view.locator(".counters > div").filter({ hasText: name });
    return counter.getByRole("definition");
  }

  async expectCounts(counts: Readonly<Record<string, number>>): Promise<void> {
    for (const [name, count] of Object.entries(counts)) {
      await expect(this.counter(name)).toHaveText(String(count));
    }
  }

  /** Waits until the tab has given up to ask for what is missing. */
  async expectGap(text: string): Promise<void> {
    await expect(this.story).toContainText(`✕ Gap: ${text}.`, { timeout: 15_000 });
  }

  async lose(count: number, { forGood = false } = {}): Promise<void> {
    await this.view.getByRole("spinbutton", { name: "Lose the next" }).fill(String(count));
    await this.view.getByRole("checkbox", { name: "for good" }).setChecked(forGood);
    await this.view.getByRole("button", { name: "Lose messages" }).click();
    await expect(
      this.view.getByText(`The next ${count} messages to this tab are lost`),
    ).toBeVisible();
  }

  async haveOthersSend(): Promise<void> {
    await this.view.getByRole("button", { name: "Have each other tab send 10 messages" }).click();
  }
}
