import { create } from "./dom.js";

/** Says what does not work, at the top of the page, once each. */
export class Notices {
  readonly #element: HTMLElement;
  readonly #shown = new Map<string, HTMLElement>();

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  /** @param kind - a second notice of one kind is left out while the first is shown */
  show(kind: string, text: string): void {
    if (this.#shown.has(kind)) return;
    const dismiss = create("button", { type: "button", textContent: "Dismiss" });
    const notice = create("p", {}, text, " ", dismiss);
    dismiss.addEventListener("click", () => this.clear(kind));
    this.#shown.set(kind, notice);
    this.#element.append(notice);
  }

  /** Takes a notice away: what it told of is over. */
  clear(kind: string): void {
    this.#shown.get(kind)?.remove();
    this.#shown.delete(kind);
  }
}
