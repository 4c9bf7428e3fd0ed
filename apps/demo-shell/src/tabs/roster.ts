import type { PresentTab } from "@pubsub-mfe/core";
import { create } from "../dom.js";
import { tabName } from "./tab-name.js";

/** What is known of a tab besides that it is there. */
export interface TabRow extends PresentTab {
  readonly isThis: boolean;
  /** Whether messages of it can come, and of this tab go. */
  readonly isLinked: boolean;
  /** How many messages came from it. */
  readonly received: number;
  /** Which of its numbered messages came, in the order in which they did. */
  readonly trial: string;
}

const STATES: Readonly<Record<PresentTab["state"], string>> = {
  visible: "● visible",
  hidden: "◌ hidden",
  asleep: "☾ asleep",
};

/** The table of the tabs. */
export class Roster {
  readonly element: HTMLElement;
  readonly #rows = create("tbody");

  constructor() {
    const head = create("tr");
    for (const title of ["Tab", "Role", "State", "Heard", "Numbers"]) {
      head.append(create("th", { textContent: title, scope: "col" }));
    }
    const table = create("table", {}, create("thead", {}, head), this.#rows);
    table.setAttribute("aria-label", "Tabs");
    this.element = create("div", { className: "roster" }, table);
  }

  draw(tabs: readonly TabRow[]): void {
    this.#rows.replaceChildren(...tabs.map(createRow));
  }
}

function createRow(row: TabRow): HTMLElement {
  const { id, isThis, isLinked, state, leader, received, trial } = row;
  const name = create("th", { scope: "row", className: "mono", textContent: tabName(id) });
  if (isThis) name.append(" ", create("span", { className: "chip", textContent: "this tab" }));
  const role = create("span", {
    className: leader ? "chip leads" : "muted",
    textContent: leader ? "★ leads" : "follows",
  });
  const cut = isThis ? "✕ cut off" : "✕ not reached";
  const transport = create("span", {
    className: isLinked ? "transport muted" : "transport bad",
    textContent: isLinked ? "⇄ broadcast channel" : cut,
  });
  return create(
    "tr",
    {},
    name,
    create("td", {}, role),
    create("td", {}, create("span", { textContent: STATES[state] }), " ", transport),
    create("td", { className: "mono", textContent: isThis ? "–" : String(received) }),
    create("td", { className: "mono trial", textContent: trial || "–" }),
  );
}
