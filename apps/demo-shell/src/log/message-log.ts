import type { Message } from "@pubsub-mfe/core";
import { clockTime } from "../clock-time.js";
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
  /** Whether the newest message is to be in sight. */
  #follows = true;

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
    this.#scroller.addEventListener("scroll", () => {
      const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
      this.#follows = scrollTop + clientHeight >= scrollHeight - 4;
    });
    // Also when it is shown again.
    new ResizeObserver(() => this.#follow()).observe(this.#scroller);
    this.#showCount();
  }

  add(message: Message): void {
    const row = this.#createRow(message, message.meta?._crossTab ? "other tab" : "this tab");
    if (row) this.#append(row);
  }

  /** Messages from before this page, oldest first. */
  addPast(messages: readonly Message[]): void {
    const rows = messages.map((message) => this.#createRow(message, "history"));
    this.#rows.prepend(...rows.filter((row) => row !== undefined));
    this.#follow();
    this.#showCount();
  }

  addFailure(topic: string, error: Error): void {
    this.#addProblem("handler", topic, error.message);
  }

  /** Messages of another tab are missing, where others of it would be in their place. */
  addGap(count: number): void {
    this.#addProblem("gap", `${count} missing`, "other tab");
  }

  #addProblem(kind: string, topic: string, text: string): void {
    const row = create("tr", { className: "failed" });
    row.append(
      create("td", { className: "mono", textContent: clockTime(Date.now()) }),
      create("td", { textContent: `✕ ${kind}` }),
      create("td", { className: "mono topic", textContent: topic }),
      create("td", { textContent: text }),
    );
    this.#append(row);
  }

  #append(row: HTMLTableRowElement): void {
    this.#rows.append(row);
    if (this.#rows.childElementCount > MAX_ROWS) this.#rows.firstElementChild?.remove();
    this.#follow();
    this.#showCount();
  }

  #follow(): void {
    if (this.#follows) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #createRow(message: Message, way: string): HTMLTableRowElement | undefined {
    if (this.#seen.has(message.id)) return undefined;
    this.#seen.add(message.id);
    const open = create("button", {
      type: "button",
      className: "mono link",
      textContent: message.topic,
      title: message.topic,
    });
    const source = message.meta?.source ?? "–";
    const from = create("td", { className: "from", textContent: source, title: source });
    from.dataset.source = source;
    const row = create(
      "tr",
      {},
      create("td", { className: "mono muted", textContent: clockTime(message.ts) }),
      from,
      create("td", { className: "topic" }, open),
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
