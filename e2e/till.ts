import { expect, type Locator, type Page } from "@playwright/test";
import { Shop } from "./shop.js";

/** The titles of the steps of a checkout, by their names. */
const TITLES = {
  reserve: "Reserve stock",
  order: "Place the order",
  payment: "Take payment",
  ship: "Ship",
  confirm: "Confirm the order",
} as const;

export type Step = keyof typeof TITLES;

interface BankEntry {
  readonly key: string;
  readonly cents: number;
  readonly state: string;
  readonly requests: number;
  readonly charges: number;
}

/** The shop as one who pays in it sees it, with what goes wrong in the checkout. */
export class Till {
  readonly shop: Shop;
  readonly page: Page;
  readonly pay: Locator;
  readonly checkout: Locator;
  /** How the newest checkout stands, in one word. */
  readonly status: Locator;
  /** The last orders, the newest first. */
  readonly orders: Locator;

  constructor(page: Page) {
    this.shop = new Shop(page);
    this.page = page;
    this.pay = this.shop.cart.getByRole("button", { name: "Pay" });
    this.checkout = this.shop.cart.getByRole("region", { name: "Checkout" });
    this.status = this.checkout.getByRole("status");
    this.orders = this.shop.cart.getByRole("list", { name: "Orders" }).getByRole("listitem");
  }

  /** Opens the shop, and waits until everybody has answered everybody. */
  async open(): Promise<this> {
    await this.shop.open();
    const fresh = this.shop.inventory.getByText("Fresh from the supplier");
    await expect(fresh).toHaveCount(3, { timeout: 15_000 });
    return this;
  }

  /** The line of what a step does. */
  step(name: Step): Locator {
    return this.line(TITLES[name]);
  }

  line(title: string): Locator {
    return this.checkout.getByRole("listitem").filter({ hasText: title });
  }

  /** A figure of the orders. */
  figure(name: string): Locator {
    const title = this.page.getByRole("term").getByText(name, { exact: true });
    return this.shop.analytics.locator("dl > div").filter({ has: title }).getByRole("definition");
  }

  async press(): Promise<void> {
    await expect(this.pay).toHaveAttribute("aria-disabled", "false");
    await this.pay.click();
  }

  /** Presses in all tabs within a moment; what comes too late to be pressed is not waited for. */
  static async pressAtOnce(tills: readonly Till[]): Promise<void> {
    for (const { pay } of tills) await expect(pay).toHaveAttribute("aria-disabled", "false");
    await Promise.all(
      tills.map(({ pay }) => pay.evaluate((button) => (button as HTMLElement).click())),
    );
  }

  setFault(step: Step, fault: string): Promise<void> {
    return this.page.evaluate(
      (faults) => localStorage.setItem("step.faults", faults),
      JSON.stringify({ [step]: fault }),
    );
  }

  setBank(fault: "accepts" | "declines" | "slow" | "hangs"): Promise<void> {
    return this.page.evaluate((value) => localStorage.setItem("bank.fault", value), fault);
  }

  /** What the bank has in its books. */
  ledger(): Promise<BankEntry[]> {
    return this.page.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const opening = indexedDB.open("switchyard-bank");
          opening.onerror = () => reject(opening.error);
          // Whoever looks before anybody has paid finds nothing, and leaves nothing behind.
          opening.onupgradeneeded = () => opening.transaction?.abort();
          opening.onsuccess = () => {
            const db = opening.result;
            const reading = db.transaction("entries").objectStore("entries").getAll();
            reading.onsuccess = () => resolve(reading.result);
            db.close();
          };
        }),
    );
  }
}
