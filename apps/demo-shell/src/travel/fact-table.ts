import { create } from "../dom.js";
import { type Change, diffFacts, type Facts } from "./state-diff.js";

const WORDS: Readonly<Record<Change["kind"], string>> = {
  new: "+ new",
  changed: "± changed",
  gone: "− gone",
};

/** What a model tells of a moment, and what the message of that moment changed. */
export class FactTable {
  readonly element: HTMLElement;
  readonly #rows = create("tbody");
  readonly #table: HTMLElement;
  readonly #empty: HTMLElement;

  constructor(title: string, whenEmpty: string) {
    this.#table = create("table", { className: "facts" }, this.#rows);
    this.#table.setAttribute("aria-label", title);
    this.#empty = create("p", { className: "muted", textContent: whenEmpty });
    this.element = create(
      "section",
      { className: "panel" },
      create("h3", { textContent: title }),
      this.#table,
      this.#empty,
    );
  }

  draw(before: Facts, after: Facts): void {
    const changes = diffFacts(before, after);
    const keys = new Set([...after.keys(), ...changes.keys()]);
    this.#table.hidden = keys.size === 0;
    this.#empty.hidden = after.size > 0;
    this.#rows.replaceChildren(
      ...[...keys].map((key) => createRow(key, after.get(key), changes.get(key))),
    );
  }
}

function createRow(
  key: string,
  value: string | undefined,
  change: Change | undefined,
): HTMLElement {
  const cell = create("td", { className: "mono" });
  if (change && "before" in change) cell.append(create("del", { textContent: change.before }));
  if (change?.kind === "changed") cell.append(" → ");
  if (value !== undefined) {
    cell.append(create(change ? "ins" : "span", { textContent: value }));
  }
  const row = create(
    "tr",
    { className: change?.kind ?? "" },
    create("th", { scope: "row", textContent: key }),
    cell,
    create("td", { className: "mark", textContent: change ? WORDS[change.kind] : "" }),
  );
  return row;
}
