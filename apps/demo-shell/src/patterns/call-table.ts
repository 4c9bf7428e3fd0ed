import { create } from "../dom.js";
import type { Call, CallEnd } from "./call-book.js";

const ENDS: Readonly<Record<CallEnd["kind"], string>> = {
  answered: "✓ answered",
  failed: "✕ failed",
  "given-up": "◷ given up",
  nobody: "∅ nobody there",
};

/** A table of requests and asks: how old they are, or what came of them. */
export class CallTable {
  readonly element: HTMLElement;
  readonly #rows = create("tbody");
  readonly #table: HTMLElement;
  readonly #empty: HTMLElement;
  #drawn: readonly Call[] | undefined;

  /** @param empty - what to say, and to offer, while there are none */
  constructor(name: string, columns: readonly string[], ...empty: Node[]) {
    const head = create("tr");
    for (const title of columns) head.append(create("th", { textContent: title, scope: "col" }));
    this.#table = create("table", { className: "calls" }, create("thead", {}, head), this.#rows);
    this.#table.setAttribute("aria-label", name);
    this.#empty = create("div", { className: "empty" }, ...empty);
    this.element = create("div", { className: "calls-box" }, this.#empty, this.#table);
  }

  /**
   * @param calls - the same array again is not drawn again, so that one can select in what is at rest
   * @param nowMs - in milliseconds since the epoch
   */
  draw(calls: readonly Call[], nowMs: number): void {
    if (calls === this.#drawn) return;
    this.#drawn = calls;
    this.#empty.hidden = calls.length > 0;
    this.#table.hidden = calls.length === 0;
    this.#rows.replaceChildren(...calls.map((call) => createRow(call, nowMs)));
  }
}

function createRow({ kind, to, from, startedAt, end }: Call, nowMs: number): HTMLElement {
  const asker = create("span", { textContent: from });
  asker.dataset.source = from;
  const who = create(
    "td",
    {},
    create(
      "div",
      { className: "who" },
      asker,
      create("span", { className: "mono", textContent: `→\u00a0${to}` }),
      create("span", { className: "muted", textContent: kind }),
    ),
  );
  if (!end) {
    const age = `${(Math.max(0, nowMs - startedAt) / 1_000).toFixed(1)} s`;
    return create("tr", {}, who, create("td", { className: "mono", textContent: age }));
  }
  const why = end.reason === undefined ? "" : `: ${end.reason}`;
  const outcome = create("td", { className: "outcome", textContent: `${ENDS[end.kind]}${why}` });
  if (end.kind === "failed") outcome.classList.add("bad");
  const took = end.tookMs < 1 ? "< 1 ms" : `${end.tookMs} ms`;
  return create("tr", {}, who, outcome, create("td", { className: "mono", textContent: took }));
}
