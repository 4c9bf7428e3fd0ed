import type { PresentTab } from "@pubsub-mfe/core";
import { create } from "../dom.js";
import { tabName } from "./tab-name.js";

/** What is known of a tab besides that it is there. */
export interface TabRow extends PresentTab {
  readonly isThis: boolean;
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
    for (const title of ["Tab", "State", "Messages from it", "Numbers, as they came"]) {
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

function createRow({ id, isThis, state, leader, received, trial }: TabRow): HTMLElement {
  const name = create("th", { scope: "row", className: "mono", textContent: tabName(id) });
  if (isThis) name.append(" ", create("span", { className: "chip", textContent: "this tab" }));
  if (leader) name.append(" ", create("span", { className: "chip leads", textContent: "★ leads" }));
  return create(
    "tr",
    {},
    name,
    create("td", { textContent: STATES[state] }),
    create("td", { className: "mono", textContent: isThis ? "–" : String(received) }),
    create("td", { className: "mono trial", textContent: trial || "–" }),
  );
}
