import type { Message } from "@pubsub-mfe/core";
import { create } from "../dom.js";
import { showDetail } from "./detail.js";

/** Older rows go; the history keeps the messages. */
const MAX_ROWS = 200;

/** Shows each message as it comes, newest at the bottom; a click opens it. */
export class MessageLog {
  readonly #rows = create("tbody");
  readonly #scroller: HTMLElement;
  readonly #detail = create("aside", { className: "detail" });
  readonly #count = create("span", { className: "muted" });
  readonly #seen = new Set<string>();

  constructor(element: HTMLElement) {
    const head = create("tr");
    for (const title of ["Time", "From", "Topic", "Way"]) {
      const cell = create("th", { textContent: title, scope: "col" });
      head.append(cell);
    }
    const table = create("table", {}, create("thead", {}, head), this.#rows);
    table.setAttribute("aria-label", "Messages");
    this.#scroller = create("div", { className: "scroller", tabIndex: 0 }, table);
    this.#scroller.setAttribute("role", "region");
    this.#scroller.setAttribute("aria-label", "Messages");
    this.#detail.setAttribute("aria-label", "Selected message");
    this.#detail.append(
      create("p", {
        className: "muted",
        textContent: "Add something to the cart, then select its message here.",
      }),
    );
    element.append(
      create("header", {}, create("h2", { textContent: "Message log" }), this.#count),
      this.#scroller,
      this.#detail,
    );
    this.#showCount();
  }

  add(message: Message): void {
    const row = this.#createRow(message, message.meta?._crossTab ? "other tab" : "this tab");
    if (!row) return;
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    const follows = scrollTop + clientHeight >= scrollHeight - 4;
    this.#rows.append(row);
    if (this.#rows.childElementCount > MAX_ROWS) this.#rows.firstElementChild?.remove();
    if (follows) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#showCount();
  }

  /** Messages from before this page, oldest first. */
  addPast(messages: readonly Message[]): void {
    const rows = messages.map((message) => this.#createRow(message, "history"));
    this.#rows.prepend(...rows.filter((row) => row !== undefined));
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#showCount();
  }

  addFailure(topic: string, error: Error): void {
    const row = create("tr", { className: "failed" });
    row.append(
      create("td", { className: "mono", textContent: clockTime(Date.now()) }),
      create("td", { textContent: "✕ handler" }),
      create("td", { className: "mono", textContent: topic }),
      create("td", { textContent: error.message }),
    );
    this.#rows.append(row);
  }

  #createRow(message: Message, way: string): HTMLTableRowElement | undefined {
    if (this.#seen.has(message.id)) return undefined;
    this.#seen.add(message.id);
    const open = create("button", {
      type: "button",
      className: "mono link",
      textContent: message.topic,
    });
    const source = message.meta?.source ?? "–";
    const from = create("td", { textContent: source });
    from.dataset.source = source;
    const row = create(
      "tr",
      {},
      create("td", { className: "mono muted", textContent: clockTime(message.ts) }),
      from,
      create("td", {}, open),
      create("td", { className: "muted", textContent: way }),
    );
    open.addEventListener("click", () => {
      this.#rows.querySelector("[aria-current]")?.removeAttribute("aria-current");
      row.setAttribute("aria-current", "true");
      showDetail(this.#detail, message, way);
    });
    return row;
  }

  #showCount(): void {
    const { childElementCount } = this.#rows;
    this.#count.textContent =
      childElementCount === 0 ? "No message yet" : `${childElementCount} shown`;
  }
}

function clockTime(ts: number): string {
  return new Date(ts).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
  });
}
