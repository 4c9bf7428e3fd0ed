import uPlot from "uplot";
import type { LatencyMeter, Route } from "./latency-meter.js";
import "uplot/dist/uPlot.min.css";

const HEIGHT = 180;

/** Draws the last minute: how long messages took, by percentile. */
export class LatencyChart {
  readonly element: HTMLElement;
  readonly #meter: LatencyMeter;
  readonly #route: Route;
  #plot: uPlot | undefined;

  constructor(element: HTMLElement, meter: LatencyMeter, route: Route) {
    this.element = element;
    this.#meter = meter;
    this.#route = route;
    // The colours are those of the theme, which may change while it is drawn.
    const isDark = matchMedia("(prefers-color-scheme: dark)");
    isDark.addEventListener("change", () => this.#renew());
    new MutationObserver(() => this.#renew()).observe(document.documentElement, {
      attributeFilter: ["data-theme"],
    });
    new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0) this.#plot?.setSize({ width, height: HEIGHT });
    }).observe(element);
  }

  draw(): void {
    const seconds = this.#meter.seconds();
    const at = seconds.map((second) => second.at);
    const values = seconds.map(({ samples }) =>
      samples[this.#route].percentiles([0.5, 0.95, 0.99]),
    );
    const series = [0, 1, 2].map((n) => values.map((each) => each[n] ?? null));
    this.#plot ??= this.#create();
    this.#plot.setData([at, ...series] as uPlot.AlignedData);
  }

  #renew(): void {
    if (!this.#plot) return;
    this.#plot.destroy();
    this.#plot = undefined;
    this.draw();
  }

  #create(): uPlot {
    const style = getComputedStyle(document.documentElement);
    const token = (name: string): string => style.getPropertyValue(name).trim();
    const axis = {
      stroke: token("--muted"),
      grid: { stroke: token("--line"), width: 1 },
      ticks: { stroke: token("--line"), width: 1 },
      font: `12px ${token("--mono")}`,
    };
    const line = (label: string, colour: string, dash: number[]): uPlot.Series => ({
      label,
      stroke: token(colour),
      width: 1.5,
      dash,
      points: { size: 4 },
      value: (_plot, value) => (value === null ? "–" : `${value.toFixed(2)} ms`),
    });
    return new uPlot(
      {
        width: Math.max(200, this.element.clientWidth),
        height: HEIGHT,
        padding: [null, 28, null, null],
        legend: { live: false },
        cursor: { show: false },
        axes: [
          { ...axis, space: 72, values: (_plot, ticks) => ticks.map(clockSecond) },
          { ...axis, size: 68, values: (_plot, ticks) => ticks.map((ms) => `${ms} ms`) },
        ],
        series: [
          {},
          // Told apart by their dashes as well as by their colours.
          line("p50", "--accent", []),
          line("p95", "--warn", [6, 3]),
          line("p99", "--bad", [2, 3]),
        ],
      },
      [[], [], [], []],
      this.element,
    );
  }
}

/** @param at - in seconds since the epoch */
function clockSecond(at: number): string {
  return new Date(at * 1_000).toLocaleTimeString("en-GB");
}
