import type { Message, PubSubBus } from "@pubsub-mfe/core";
import { clockTime } from "../../src/clock-time.js";
import type { Host } from "../../src/contract.js";
import { create } from "../../src/dom.js";
import { onceAFrame } from "../../src/once-a-frame.js";
import { pastThenLive } from "../past-then-live.js";

/** How many of the messages are listed, the newest. */
const LISTED = 100;
/** Older ones are dropped together: to drop each by itself would move all others each time. */
const CHUNK = 100;

/** Counts all messages: those from before it was there, and those since, none of them twice. */
export class Heard {
  readonly element: HTMLElement;
  readonly #past = create("dd");
  readonly #live = create("dd");
  readonly #all = create("dd");
  readonly #list = create("ol");
  readonly #details = create(
    "details",
    {},
    create("summary", { textContent: "What was heard last" }),
    this.#list,
  );
  readonly #drawSoon = onceAFrame(() => this.#draw());
  #pastCount = 0;
  #liveCount = 0;
  #newest: { readonly message: Message; readonly isLive: boolean }[] = [];

  constructor() {
    const figures = create("dl", { className: "dashboard-figures" });
    for (const [title, value] of [
      ["Messages heard", this.#all],
      ["From before", this.#past],
      ["Live", this.#live],
    ] as const) {
      figures.append(create("div", {}, create("dt", { textContent: title }), value));
    }
    this.#list.setAttribute("aria-label", "What was heard last");
    // What scrolls is reached by the keyboard.
    this.#list.tabIndex = 0;
    this.#details.addEventListener("toggle", this.#drawSoon);
    this.element = create("div", { className: "heard" }, figures, this.#details);
    this.#draw();
  }

  /** Hears of everything, from the beginning of the log on. */
  listen(bus: PubSubBus, history: Host["history"]): Promise<void> {
    return pastThenLive(bus, history, "#", (message, isLive) => {
      if (isLive) this.#liveCount += 1;
      else this.#pastCount += 1;
      this.#newest.push({ message, isLive });
      if (this.#newest.length >= LISTED + CHUNK) this.#newest = this.#newest.slice(CHUNK);
      this.#drawSoon();
    });
  }

  #draw(): void {
    this.#all.textContent = String(this.#pastCount + this.#liveCount);
    this.#past.textContent = String(this.#pastCount);
    this.#live.textContent = String(this.#liveCount);
    if (!this.#details.open) return;
    this.#list.replaceChildren(
      ...this.#newest.slice(-LISTED).map(({ message: { id, ts, topic }, isLive }) => {
        const item = create(
          "li",
          { className: "mono" },
          create("span", { className: "muted", textContent: clockTime(ts) }),
          create("span", { textContent: isLive ? "● live" : "◌ before" }),
          create("span", { textContent: topic }),
        );
        item.dataset.id = id;
        return item;
      }),
    );
  }
}
