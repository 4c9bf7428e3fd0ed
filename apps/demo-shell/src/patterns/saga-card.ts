import type { SagaState, SagaStepState } from "@pubsub-mfe/patterns/saga";
import { CHECKOUT_STEPS, type CheckoutStep } from "../checkout-steps.js";
import { clockTime } from "../clock-time.js";
import { create } from "../dom.js";
import { currentStep, sagaChip, stepWord } from "./saga-words.js";

/** How long the token moves to where the saga is, in milliseconds. */
const MOVE_MS = 180;

/** What a visitor may do to a saga. */
export type SagaOrder = "cancel" | "retry";

/** One saga, as lanes: a row for each microfrontend, and a column for each step. */
export class SagaCard {
  readonly element: HTMLElement;
  readonly #title = create("h4", { className: "mono" });
  readonly #chip = create("output");
  readonly #reason = create("p", { className: "bad" });
  readonly #cells = new Map<string, HTMLElement>();
  readonly #token = create("span", { className: "token", textContent: "▶" });
  readonly #buttons: Readonly<Record<SagaOrder, HTMLButtonElement>>;
  #revision = -1;

  constructor(order: (order: SagaOrder) => void) {
    this.#token.setAttribute("aria-hidden", "true");
    this.#buttons = {
      cancel: create("button", { type: "button", textContent: "Cancel" }),
      retry: create("button", { type: "button", textContent: "Retry" }),
    };
    for (const [name, button] of Object.entries(this.#buttons)) {
      button.addEventListener("click", () => order(name as SagaOrder));
    }
    const { cancel, retry } = this.#buttons;
    const scroller = create("div", { className: "scroller", tabIndex: 0 }, this.#createLanes());
    scroller.setAttribute("role", "group");
    scroller.setAttribute("aria-label", "Lanes");
    this.element = create(
      "article",
      { className: "saga" },
      create(
        "header",
        {},
        this.#title,
        this.#chip,
        create("span", { className: "gap" }),
        cancel,
        retry,
      ),
      scroller,
      this.#reason,
    );
  }

  draw(saga: SagaState): void {
    if (saga.revision === this.#revision) return;
    this.#revision = saga.revision;
    const { id, status, steps, failure, startedAt, pivot } = saga;
    this.element.setAttribute("aria-label", `Saga ${id}`);
    this.#title.textContent = `${id} · ${clockTime(startedAt)}`;
    const chip = sagaChip(saga);
    if (this.#chip.textContent !== chip.textContent) this.#chip.replaceChildren(chip);
    this.#reason.textContent = failure?.message ?? "";
    this.#reason.hidden = failure === undefined;
    for (const step of steps) {
      const cell = this.#cells.get(step.name);
      if (cell) drawStep(cell, step);
    }
    const isOver = status === "completed" || status === "failed";
    const isPastPivot = pivot >= 0 && steps[pivot]?.status !== "pending";
    this.#buttons.cancel.hidden = isOver || status === "stuck" || isPastPivot;
    this.#buttons.retry.hidden = status !== "stuck";
    this.#moveToken(currentStep(saga));
  }

  #createLanes(): HTMLElement {
    const head = create("tr", {}, create("th", { scope: "col", textContent: "Lane" }));
    for (const { title } of CHECKOUT_STEPS) {
      head.append(create("th", { scope: "col", textContent: title }));
    }
    const lanes = [...new Set(CHECKOUT_STEPS.map(({ lane }) => lane))];
    const rows = lanes.map((lane) => {
      const name = create("th", { scope: "row", textContent: lane });
      name.dataset.source = lane;
      const row = create("tr", {}, name);
      row.append(...CHECKOUT_STEPS.map((step) => this.#createCell(step, lane)));
      return row;
    });
    return create(
      "table",
      { className: "lanes" },
      create("thead", {}, head),
      create("tbody", {}, ...rows),
    );
  }

  #createCell(step: CheckoutStep, lane: string): HTMLElement {
    const cell = create("td");
    if (step.lane === lane) this.#cells.set(step.name, cell);
    return cell;
  }

  /** The token goes where the saga is; that it moves shows from where it came. */
  #moveToken(step: string | undefined): void {
    const cell = step === undefined ? undefined : this.#cells.get(step);
    if (!cell || this.#token.parentElement === cell) return;
    const wasShown = this.#token.isConnected;
    const from = this.#token.getBoundingClientRect();
    cell.prepend(this.#token);
    if (!wasShown || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const to = this.#token.getBoundingClientRect();
    this.#token.animate(
      { transform: [`translate(${from.x - to.x}px, ${from.y - to.y}px)`, "none"] },
      { duration: MOVE_MS, easing: "ease-out" },
    );
  }
}

function drawStep(cell: HTMLElement, step: SagaStepState): void {
  const { status, startedAt, changedAt, attempts, failure } = step;
  const took =
    status === "done" && startedAt !== undefined && changedAt !== undefined
      ? ` ${changedAt - startedAt} ms`
      : "";
  const tries = attempts > 1 ? `, ${attempts} tries` : "";
  // What failed may have been done in part, and is undone all the same.
  const failed = failure && status.startsWith("compensat") ? "✕ failed, " : "";
  const text = create("span", { textContent: `${failed}${stepWord(step)}${took}${tries}` });
  if (failure && status !== "done") text.title = failure.message;
  cell.dataset.status = status;
  const token = cell.querySelector(".token");
  cell.replaceChildren(...(token ? [token] : []), text);
}
