import { create } from "../dom.js";
import type { LatencyMeter, Route } from "./latency-meter.js";

/** What the chart shows, for those who read rather than see it: the seconds in which something came. */
export class MinuteTable {
  readonly element: HTMLDetailsElement;
  readonly #meter: LatencyMeter;
  readonly #route: Route;
  readonly #rows = create("tbody");

  constructor(meter: LatencyMeter, route: Route) {
    this.#meter = meter;
    this.#route = route;
    const head = create("tr");
    for (const title of ["Second", "p50", "p95", "p99"]) {
      head.append(create("th", { textContent: title, scope: "col" }));
    }
    const table = create("table", {}, create("thead", {}, head), this.#rows);
    table.setAttribute("aria-label", "The last minute");
    this.element = create(
      "details",
      {},
      create("summary", { textContent: "The same as a table" }),
      table,
    );
    this.element.addEventListener("toggle", () => this.draw());
  }

  draw(): void {
    if (!this.element.open) return;
    const rows: HTMLElement[] = [];
    for (const { at, samples } of this.#meter.seconds()) {
      if (samples[this.#route].count === 0) continue;
      const time = new Date(at * 1_000).toLocaleTimeString("en-GB");
      const figures = samples[this.#route].percentiles([0.5, 0.95, 0.99]);
      rows.push(
        create(
          "tr",
          {},
          create("th", { scope: "row", className: "mono", textContent: time }),
          ...figures.map((ms = 0) =>
            create("td", { className: "mono", textContent: `${ms.toFixed(2)} ms` }),
          ),
        ),
      );
    }
    this.#rows.replaceChildren(...rows.reverse());
  }
}
