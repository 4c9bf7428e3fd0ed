import type { PubSubBus } from "@pubsub-mfe/core";
import { create } from "../dom.js";
import { tabName } from "../tabs/tab-name.js";
import { BURST_SIZE, type BurstCount, Bursts } from "./bursts.js";
import { STEADY_RATE, Steady } from "./steady.js";

const KEEP_ON = `Publish ${STEADY_RATE} a second, on and on`;

const count = new Intl.NumberFormat("en-GB");

/** Publishes a burst, and shows what arrived of it, here and in the other tabs. */
export class BurstPanel {
  readonly element: HTMLElement;
  readonly #bursts: Bursts;
  readonly #published = create("output");
  readonly #rows = create("tbody");
  readonly #table: HTMLElement;

  constructor(bus: PubSubBus) {
    this.#bursts = new Bursts(bus);
    const isForAll = create("input", { type: "checkbox" });
    const start = create("button", {
      type: "button",
      textContent: `Publish ${count.format(BURST_SIZE)} messages`,
    });
    start.addEventListener("click", () => this.#bursts.start(isForAll.checked));
    const steady = new Steady(bus);
    const keepOn = create("button", {
      type: "button",
      textContent: KEEP_ON,
    });
    keepOn.setAttribute("aria-pressed", "false");
    keepOn.addEventListener("click", () => {
      steady.toggle();
      keepOn.setAttribute("aria-pressed", String(steady.isOn));
      keepOn.textContent = steady.isOn ? "Stop publishing" : KEEP_ON;
    });
    const head = create("tr");
    for (const title of ["Tab", "Arrived", "Lost", "Doubled", "In order", "After"]) {
      head.append(create("th", { textContent: title, scope: "col" }));
    }
    this.#table = create("table", { hidden: true }, create("thead", {}, head), this.#rows);
    this.#table.setAttribute("aria-label", "What arrived of the burst");
    this.element = create(
      "div",
      { className: "burst" },
      create("label", {}, isForAll, " Also to the other tabs"),
      create("div", { className: "actions" }, start, keepOn, this.#published),
      this.#table,
    );
    this.#bursts.onChange = () => this.#draw();
  }

  #draw(): void {
    const { counts, publishedMs = 0 } = this.#bursts;
    this.#published.textContent = `Published in ${Math.round(publishedMs)} ms.`;
    this.#table.hidden = counts.length === 0;
    this.#rows.replaceChildren(...counts.map(createRow));
  }
}

function createRow({ tabId, received, doubled, isInOrder, tookMs }: BurstCount): HTMLElement {
  const lost = BURST_SIZE - received;
  const cells = [
    count.format(received),
    lost === 0 ? "0" : `✕ ${count.format(lost)}`,
    doubled === 0 ? "0" : `✕ ${count.format(doubled)}`,
    isInOrder ? "✓ yes" : "✕ no",
    tookMs === undefined
      ? "–"
      : `${Math.round(tookMs)} ms, ${count.format(Math.round((received / tookMs) * 1_000))} a second`,
  ];
  return create(
    "tr",
    {},
    create("th", { scope: "row", textContent: tabId === undefined ? "this tab" : tabName(tabId) }),
    ...cells.map((textContent) => create("td", { className: "mono", textContent })),
  );
}
