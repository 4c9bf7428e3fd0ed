import { type DashboardAnswers, LOW_STOCK } from "../../src/contract.js";
import { create } from "../../src/dom.js";
import { type Collection, SOURCES, type Source } from "./collector.js";
import { describeReport } from "./report-words.js";

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

/** One figure: whose it is, and how it is made of an answer. */
interface Figure<S extends Source = Source> {
  readonly title: string;
  readonly source: S;
  readonly tell: (answer: DashboardAnswers[S]) => string;
}

function figure<S extends Source>(title: string, source: S, tell: Figure<S>["tell"]): Figure {
  return { title, source, tell } as Figure;
}

const FIGURES: readonly Figure[] = [
  figure("Products", "catalog", ({ products }) => String(products)),
  figure("Items in the cart", "cart", ({ items }) => String(items)),
  figure("Cart total", "cart", ({ total }) => euros.format(total / 100)),
  figure("Low in stock", "inventory", (levels) => {
    const low = levels.filter(({ left }) => left !== undefined && left < LOW_STOCK);
    if (low.length > 0) return `▲ ${low.length}`;
    return levels.some(({ left }) => left === undefined) ? "unknown" : "0";
  }),
];

/** Shows what the teams answered, and who did not. */
export class Dashboard extends HTMLElement {
  /** Called when the visitor wants it new. */
  onRefresh = (): void => {};
  readonly #figures = new Map<Figure, HTMLElement>();
  readonly #reports = new Map<Source, HTMLElement>();
  readonly #summary = create("output", { className: "dashboard-summary" });
  readonly #asOf = create("span", { className: "muted" });

  connectedCallback(): void {
    // A frame that is moved connects again.
    if (this.childElementCount > 0) return;
    const figures = create("dl", { className: "dashboard-figures" });
    for (const figure of FIGURES) {
      const value = create("dd", { textContent: "–" });
      this.#figures.set(figure, value);
      figures.append(create("div", {}, create("dt", { textContent: figure.title }), value));
    }
    const sources = create("ul", { className: "dashboard-sources" });
    sources.setAttribute("aria-label", "Sources");
    for (const source of SOURCES) {
      const report = create("span", { textContent: "… asking" });
      this.#reports.set(source, report);
      const name = create("span", { textContent: source });
      name.dataset.source = source;
      sources.append(create("li", {}, name, report));
    }
    const refresh = create("button", { type: "button", textContent: "Refresh" });
    refresh.setAttribute("aria-label", "Refresh the dashboard");
    refresh.addEventListener("click", () => this.onRefresh());
    const foot = create("div", { className: "dashboard-foot" }, this.#summary, this.#asOf, refresh);
    this.append(figures, sources, foot);
  }

  draw({ values, reports, isAsking, asOf }: Collection): void {
    for (const [{ source, tell }, element] of this.#figures) {
      const answer = values[source];
      element.textContent = answer === undefined ? "–" : tell(answer as never);
      element.classList.toggle("low", element.textContent.startsWith("▲"));
    }
    const missing: Source[] = [];
    for (const [source, element] of this.#reports) {
      const report = reports.get(source);
      const isMissing = report !== undefined && !("value" in report.outcome);
      if (isMissing) missing.push(source);
      element.textContent = describeReport(report);
      element.classList.toggle("missing", isMissing);
    }
    const text =
      missing.length > 0
        ? `Without ${missing.join(" and ")}: the figures of the others hold.`
        : `All ${SOURCES.length} sources answered.`;
    // A change is read out, also one to the same. What has not come yet is not missing.
    const isKnown = !isAsking || missing.length > 0;
    if (isKnown && this.#summary.textContent !== text) this.#summary.textContent = text;
    if (isAsking && asOf === undefined) this.#asOf.textContent = "Asking…";
    else if (asOf !== undefined) {
      this.#asOf.textContent = `As of ${new Date(asOf).toLocaleTimeString("en-GB")}`;
    }
  }
}
