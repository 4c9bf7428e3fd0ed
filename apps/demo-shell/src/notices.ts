import { create } from "./dom.js";

/** Says what does not work, at the top of the page, once each. */
export class Notices {
  readonly #element: HTMLElement;
  readonly #shown = new Set<string>();

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  /** @param kind - a second notice of one kind is left out while the first is shown */
  show(kind: string, text: string): void {
    if (this.#shown.has(kind)) return;
    this.#shown.add(kind);
    const dismiss = create("button", { type: "button", textContent: "Dismiss" });
    const notice = create("p", {}, text, " ", dismiss);
    dismiss.addEventListener("click", () => {
      notice.remove();
      this.#shown.delete(kind);
    });
    this.#element.append(notice);
  }
}
