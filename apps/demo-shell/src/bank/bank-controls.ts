import { create } from "../dom.js";
import { drawWhenSeen } from "../room/draw-when-seen.js";
import type { BankEntry } from "./bank-books.js";
import { BANK_FAULTS, type BankFault } from "./bank-faults.js";
import type { BankStub } from "./bank-stub.js";

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

const STATES: Readonly<Record<BankEntry["state"], string>> = {
  asked: "◐ asked",
  charged: "✓ charged",
  refunded: "↶ refunded",
  declined: "✕ declined",
  void: "⊘ void",
};

/** Has the bank decline, and take its time; shows its books. */
export class BankControls {
  readonly element: HTMLElement = create("div", { className: "faults bank" });
  readonly #bank: BankStub;
  readonly #choice = create("select");
  readonly #rows = create("tbody");
  readonly #note = create("p", { className: "muted" });

  constructor(bank: BankStub) {
    this.#bank = bank;
    this.#choice.setAttribute("aria-label", "How the bank answers");
    for (const [value, textContent] of Object.entries(BANK_FAULTS)) {
      this.#choice.append(create("option", { value, textContent }));
    }
    this.#choice.addEventListener("change", () => {
      bank.fault = this.#choice.value as BankFault;
    });
    const head = create("tr");
    for (const title of ["Since", "Key", "Amount", "State", "Asked"]) {
      head.append(create("th", { textContent: title, scope: "col" }));
    }
    const table = create("table", {}, create("thead", {}, head), this.#rows);
    table.setAttribute("aria-label", "Ledger of the bank");
    const scroller = create("div", { className: "scroller", tabIndex: 0 }, table);
    scroller.setAttribute("role", "group");
    scroller.setAttribute("aria-label", "Ledger");
    this.element.append(
      create("p", {
        className: "muted",
        textContent: "One bank for all tabs. It charges once per key, however often it is asked.",
      }),
      create("label", {}, create("span", { textContent: "Answer" }), this.#choice),
      scroller,
      this.#note,
    );
    const draw = drawWhenSeen(this.element, () => void this.#draw());
    bank.onChange(draw);
    draw();
  }

  async #draw(): Promise<void> {
    this.#choice.value = this.#bank.fault;
    try {
      const entries = await this.#bank.ledger();
      this.#rows.replaceChildren(...entries.map(createRow));
      this.#note.textContent =
        entries.length === 0 ? "Nobody has paid yet. Fill the cart, and press Pay." : "";
    } catch (error) {
      this.#note.textContent = `Its books cannot be opened: nobody can pay here. ${error}`;
    }
  }
}

function createRow({ since, key, cents, state, requests }: BankEntry): HTMLElement {
  const cells = [
    new Date(since).toLocaleTimeString("en-GB"),
    key,
    state === "void" ? "–" : euros.format(cents / 100),
    STATES[state],
    `${requests} ${requests === 1 ? "time" : "times"}`,
  ];
  const row = create("tr");
  for (const textContent of cells) row.append(create("td", { className: "mono", textContent }));
  return row;
}
