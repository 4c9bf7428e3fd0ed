import { expect, type Locator, type Page } from "@playwright/test";
import { Shop } from "./shop.js";

/** The control room's timeline, beside the shop. */
export class TimelineView {
  readonly shop: Shop;
  readonly page: Page;
  readonly view: Locator;
  readonly grid: Locator;
  readonly filter: Locator;
  readonly detail: Locator;
  readonly topics: Locator;
  /** The rows that have an element, the head left out. */
  readonly rows: Locator;

  constructor(page: Page) {
    this.shop = new Shop(page);
    this.page = page;
    this.view = page.getByRole("region", { name: "Timeline" });
    this.grid = this.view.getByRole("grid", { name: "Messages" });
    this.filter = this.view.getByRole("textbox", { name: "Filter" });
    this.detail = page.getByRole("complementary", { name: "Selected message" });
    this.topics = page.getByRole("complementary", { name: "Topics" });
    this.rows = this.grid.locator(".rows").getByRole("row");
  }

  async open(address = "/"): Promise<this> {
    await this.shop.open(address);
    await this.shop.expectCalm();
    return this;
  }

  async show(view: string): Promise<void> {
    await this.page
      .getByRole("navigation", { name: "Views" })
      .getByRole("link", { name: view })
      .click();
  }

  button(name: string): Locator {
    return this.view.getByRole("button", { name, exact: true });
  }

  /** Opens the last of the rows of a topic. */
  async select(topic: string): Promise<void> {
    await this.shop.rows(topic).last().getByRole("button").click();
  }

  /** Publishes 10,000 messages in this page. */
  async burst(): Promise<void> {
    await this.show("Latency");
    await this.page.getByRole("button", { name: "Publish 10,000 messages" }).click();
    await this.show("Timeline");
    await this.filter.fill("burst.message");
    await expect(this.grid).toHaveAttribute("aria-rowcount", "10001");
  }
}
