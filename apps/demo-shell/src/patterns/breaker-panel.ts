import type { CircuitReason } from "@pubsub-mfe/patterns/circuit-breaker";
import { clockTime } from "../clock-time.js";
import type { BreakerCalls } from "../contract.js";
import { create } from "../dom.js";
import { tabName } from "../tabs/tab-name.js";
import type { BreakerBook, BreakerChange, BreakerEntry } from "./breaker-book.js";
import { circuitChip, circuitWord } from "./circuit-words.js";

/** Why a breaker opened, or closed. */
const REASONS: Readonly<Record<CircuitReason, string>> = {
  failures: "after failures in a row",
  "failure-rate": "as too many of the last calls failed",
  "slow-call-rate": "as too many of the last calls were slow",
  probes: "by the call that tried",
  "isolation-ended": "as nobody holds it open any more",
  reset: "by hand",
  restored: "as it was before",
};

/** What a visitor may do to a breaker. */
type BreakerOrder = "isolate" | "reset";

/** What the panel has others do. */
export interface BreakerPanelParts {
  /** Whether somebody on this page takes orders for the breaker. */
  readonly takesOrders: (name: string) => boolean;
  readonly order: (name: string, order: BreakerOrder) => void;
  /** Makes the supplier fail, so that there is something to see. */
  readonly breakSupplier: () => void;
}

/** The breakers, and what they went through. */
export class BreakerPanel {
  readonly element: HTMLElement = create("div", { className: "breakers" });
  readonly #parts: BreakerPanelParts;
  readonly #list = create("ul", { className: "breaker-list" });
  readonly #changes = create("ol", { className: "changes" });
  readonly #empty: HTMLElement;
  #drawnChanges: readonly BreakerChange[] = [];
  /** Rows stay while they are drawn anew: a button keeps the focus. */
  readonly #rows = new Map<string, BreakerRow>();

  constructor(parts: BreakerPanelParts) {
    this.#parts = parts;
    const fail = create("button", { type: "button", textContent: "Have the supplier fail" });
    fail.addEventListener("click", parts.breakSupplier);
    this.#empty = create(
      "div",
      { className: "empty" },
      create("p", {
        className: "muted",
        textContent:
          "No breaker has changed its state yet. Have the supplier fail, then refresh the inventory: after three failures in a row its breaker opens, and the shop goes on with what it remembers.",
      }),
      fail,
    );
    this.#list.setAttribute("aria-label", "Circuit breakers");
    this.#changes.setAttribute("aria-label", "Last changes");
    this.element.append(this.#empty, this.#list, this.#changes);
  }

  /** @param nowMs - in milliseconds since the epoch */
  draw(book: BreakerBook, nowMs: number): void {
    const { breakers, changes } = book;
    this.#empty.hidden = changes.length > 0;
    const left = new Set(this.#rows.keys());
    for (const breaker of breakers) {
      const key = `${breaker.tabId ?? ""} ${breaker.name}`;
      left.delete(key);
      let row = this.#rows.get(key);
      if (!row) {
        row = new BreakerRow(breaker, this.#parts);
        this.#rows.set(key, row);
        this.#list.append(row.element);
      }
      row.draw(breaker, book.callsOf(breaker), nowMs);
    }
    for (const key of left) {
      this.#rows.get(key)?.element.remove();
      this.#rows.delete(key);
    }
    if (changes === this.#drawnChanges) return;
    this.#drawnChanges = changes;
    this.#changes.replaceChildren(...changes.map(describeChange));
  }
}

/** One breaker. */
class BreakerRow {
  readonly element: HTMLElement;
  readonly #parts: BreakerPanelParts;
  readonly #state = create("output");
  readonly #when = create("span", { className: "muted" });
  readonly #orders: HTMLButtonElement[] = [];
  readonly #absent = create("span", {
    className: "muted",
    textContent: "Its microfrontend is not mounted.",
  });
  #drawn: BreakerEntry | undefined;

  constructor({ name, tabId }: BreakerEntry, parts: BreakerPanelParts) {
    this.#parts = parts;
    const title = create("strong", { textContent: name });
    const actions = create("span", { className: "actions" });
    this.element = create("li", {}, title, this.#state, this.#when, actions);
    this.#state.setAttribute("aria-label", `State of ${name}`);
    if (tabId !== undefined) {
      const tab = create("span", { className: "chip mono", textContent: `tab ${tabName(tabId)}` });
      title.append(" ", tab);
      return;
    }
    actions.append(
      this.#createOrder(name, "isolate", "Force open"),
      this.#createOrder(name, "reset", "Close"),
      this.#absent,
    );
  }

  draw(breaker: BreakerEntry, calls: BreakerCalls | undefined, nowMs: number): void {
    const { name, tabId } = breaker;
    // A change is read out, also one to the same.
    if (this.#drawn?.state !== breaker.state)
      this.#state.replaceChildren(circuitChip(breaker.state));
    this.#drawn = breaker;
    const last = calls ? ` ${calls.failed} of the last ${calls.calls} calls failed.` : "";
    this.#when.textContent = `${describeWhen(breaker, nowMs)}${last}`;
    const isThere = tabId !== undefined || this.#parts.takesOrders(name);
    this.#absent.hidden = isThere;
    for (const button of this.#orders) button.hidden = !isThere;
  }

  #createOrder(name: string, order: BreakerOrder, text: string): HTMLElement {
    const button = create("button", { type: "button", textContent: text });
    button.setAttribute("aria-label", `${text}: ${name}`);
    button.addEventListener("click", () => this.#parts.order(name, order));
    this.#orders.push(button);
    return button;
  }
}

function describeWhen({ state, since, openedAt, retryAt }: BreakerEntry, nowMs: number): string {
  const opened = openedAt === undefined ? "" : `Opened at ${clockTime(openedAt)}. `;
  if (state === "HALF_OPEN") return `${opened}One call is trying.`;
  if (state !== "OPEN") return `Since ${clockTime(since)}.`;
  if (retryAt === undefined) return `${opened}No call is let in.`;
  const seconds = Math.ceil((retryAt - nowMs) / 1_000);
  return `${opened}${seconds > 0 ? `A call may try in ${seconds} s.` : "The next call may try."}`;
}

function describeChange({ ts, name, tabId, from, to, reason }: BreakerChange): HTMLElement {
  const why = reason === undefined ? "" : `, ${REASONS[reason]}`;
  const where = tabId === undefined ? "" : ` in tab ${tabName(tabId)}`;
  return create(
    "li",
    {},
    create("span", { className: "mono muted", textContent: clockTime(ts) }),
    ` ${name}${where}: ${circuitWord(from)} → ${circuitWord(to)}${why}`,
  );
}
