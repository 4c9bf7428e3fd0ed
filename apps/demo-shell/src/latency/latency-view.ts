import { create } from "../dom.js";
import { panel } from "../panel.js";
import { drawWhenSeen } from "../room/draw-when-seen.js";
import type { HostParts } from "../start-host.js";
import { Ticking } from "../ticking.js";
import { BurstPanel } from "./burst-panel.js";
import { LatencyChart } from "./latency-chart.js";
import { LatencyMeter, type Route } from "./latency-meter.js";
import { MinuteTable } from "./minute-table.js";

const NAMES: Readonly<Record<Route, string>> = { page: "In this page", tabs: "From other tabs" };

/** Shows how long messages take to their handlers, and lets one publish many. */
export function showLatency(
  element: HTMLElement,
  { bus, traffic }: Pick<HostParts, "bus" | "traffic">,
): void {
  const meter = new LatencyMeter(traffic);
  const summary = create("span", { className: "muted" });
  const rows = create("tbody");
  const head = create("tr");
  for (const title of ["Messages", "p50", "p95", "p99", "Measured"]) {
    head.append(create("th", { textContent: title, scope: "col" }));
  }
  const table = create("table", {}, create("thead", {}, head), rows);
  table.setAttribute("aria-label", "Latency");
  const box = create("div", { className: "chart" });
  box.setAttribute("role", "img");
  box.setAttribute(
    "aria-label",
    "Chart of the last minute: latency in this page by percentile. Its figures are in the table.",
  );
  const chart = new LatencyChart(box, meter, "page");
  const minute = new MinuteTable(meter, "page");
  const note = create("p", {
    className: "muted",
    textContent:
      "From publish to handler. In this page: until a handler is called, of whatever microfrontend. From other tabs: until the first handler is, by the clock of the machine, which counts in whole milliseconds.",
  });
  const burst = new BurstPanel(bus);
  element.append(
    create("header", {}, create("h2", { textContent: "Latency" }), summary),
    create(
      "div",
      { className: "panels" },
      panel("The last messages", table, note),
      panel("The last minute, in this page", box, minute.element),
      panel("Burst", burst.element),
    ),
  );

  const draw = (): void => {
    const seconds = meter.seconds();
    const lately = seconds.slice(-6, -1);
    const rate = lately.reduce((sum, { messages }) => sum + messages, 0) / (lately.length || 1);
    summary.textContent = `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} messages a second`;
    rows.replaceChildren(
      ...(["page", "tabs"] as const).map((route) => {
        const { count } = meter.samples[route];
        const percentiles = meter.samples[route].percentiles([0.5, 0.95, 0.99]);
        return create(
          "tr",
          {},
          create("th", { scope: "row", textContent: NAMES[route] }),
          ...percentiles.map((ms) =>
            create("td", { className: "mono", textContent: describeMs(ms, route) }),
          ),
          create("td", { className: "mono muted", textContent: String(count) }),
        );
      }),
    );
    chart.draw();
    minute.draw();
  };
  const drawSoon = drawWhenSeen(element, draw);
  // Time goes on where nothing comes.
  new Ticking(drawSoon, 1_000).isNeeded = true;
  drawSoon();
}

function describeMs(ms: number | undefined, route: Route): string {
  if (ms === undefined) return "–";
  if (route === "tabs") return ms < 1 ? "< 1 ms" : `${Math.round(ms)} ms`;
  return ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms)} ms`;
}
