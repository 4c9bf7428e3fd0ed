import { create } from "../dom.js";
import type { Losses } from "./losses.js";

/** How many messages are lost at once, at most. */
const MAX_LOSSES = 1_000;

/** Has messages lost on their way to this tab. */
export class LossControls {
  readonly element: HTMLElement;
  readonly #losses: Losses;
  readonly #state = create("output", { className: "muted" });
  readonly #stop = create("button", { type: "button", textContent: "Lose no more" });

  constructor(losses: Losses) {
    this.#losses = losses;
    const count = create("input", {
      type: "number",
      value: "5",
      min: "1",
      max: String(MAX_LOSSES),
      required: true,
    });
    const forGood = create("input", { type: "checkbox" });
    const form = create(
      "form",
      {},
      create("label", {}, "Lose the next ", count, " messages to this tab"),
      create(
        "label",
        {},
        forGood,
        " for good: neither the other tab nor the log can give them back",
      ),
      create(
        "div",
        { className: "actions" },
        create("button", { type: "submit", textContent: "Lose messages" }),
        this.#stop,
      ),
    );
    // The page allows no form to be sent anywhere: this one is not.
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      losses.lose(count.valueAsNumber, forGood.checked);
    });
    this.#stop.addEventListener("click", () => losses.lose(0, false));
    const note = create("p", {
      className: "muted",
      textContent:
        "The demo drops what arrives here. That it is noticed and had again is the work of the packages.",
    });
    this.element = create("div", { className: "losses" }, note, form, this.#state);
  }

  draw(): void {
    const { left, forGood, count } = this.#losses;
    this.#stop.setAttribute("aria-disabled", String(left === 0));
    const next = `The next ${left} messages to this tab are lost${forGood ? ", for good" : ""}.`;
    const past = count === 0 ? "Nothing is lost." : `${count} lost so far. Nothing more is.`;
    const text = left > 0 ? next : past;
    // A change is read out, also one to the same.
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }
}
