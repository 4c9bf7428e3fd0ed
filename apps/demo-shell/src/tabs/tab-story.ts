import { clockTime } from "../clock-time.js";
import { create } from "../dom.js";

/** Older entries go. */
const MAX_ENTRIES = 50;

/** What happened among the tabs, newest first. */
export class TabStory {
  /** Called after each entry. */
  onChange = (): void => {};
  readonly #entries = create("ol");
  readonly element: HTMLElement = create("div", { className: "story" }, this.#entries);

  constructor() {
    this.element.setAttribute("role", "log");
    this.element.setAttribute("aria-label", "What happened");
  }

  /** Messages of another tab are missing for good. */
  addGap(count: number): void {
    this.#add(`✕ Gap: ${count} ${count === 1 ? "message is" : "messages are"} missing.`, "bad");
  }

  add(text: string): void {
    this.#add(text, "");
  }

  #add(text: string, className: string): void {
    const time = create("span", {
      className: "mono muted",
      textContent: clockTime(Date.now()),
    });
    const entry = create("li", { className }, time, " ", text);
    this.#entries.prepend(entry);
    if (this.#entries.childElementCount > MAX_ENTRIES) this.#entries.lastElementChild?.remove();
    this.onChange();
  }
}
