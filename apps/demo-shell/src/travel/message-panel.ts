import type { Message } from "@pubsub-mfe/core";
import { clockTime } from "../clock-time.js";
import { create } from "../dom.js";
import type { Past } from "./past.js";
import { addressOf } from "./travel.js";

/** Shows the message that the past is viewed at, and leads to others that changed something. */
export class MessagePanel {
  readonly element: HTMLElement;
  readonly #content = create("div", { className: "message" });
  readonly #previous = create("a", { textContent: "‹ Previous change" });
  readonly #next = create("a", { textContent: "Next change ›" });

  constructor() {
    const links = create("nav", { className: "actions" }, this.#previous, this.#next);
    links.setAttribute("aria-label", "Messages that changed something");
    this.element = create(
      "section",
      { className: "panel" },
      create("h3", { textContent: "Message" }),
      this.#content,
      links,
    );
  }

  /** @param message - `undefined`: the present is shown */
  draw(message: Message | undefined, position: number, past: Past): void {
    this.#content.replaceChildren(...(message ? describe(message) : [hint()]));
    lead(this.#previous, past.findChange(message ? position : position + 1, -1), position);
    lead(this.#next, past.findChange(position, 1), position);
  }
}

/** A link that leads nowhere keeps its place, and the focus. */
function lead(link: HTMLAnchorElement, to: number | undefined, position: number): void {
  link.href = addressOf(to ?? position);
  link.setAttribute("aria-disabled", String(to === undefined));
}

function hint(): HTMLElement {
  return create("p", {
    className: "muted",
    textContent:
      "This is the present. Drag the bar at the bottom of the page, or step back, to see what was true after an earlier message.",
  });
}

function describe({ topic, ts, id, payload, meta }: Message): HTMLElement[] {
  const source = create("dd", { textContent: meta?.source ?? "–" });
  source.dataset.source = meta?.source ?? "";
  return [
    create("p", { className: "mono topic", textContent: topic }),
    create(
      "dl",
      {},
      create("dt", { textContent: "time" }),
      create("dd", { textContent: clockTime(ts) }),
      create("dt", { textContent: "source" }),
      source,
      create("dt", { textContent: "id" }),
      create("dd", { textContent: id }),
    ),
    create("pre", { textContent: JSON.stringify(payload, null, 2) ?? "undefined" }),
  ];
}
