import { expect, type FrameLocator, type Locator } from "@playwright/test";
import type { Shop } from "./shop.js";

/** The microfrontend in a frame. */
export class Reviews {
  readonly frame: Locator;
  readonly page: FrameLocator;
  readonly items: Locator;
  readonly average: Locator;

  constructor({ page }: Shop) {
    this.frame = page.getByRole("article", { name: "Reviews" });
    this.page = this.frame.frameLocator("iframe");
    this.items = this.page.getByRole("list", { name: "Reviews" }).getByRole("listitem");
    this.average = this.page.getByRole("status");
  }

  async press(button: "Reload" | "Detach" | "Attach" | "Unmount" | "Mount"): Promise<void> {
    await this.frame.locator("header").getByRole("button", { name: button, exact: true }).click();
  }

  async write(stars: number, text: string): Promise<void> {
    await this.page.getByRole("combobox", { name: "Stars" }).selectOption(String(stars));
    await this.page.getByRole("textbox", { name: "Your review" }).fill(text);
    await this.page.getByRole("button", { name: "Publish the review" }).click();
  }

  async expectSubscriptions(count: number): Promise<void> {
    await expect(this.frame.getByText(`${count} subs`, { exact: true })).toBeVisible();
  }
}
