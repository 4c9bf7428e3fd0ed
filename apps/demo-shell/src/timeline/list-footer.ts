import { create } from "../dom.js";

/** What the list shows of what there is. */
export interface ListState {
  readonly shown: number;
  readonly all: number;
  /** How many came since the list was paused; `undefined` when it is not. */
  readonly waiting: number | undefined;
  readonly follows: boolean;
}

/** Says below the list how much of the traffic it shows, and in its place why it shows nothing. */
export class ListFooter {
  readonly element = create("footer", { className: "list-footer" });
  readonly empty = create("div", { className: "empty" });
  readonly #count = create("span", { className: "muted" });
  readonly #paused = create("span", { className: "chip uneasy" });
  readonly #toNewest = create("button", { type: "button", textContent: "↓ To the newest" });
  readonly #reason = create("p", { className: "muted" });
  readonly #showAll = create("button", { type: "button", textContent: "Show all" });

  constructor({ onShowAll, onFollow }: { onShowAll(): void; onFollow(): void }) {
    this.#showAll.addEventListener("click", onShowAll);
    this.#toNewest.addEventListener("click", onFollow);
    this.empty.append(this.#reason, this.#showAll);
    this.element.append(
      this.#count,
      this.#paused,
      create("span", { className: "gap" }),
      this.#toNewest,
    );
  }

  draw({ shown, all, waiting, follows }: ListState): void {
    this.#count.textContent = shown === all ? `${all} messages` : `${shown} of ${all} messages`;
    this.#paused.hidden = waiting === undefined;
    this.#paused.textContent = `Paused · ${waiting} new`;
    this.#toNewest.hidden = follows || shown === 0;
    this.empty.hidden = shown > 0;
    this.#showAll.hidden = all === 0;
    this.#reason.textContent =
      all === 0
        ? "No message yet. Add something to the cart, and what that sets off is here."
        : `None of the ${all} messages passes the filter.`;
  }
}
