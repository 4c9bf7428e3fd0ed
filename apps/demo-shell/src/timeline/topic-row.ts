import { create } from "../dom.js";

/** What is shown of a topic. */
export interface TopicFacts {
  readonly count: number;
  /** Messages a second. */
  readonly rate: number;
  readonly sources: readonly string[];
  readonly listeners: readonly string[];
  /** It is published, and nobody listens but who listens to everything. */
  readonly isUnheard: boolean;
}

/** A topic in the tree, and what is below it. */
export class TopicRow {
  readonly element = create("li");
  /** Of what is below it. */
  readonly list = create("ul");
  readonly #line = create("div", { className: "topic-line" });
  readonly #count = create("span", { className: "mono muted" });
  readonly #rate = create("span", { className: "mono muted" });
  readonly #who = create("div", { className: "topic-who muted" });
  readonly #branch = create("details");
  #whoText = "";

  constructor(
    name: string,
    { isOpen, onOpen, onChoose }: { isOpen: boolean; onOpen(): void; onChoose(): void },
  ) {
    const choose = create("button", {
      type: "button",
      className: "mono link",
      textContent: name,
      title: "Filter by this topic",
    });
    choose.addEventListener("click", onChoose);
    this.#line.append(choose, create("span", { className: "gap" }), this.#rate, this.#count);
    this.#branch.open = isOpen;
    this.#branch.append(create("summary", { ariaLabel: `Below ${name}` }), this.list);
    this.#branch.addEventListener("toggle", onOpen);
    this.element.append(this.#line, this.#who);
  }

  /** What is below it, when there is something. */
  branch(isNeeded: boolean): HTMLDetailsElement | undefined {
    if (!isNeeded) return undefined;
    if (!this.#branch.isConnected) this.element.append(this.#branch);
    return this.#branch;
  }

  draw({ count, rate, sources, listeners, isUnheard }: TopicFacts): void {
    setText(this.#count, String(count));
    setText(this.#rate, rate > 0 ? `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s` : "");
    const text = JSON.stringify([sources, listeners, isUnheard]);
    if (text === this.#whoText) return;
    this.#whoText = text;
    this.#who.replaceChildren(
      ...sources.map(named),
      ...(listeners.length > 0 ? ["→ ", ...listeners.map(named)] : []),
      ...(isUnheard
        ? [create("span", { className: "unheard", textContent: "▲ nobody listens but to all" })]
        : []),
    );
    this.#who.hidden = sources.length + listeners.length === 0 && !isUnheard;
    const words = [`published by ${sources.join(", ") || "nobody named"}`];
    words.push(`heard by ${listeners.join(", ") || "nobody"}`);
    this.#who.title = words.join(", ");
  }
}

function named(name: string): HTMLElement {
  const element = create(
    "span",
    {},
    create("span", { className: "visually-hidden", textContent: `${name} ` }),
  );
  element.dataset.source = name;
  return element;
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
