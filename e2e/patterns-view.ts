import { expect, type Locator, type Page } from "@playwright/test";
import { Shop } from "./shop.js";

/** The control room's view of the patterns, and what they are used for in the shop. */
export class PatternsView {
  readonly shop: Shop;
  readonly page: Page;
  readonly view: Locator;
  /** The state of the supplier's breaker, as the inventory and as the control room show it. */
  readonly ownState: Locator;
  readonly toldState: Locator;
  /** The last changes of breakers, newest first. */
  readonly changes: Locator;
  readonly ended: Locator;

  constructor(page: Page) {
    this.shop = new Shop(page);
    this.page = page;
    this.view = page.getByRole("region", { name: "Patterns" });
    this.ownState = this.shop.inventory.getByRole("status");
    this.toldState = this.view.getByRole("status", { name: "State of supplier" });
    this.changes = this.view.getByRole("list", { name: "Last changes" }).getByRole("listitem");
    this.ended = this.view.getByRole("table", { name: "Last requests and asks" });
  }

  /**
   * Opens the shop with this view, and waits until everybody has answered everybody.
   *
   * @param openMs - for how long the breaker stays open at first
   */
  async open({ openMs = 60_000 } = {}): Promise<this> {
    await this.shop.open(`/?breaker-open-ms=${openMs}#patterns`);
    await this.shop.expectCalm();
    await expect(this.view.getByText("0 open")).toBeVisible();
    return this;
  }

  /** Waits until the inventory says of all products how it knows their stock. */
  async expectStock(how: string): Promise<void> {
    await expect(this.shop.inventory.getByText(how)).toHaveCount(3);
  }

  async setFault(name: "Error rate" | "Latency", value: number): Promise<void> {
    await this.view.getByRole("slider", { name: `${name} of the supplier` }).fill(String(value));
  }

  async refreshStock(): Promise<void> {
    await this.shop.inventory.getByRole("button", { name: "Refresh the stock" }).click();
  }

  /** Has every call fail, until the breaker opens. */
  async breakSupplier(): Promise<void> {
    await this.setFault("Error rate", 100);
    await this.refreshStock();
    await expect(this.ownState).toHaveText("✕ open");
  }

  /** The dashboard's line about a source. */
  source(name: string): Locator {
    return this.shop.analytics
      .getByRole("list", { name: "Sources" })
      .getByRole("listitem")
      .filter({ hasText: name });
  }

  /** A figure of the dashboard. */
  figure(name: string): Locator {
    return this.shop.analytics
      .locator("dl > div")
      .filter({ hasText: name })
      .getByRole("definition");
  }

  async refreshDashboard(): Promise<void> {
    await this.shop.analytics.getByRole("button", { name: "Refresh the dashboard" }).click();
  }
}
