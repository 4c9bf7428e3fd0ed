import { create } from "../dom.js";
import type { StorageFaults } from "./storage-faults.js";

/** Has the storage of this tab fail. */
export class StorageControls {
  readonly element: HTMLElement;

  constructor(faults: StorageFaults) {
    const state = create("output", { className: "muted" });
    const isFull = create("input", { type: "checkbox" });
    const refuse = create("button", { type: "button" });
    const remove = create("button", { type: "button", textContent: "Delete the database" });
    const draw = (): void => {
      isFull.checked = faults.isFull;
      refuse.textContent = faults.isRefused
        ? "Let the database be opened again (reloads)"
        : "Refuse the database (reloads)";
    };
    isFull.addEventListener("change", () => {
      faults.isFull = isFull.checked;
    });
    refuse.addEventListener("click", () => faults.refuse(!faults.isRefused));
    remove.addEventListener("click", async () => {
      try {
        await faults.deleteDatabase();
        state.textContent = "The database is deleted. The next message begins a new one.";
      } catch (error) {
        state.textContent = `The database could not be deleted: ${error}. Nothing has changed.`;
      }
    });
    faults.onChange(draw);
    draw();
    this.element = create(
      "div",
      { className: "storage-faults" },
      create("p", {
        className: "muted",
        textContent:
          "Nothing is filled up: the demo answers for the browser, in this tab alone. The database is that of all tabs.",
      }),
      create("label", {}, isFull, " The disk is full: every write fails"),
      create("div", { className: "actions" }, remove, refuse),
      state,
    );
  }
}
