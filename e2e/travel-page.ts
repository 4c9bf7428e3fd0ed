import { expect, type Locator, type Page } from "@playwright/test";
import { Shop } from "./shop.js";

/** What the cart holds, by product: `"2 · €84.00"`; and its total. */
export type CartFacts = Readonly<Record<string, string>>;

/** The transport bar, and the view of the past. */
export class TravelPage {
  readonly shop: Shop;
  readonly page: Page;
  readonly bar: Locator;
  readonly range: Locator;
  readonly live: Locator;
  readonly banner: Locator;
  readonly view: Locator;
  readonly status: Locator;

  constructor(page: Page) {
    this.shop = new Shop(page);
    this.page = page;
    this.bar = page.getByRole("region", { name: "Transport bar" });
    this.range = this.bar.getByRole("slider", { name: "Position in the log" });
    this.live = this.bar.getByRole("button", { name: "Live" });
    this.banner = page.getByRole("region", { name: "The past" });
    this.view = page.getByRole("region", { name: "Time travel" });
    this.status = page.locator("#bus-status");
  }

  async open(address = "/"): Promise<this> {
    await this.shop.open(address);
    return this;
  }

  /** Waits until the log has so many messages. */
  async expectCount(count: number): Promise<void> {
    await expect(this.bar.getByText(`${count} / ${count}`, { exact: true })).toBeVisible();
  }

  /** Goes to a message as a drag does. */
  async dragTo(position: number): Promise<void> {
    await this.range.fill(String(position));
    await this.expectAt(position);
  }

  /** Waits until the view shows the state at a message. */
  async expectAt(position: number): Promise<void> {
    await expect(this.view.getByText(`After message ${position} of `)).toBeVisible();
  }

  /** Steps forward until the view shows a message of this topic. */
  async goToMessage(topic: string): Promise<void> {
    const forward = this.bar.getByRole("button", { name: "Step forward" });
    const shown = this.view.locator(".message .topic");
    for (let at = Number(await this.range.inputValue()); ; at++) {
      await this.expectAt(at);
      if ((await shown.textContent()) === topic) return;
      await forward.click();
    }
  }

  async goTo(view: string): Promise<void> {
    await this.page.getByRole("link", { name: view }).click();
  }

  async expectLive(): Promise<void> {
    await expect(this.banner).toBeHidden();
    await expect(this.status).toHaveText("● Bus live");
    await expect(this.live).toHaveAttribute("aria-pressed", "true");
    await expect(this.page.locator("#store[inert]")).toHaveCount(0);
  }

  /** The table of a model of the view. */
  facts(model: string): Locator {
    return this.view.getByRole("table", { name: model });
  }

  /** What the cart on the page holds. */
  async cartNow(): Promise<CartFacts> {
    return this.shop.cart.evaluate((frame) => {
      const facts: Record<string, string> = {};
      for (const line of frame.querySelectorAll(".cart li")) {
        const [quantity, name] = line.children[0]?.textContent?.split(" × ") ?? [];
        facts[name ?? ""] = `${quantity} · ${line.children[1]?.textContent}`;
      }
      const total = frame.querySelector(".cart-total strong")?.textContent;
      if (total) facts.Total = total;
      return facts;
    });
  }

  /** What the cart on the page holds once the log has so many messages. */
  async cartAt(count: number): Promise<CartFacts | undefined> {
    const where = await this.bar.locator(".where").textContent();
    return where?.startsWith(`${count} / ${count} `) ? this.cartNow() : undefined;
  }

  /** What the view says that it held. */
  async cartThen(): Promise<CartFacts> {
    return this.view.evaluate((view) => {
      const facts: Record<string, string> = {};
      const rows = view.querySelectorAll('table[aria-label="Cart"] tbody tr:not(.gone)');
      for (const row of rows) {
        const value = row.querySelector("ins, td:nth-child(2) > span")?.textContent;
        facts[row.querySelector("th")?.textContent ?? ""] = value ?? "";
      }
      return facts;
    });
  }
}
