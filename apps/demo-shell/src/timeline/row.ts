import { clockTime } from "../clock-time.js";
import { create } from "../dom.js";
import { type Entry, hasFailed, type MessageEntry, timeOf, type Way } from "../traffic/entry.js";
import { tellsOfFailure } from "../traffic/failure-topics.js";
import { tellDuration } from "./duration.js";

/** For lists too narrow for the words. */
const WAY_GLYPHS: Readonly<Record<Way, string>> = {
  "this tab": "·",
  "other tab": "⇄",
  history: "◷",
  peer: "⇢",
};

/** One row of the list. It is used for one entry after another, so it writes only what differs. */
export class Row {
  readonly element = create("div", { className: "row", tabIndex: -1 });
  readonly #time = cell("mono muted time");
  readonly #from = cell("from");
  readonly #mark = create("span", { className: "bad" });
  readonly #topic = create("button", {
    type: "button",
    className: "mono link topic-name",
    tabIndex: -1,
  });
  readonly #note = create("span");
  readonly #to = cell("to");
  readonly #took = cell("mono muted took");
  readonly #glyph = create("span");
  readonly #way = create("span", { className: "word" });
  #entry: Entry | undefined;
  #receivers = "";

  constructor() {
    this.element.setAttribute("role", "row");
    this.#glyph.setAttribute("aria-hidden", "true");
    const topic = cell("topic");
    topic.append(this.#mark, this.#topic, this.#note);
    const way = cell("muted way");
    way.append(this.#glyph, this.#way);
    this.element.append(this.#time, this.#from, topic, this.#to, this.#took, way);
  }

  get entry(): Entry | undefined {
    return this.#entry;
  }

  draw(entry: Entry, isSelected: boolean): void {
    if (entry !== this.#entry) this.#begin(entry);
    const tells = entry.kind === "message" && tellsOfFailure(entry.message.topic);
    const failed = tells || hasFailed(entry);
    this.element.classList.toggle("failed", failed);
    setText(this.#mark, failed && entry.kind === "message" ? "✕ " : "");
    if (failed) this.#mark.title = tells ? "It tells of a failure" : "A handler failed";
    if (this.element.ariaSelected !== String(isSelected)) {
      this.element.ariaSelected = String(isSelected);
    }
    if (entry.kind === "message") this.#drawReceipts(entry);
  }

  #begin(entry: Entry): void {
    this.#entry = entry;
    setText(this.#time, clockTime(timeOf(entry)));
    const isMessage = entry.kind === "message";
    const source = isMessage ? (entry.message.meta?.source ?? "–") : `✕ ${entry.title}`;
    setText(this.#from, source);
    this.#from.title = source;
    if (isMessage) this.#from.dataset.source = source;
    else delete this.#from.dataset.source;
    setText(this.#topic, isMessage ? entry.message.topic : "");
    this.#topic.title = isMessage ? entry.message.topic : "";
    this.#topic.hidden = !isMessage;
    setText(this.#note, isMessage ? "" : entry.text);
    const way = isMessage ? entry.way : "other tab";
    setText(this.#glyph, WAY_GLYPHS[way]);
    setText(this.#way, way);
    this.#glyph.title = way;
    this.#receivers = "";
    this.#to.replaceChildren();
    setText(this.#took, "");
  }

  #drawReceipts({ receipts }: MessageEntry): void {
    const copies = new Set<string>();
    let longest = -1;
    for (const { copy, pattern, outcome, durationMs } of receipts) {
      if (outcome === "filtered" || outcome === "unsubscribed") continue;
      // The control room hears everything: that says nothing of a message.
      if (copy === "shell" && pattern === "#") continue;
      copies.add(copy);
      longest = Math.max(longest, durationMs);
    }
    setText(this.#took, longest < 0 ? "" : tellDuration(longest));
    const receivers = [...copies].join(", ");
    if (receivers === this.#receivers) return;
    this.#receivers = receivers;
    this.#to.title = receivers;
    this.#to.replaceChildren(...[...copies].map(receiver));
  }
}

/** A glyph, and its name for those who do not see it. */
function receiver(copy: string): HTMLElement {
  const name = create("span", { className: "visually-hidden", textContent: `${copy} ` });
  const mark = create("span", {}, name);
  mark.dataset.source = copy;
  return mark;
}

function cell(className: string): HTMLElement {
  const element = create("div", { className });
  element.setAttribute("role", "gridcell");
  return element;
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
