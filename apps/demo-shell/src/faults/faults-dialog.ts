import { create } from "../dom.js";
import { panel } from "../panel.js";

/** The dialog in which a visitor breaks things, part by part; each part belongs to who can break it. */
export class FaultsDialog {
  readonly #parts = create("div", { className: "panels" });

  constructor(button: HTMLElement) {
    const close = create("button", { type: "button", textContent: "Close" });
    const dialog = create(
      "dialog",
      { id: "faults", className: "overlay" },
      create("div", { className: "overlay-head" }, create("h2", { textContent: "Faults" }), close),
      this.#parts,
    );
    dialog.setAttribute("aria-label", "Faults");
    close.addEventListener("click", () => dialog.close());
    button.addEventListener("click", () => dialog.showModal());
    document.body.append(dialog);
  }

  add(title: string, element: HTMLElement): void {
    this.#parts.append(panel(title, element));
  }
}
