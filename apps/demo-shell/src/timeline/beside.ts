import { create } from "../dom.js";

/** The parts beside the list, one at a time. */
export class Beside {
  readonly element: HTMLElement;
  readonly #parts: readonly (readonly [button: HTMLButtonElement, part: HTMLElement])[];
  readonly #onChange: () => void;

  /** @param parts - by the name of their button; the first is shown at first */
  constructor(parts: Readonly<Record<string, HTMLElement>>, onChange: () => void) {
    this.#onChange = onChange;
    this.#parts = Object.entries(parts).map(([textContent, part]) => {
      const button = create("button", { type: "button", className: "choice", textContent });
      button.addEventListener("click", () => this.show(part));
      return [button, part];
    });
    const choices = create(
      "div",
      { className: "choices" },
      ...this.#parts.map(([button]) => button),
    );
    this.element = create("div", { className: "beside" }, choices, ...Object.values(parts));
    const [first] = this.#parts;
    if (first) this.show(first[1]);
  }

  show(shown: HTMLElement): void {
    for (const [button, part] of this.#parts) {
      part.hidden = part !== shown;
      button.ariaPressed = String(part === shown);
    }
    this.#onChange();
  }
}
