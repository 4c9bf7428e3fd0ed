import { create } from "../dom.js";
import { drawWhenSeen } from "../room/draw-when-seen.js";
import { FactTable } from "./fact-table.js";
import type { LoggedMessages } from "./logged-messages.js";
import { MessagePanel } from "./message-panel.js";
import { count } from "./moment-words.js";
import type { Past } from "./past.js";
import type { Travel } from "./travel.js";

/** Shows what was true after the message that is viewed, or what is true now, and what the message changed. */
export function showTravel(
  element: HTMLElement,
  travel: Travel,
  messages: LoggedMessages,
  past: Past,
): void {
  const summary = create("span", { className: "muted" });
  const problem = create("output", { className: "bad" });
  const source = create("p", { className: "muted" });
  const message = new MessagePanel();
  const tables = past.at(undefined).map(({ model }) => new FactTable(model.title, model.whenEmpty));
  element.append(
    create("header", {}, create("h2", { textContent: "Time travel" }), summary, problem),
    create(
      "div",
      { className: "panels" },
      source,
      message.element,
      create("div", { className: "states" }, ...tables.map((table) => table.element)),
    ),
  );

  // The streams are never collected: nobody who does not look at them pays for that.
  let isOpen = false;
  const draw = (): void => {
    const { at = messages.count } = travel;
    const isPast = travel.at !== undefined;
    summary.textContent = isPast
      ? `After message ${at} of ${messages.count}`
      : `Now, after ${count(at, "message")}`;
    problem.textContent = travel.problem;
    source.textContent =
      messages.source === "log"
        ? ""
        : "There is no durable log in this browser: this is what this page has seen since it was opened.";
    source.hidden = messages.source === "log";
    if (!isOpen) void past.openStreams();
    isOpen = true;
    message.draw(isPast ? messages.at(at) : undefined, at, past);
    const now = past.at(travel.at);
    // Only a message of the past is looked at by what it changed.
    const before = isPast ? past.at(at - 1) : now;
    for (const [index, table] of tables.entries()) {
      table.draw(before[index]?.facts ?? new Map(), now[index]?.facts ?? new Map());
    }
  };
  const drawSoon = drawWhenSeen(element, draw);
  travel.onChange(drawSoon);
  past.onChange = drawSoon;
  drawSoon();
}
