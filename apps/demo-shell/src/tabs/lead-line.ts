import type { PresentTab } from "@pubsub-mfe/core";
import type { CrossTabAdapter } from "@pubsub-mfe/cross-tab";
import { create } from "../dom.js";
import { tabName } from "./tab-name.js";

/** Says who leads, and lets this tab hand that on. */
export class LeadLine {
  readonly element: HTMLElement;
  readonly #text = create("output");
  readonly #handOn = create("button", { type: "button", textContent: "Hand the lead on" });
  /** The number of this tab's turn; `undefined` while it does not lead. */
  #turn: number | undefined;
  #problem: string | undefined;

  /** @param onChange - called when a turn of this tab begins or ends */
  constructor(tabs: Pick<CrossTabAdapter, "lead" | "resign">, onChange: () => void) {
    this.element = create("div", { className: "lead" }, this.#text, this.#handOn);
    this.#handOn.addEventListener("click", () => {
      if (this.#turn !== undefined) tabs.resign();
    });
    const lead = tabs.lead(({ epoch, signal }) => {
      this.#turn = epoch;
      onChange();
      return new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => {
          this.#turn = undefined;
          onChange();
          resolve();
        });
      });
    });
    lead.catch((error) => {
      this.#problem = `No tab can lead here. ${error instanceof Error ? error.message : error}`;
      onChange();
    });
  }

  draw(tabs: readonly PresentTab[]): void {
    const text = this.#describe(tabs);
    // A change is read out, also one to the same.
    if (this.#text.textContent !== text) this.#text.textContent = text;
    // Not disabled: it would lose the focus with the lead.
    this.#handOn.setAttribute("aria-disabled", String(this.#turn === undefined));
  }

  #describe(tabs: readonly PresentTab[]): string {
    if (this.#problem !== undefined) return this.#problem;
    if (this.#turn !== undefined) return `★ This tab leads. It is turn ${this.#turn}.`;
    const leader = tabs.find((tab) => tab.leader);
    return leader ? `★ Tab ${tabName(leader.id)} leads.` : "No tab leads yet.";
  }
}
