import type { EventStreams } from "@pubsub-mfe/core";
import {
  createEventStore,
  type Projection,
  type ProjectionStatus,
} from "@pubsub-mfe/patterns/cqrs";
import type { Host } from "../contract.js";
import { create } from "../dom.js";
import { hasStorage } from "../has-storage.js";
import { createOrderRows, type OrderRow } from "../order-rows.js";

const STATES: Readonly<Record<ProjectionStatus["state"], string>> = {
  "catching-up": "◐ catching up",
  live: "✓ live",
  rebuilding: "◐ rebuilding",
  stopped: "✕ stopped",
};

/** The rows of all orders: how far behind the events they are; has them built anew. */
export class ReadModelPanel {
  readonly element: HTMLElement;
  readonly #streams: EventStreams;
  /** `undefined` where nothing can be stored. */
  #rows: Projection<OrderRow> | undefined;
  readonly #state = create("output");
  readonly #text = create("span", { className: "muted" });
  readonly #progress = create("progress", { hidden: true });
  readonly #rebuild = create("button", { type: "button", textContent: "Rebuild" });

  /** @param onChange - called when the rows went on, whoever built them */
  constructor({ history, locks }: Pick<Host, "history" | "locks">, onChange: () => void) {
    const { streams } = history;
    this.#streams = streams;
    void hasStorage({ history }).then((isThere) => {
      if (!isThere) return;
      this.#rows = createOrderRows(createEventStore({ streams, locks }));
      this.#rows.onChange(onChange);
      onChange();
    });
    this.#state.setAttribute("aria-label", "State of the orders");
    this.#progress.setAttribute("aria-label", "Progress of the rebuild");
    this.#rebuild.addEventListener("click", () => void this.#buildAnew());
    this.element = create(
      "div",
      { className: "read-model" },
      this.#state,
      this.#text,
      this.#progress,
      this.#rebuild,
    );
  }

  async draw(): Promise<void> {
    this.#rebuild.hidden = this.#rows === undefined;
    if (!this.#rows) {
      this.#text.textContent = "Nothing can be stored here, and so there are no orders.";
      return;
    }
    const { state, lag, error } = this.#rows.status;
    const chip = create("span", { className: "chip", textContent: STATES[state] });
    if (state === "live") chip.classList.add("ok");
    if (state === "stopped") chip.classList.add("failing");
    if (this.#state.textContent !== chip.textContent) this.#state.replaceChildren(chip);
    const count = await this.#rows.list().then(
      (rows) => rows.length,
      () => 0,
    );
    const orders = count === 1 ? "1 order" : `${count} orders`;
    const behind = lag === 0 ? "not behind its events" : `${Math.round(lag)} ms behind its events`;
    this.#text.textContent = error === undefined ? `${orders}, ${behind}` : messageOf(error);
  }

  async #buildAnew(): Promise<void> {
    this.#rebuild.setAttribute("aria-disabled", "true");
    this.#progress.hidden = false;
    this.#progress.value = 0;
    try {
      const total = await this.#countEvents();
      this.#progress.max = Math.max(1, total);
      await this.#rows?.rebuild({
        onProgress: ({ events }) => {
          this.#progress.value = events;
          this.#text.textContent = `${events} of ${total} events`;
        },
      });
    } catch (error) {
      this.#text.textContent = messageOf(error);
      return;
    } finally {
      this.#progress.hidden = true;
      this.#rebuild.removeAttribute("aria-disabled");
    }
    await this.draw();
  }

  async #countEvents(): Promise<number> {
    let count = 0;
    for await (const _event of this.#streams.readAll()) count += 1;
    return count;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
