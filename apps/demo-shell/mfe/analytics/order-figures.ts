import type { Projection, ProjectionStatus } from "@pubsub-mfe/patterns/cqrs";
import { create } from "../../src/dom.js";
import type { OrderRow } from "../../src/order-rows.js";
import { sumUp } from "./sum-up.js";

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

/** Shows figures of all orders, of all tabs, and how far behind the events their rows are. */
export class OrderFigures {
  readonly element: HTMLElement = create("dl", { className: "dashboard-figures order-figures" });
  readonly #orders = this.#add("Orders");
  readonly #revenue = this.#add("Revenue");
  readonly #rollbacks = this.#add("Rollbacks");
  readonly #lag = this.#add("Read model lag");
  /** The last change that was shown, in milliseconds since the epoch. */
  #shownUntil: number | undefined;

  /** Until then, and where there are no rows, nothing is known. */
  follow(rows: Projection<OrderRow>, signal: AbortSignal): void {
    const read = async (): Promise<void> => {
      try {
        const all = (await rows.list()).map(({ row }) => row);
        if (!signal.aborted) this.#draw(all, rows.status.state);
      } catch (error) {
        // Whoever is unmounted does not wait for it any more.
        if (!signal.aborted) throw error;
      }
    };
    rows.onChange(() => void read());
    void read();
  }

  #draw(rows: readonly OrderRow[], state: ProjectionStatus["state"]): void {
    const { orders, revenue, rollbacks, changedAt } = sumUp(rows);
    this.#orders.textContent = String(orders);
    this.#revenue.textContent = euros.format(revenue / 100);
    this.#rollbacks.textContent = rollbacks > 0 ? `↶ ${rollbacks}` : "0";
    this.#rollbacks.classList.toggle("bad", rollbacks > 0);
    // What was there before says nothing of how long it takes.
    const isNew = this.#shownUntil !== undefined && changedAt > this.#shownUntil;
    this.#shownUntil = Math.max(this.#shownUntil ?? 0, changedAt);
    if (state === "stopped") this.#lag.textContent = "✕ stopped";
    else if (state === "rebuilding") this.#lag.textContent = "◐ rebuilding";
    else if (isNew) this.#lag.textContent = `${Math.max(0, Date.now() - changedAt)} ms`;
    else if (!this.#lag.textContent.endsWith("ms")) this.#lag.textContent = "–";
  }

  #add(title: string): HTMLElement {
    const value = create("dd", { textContent: "–" });
    this.element.append(create("div", {}, create("dt", { textContent: title }), value));
    return value;
  }
}
