import { expect, type Locator, type Page } from "@playwright/test";

/** The demo shell as a visitor sees it. */
export class Shop {
  readonly page: Page;
  readonly catalog: Locator;
  readonly cart: Locator;
  readonly inventory: Locator;
  readonly analytics: Locator;
  readonly log: Locator;
  /** How many subscriptions each microfrontend has, in their frames. */
  readonly subscriptions: Locator;
  /** What the page wrote to the console as an error, or threw. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    this.catalog = page.getByRole("article", { name: "Catalog" });
    this.cart = page.getByRole("article", { name: "Cart" });
    this.inventory = page.getByRole("article", { name: "Inventory" });
    this.analytics = page.getByRole("article", { name: "Analytics" });
    this.log = page.getByRole("region", { name: "Timeline" });
    this.subscriptions = page.getByText(/^\d+ subs?$/);
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
    page.on("pageerror", (error) => this.errors.push(String(error)));
  }

  async open(address = "/"): Promise<this> {
    await this.page.addInitScript(() => localStorage.setItem("tour", "over"));
    await this.page.goto(address);
    await expect(this.page.getByText("Bus live")).toBeVisible();
    return this;
  }

  /** Waits until everybody has answered everybody. */
  async expectCalm(): Promise<void> {
    await expect(this.catalog.getByText("12 in stock", { exact: true })).toBeVisible();
    await expect(this.inventory.getByText("Fresh from the supplier")).toHaveCount(3);
    await expect(this.analytics.getByText("All 3 sources answered.")).toBeVisible();
    await expect(this.analytics.getByText("2 subs", { exact: true })).toBeVisible();
  }

  async add(product: string): Promise<void> {
    await this.catalog.getByRole("button", { name: `Add ${product} to the cart` }).click();
  }

  async remove(product: string): Promise<void> {
    await this.cart.getByRole("button", { name: `Remove one ${product}` }).click();
  }

  line(quantity: number, product: string): Locator {
    return this.cart.getByText(`${quantity} × ${product}`, { exact: true });
  }

  /** The rows of the timeline for a topic, of those in sight. */
  rows(topic: string): Locator {
    return this.log
      .getByRole("row")
      .filter({ has: this.page.getByRole("button", { name: topic }) });
  }
}
