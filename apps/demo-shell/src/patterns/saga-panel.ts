import type { SagaManager, SagaState } from "@pubsub-mfe/patterns/saga";
import { CHECKOUT } from "../checkout-steps.js";
import { create } from "../dom.js";
import { SagaCard, type SagaOrder } from "./saga-card.js";

/** How many sagas are shown, the newest. */
const SHOWN = 5;

/** The checkouts, of all tabs. */
export class SagaPanel {
  readonly element: HTMLElement;
  readonly #sagas: Pick<SagaManager, SagaOrder | "list">;
  readonly #list = create("div", { className: "sagas" });
  readonly #empty = create("p", {
    className: "muted",
    textContent:
      "No checkout is running. Choose how it is to fail below, then put something into the cart and pay.",
  });
  readonly #problem = create("output", { className: "bad" });
  readonly #cards = new Map<string, SagaCard>();
  #isReading = false;
  #isStale = false;

  constructor(sagas: Pick<SagaManager, SagaOrder | "list">) {
    this.#sagas = sagas;
    this.element = create(
      "div",
      { className: "saga-panel" },
      this.#empty,
      this.#list,
      this.#problem,
    );
  }

  /** Reads them, and draws what has changed; once more where somebody wanted it meanwhile. */
  async draw(): Promise<void> {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        this.#show(await this.#sagas.list({ name: CHECKOUT }));
      }
    } catch (error) {
      this.#tell(error);
    } finally {
      this.#isReading = false;
    }
  }

  #show(sagas: readonly SagaState[]): void {
    const newest = [...sagas].sort((a, b) => b.startedAt - a.startedAt).slice(0, SHOWN);
    const shown = new Set(newest.map(({ id }) => id));
    for (const [id, card] of this.#cards) {
      if (shown.has(id)) continue;
      card.element.remove();
      this.#cards.delete(id);
    }
    for (const saga of newest.reverse()) {
      let card = this.#cards.get(saga.id);
      if (!card) {
        card = new SagaCard((order) => void this.#order(order, saga.id));
        this.#cards.set(saga.id, card);
        this.#list.prepend(card.element);
      }
      card.draw(saga);
    }
    this.#empty.hidden = newest.length > 0;
  }

  async #order(order: SagaOrder, id: string): Promise<void> {
    this.#problem.textContent = "";
    try {
      await this.#sagas[order](CHECKOUT, id);
    } catch (error) {
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    this.#problem.textContent = error instanceof Error ? error.message : String(error);
  }
}
