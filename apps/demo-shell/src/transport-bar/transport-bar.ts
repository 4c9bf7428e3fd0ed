import type { Message } from "@pubsub-mfe/core";
import { clockTime } from "../clock-time.js";
import { create } from "../dom.js";
import { onceAFrame } from "../once-a-frame.js";
import { hasFailed } from "../traffic/entry.js";
import { tellsOfFailure } from "../traffic/failure-topics.js";
import type { Traffic } from "../traffic/traffic.js";
import type { LoggedMessages } from "../travel/logged-messages.js";
import { count, toTheSecond } from "../travel/moment-words.js";
import type { Travel } from "../travel/travel.js";
import { Density } from "./density.js";
import { Histogram } from "./histogram.js";

/** So many messages, the newest, are looked at for handlers that fail later. */
const WATCHED = 200;

/** So many places of failures, the newest, are named in words. */
const NAMED = 5;

/** The bar by which a visitor goes through the log: buttons, how dense it is, a range over its positions. */
export class TransportBar {
  /** Returns to the present. */
  readonly live = create("button", { type: "button", className: "live" });
  readonly #back = create("button", { type: "button", textContent: "‹" });
  readonly #forward = create("button", { type: "button", textContent: "›" });
  readonly #range = create("input", { type: "range", min: "1" });
  readonly #place = create("span");
  readonly #time = create("span");
  readonly #source = create("span", { className: "muted" });
  readonly #histogram = new Histogram();
  readonly #density = new Density();
  readonly #failed = new WeakSet<Message>();
  readonly #messages: LoggedMessages;
  readonly #travel: Travel;
  readonly #traffic: Traffic;
  readonly #draw = onceAFrame(() => this.#drawNow());

  constructor(element: HTMLElement, messages: LoggedMessages, travel: Travel, traffic: Traffic) {
    this.#messages = messages;
    this.#travel = travel;
    this.#traffic = traffic;
    this.#back.setAttribute("aria-label", "Step back");
    this.#forward.setAttribute("aria-label", "Step forward");
    this.#range.setAttribute("aria-label", "Position in the log");
    Object.assign(this.live.dataset, { key: "l", keyName: "Return to live" });
    this.#back.dataset.key = ",";
    this.#forward.dataset.key = ".";
    const dot = create("span", { className: "dot", textContent: " · " });
    element.append(
      create("div", { className: "steps" }, this.live, this.#back, this.#forward),
      create("div", { className: "track" }, this.#histogram.element, this.#range),
      create("p", { className: "mono where" }, this.#place, dot, this.#time, " ", this.#source),
    );
    this.live.addEventListener("click", () => travel.goLive());
    this.#back.addEventListener("click", () => travel.step(-1));
    this.#forward.addEventListener("click", () => travel.step(1));
    this.#range.addEventListener("input", () => travel.goTo(this.#range.valueAsNumber));

    messages.onMessage((message) => {
      const failed = tellsOfFailure(message.topic);
      if (failed) this.#failed.add(message);
      this.#density.append(message.ts, failed);
      this.#density.dropBefore(messages.gone);
    });
    travel.onChange(this.#draw);
    traffic.onChange(this.#draw);
    void messages.isRead.then(this.#draw);
    this.#drawNow();
  }

  #drawNow(): void {
    this.#findFailures();
    const { count: end, gone } = this.#messages;
    const { at } = this.#travel;
    const position = at ?? end;
    const message = this.#messages.at(position);
    show(this.live, at === undefined ? "● Live" : "○ Live");
    this.live.classList.toggle("primary", at === undefined);
    this.live.setAttribute("aria-pressed", String(at === undefined));
    this.#back.setAttribute("aria-disabled", String(!this.#travel.canStep(-1)));
    this.#forward.setAttribute("aria-disabled", String(!this.#travel.canStep(1)));
    this.#range.disabled = end === 0;
    this.#range.max = String(Math.max(1, end));
    this.#range.value = String(Math.max(1, position));
    this.#range.setAttribute(
      "aria-valuetext",
      message
        ? `Message ${position} of ${end}, ${toTheSecond(message)}, ${message.topic}`
        : "No message yet",
    );
    show(this.#place, `${position} / ${end}`);
    show(this.#time, message ? clockTime(message.ts) : "no message yet");
    show(this.#source, this.#messages.source === "page" ? "no log: this page only" : "");
    this.#histogram.draw(this.#density, gone, at);
    this.#histogram.element.setAttribute("aria-label", this.#describe());
  }

  /** A handler can fail after its message was stored; this page knows of its own handlers only. */
  #findFailures(): void {
    const { count: end, gone } = this.#messages;
    for (let position = Math.max(1, end - WATCHED + 1); position <= end; position++) {
      const message = this.#messages.at(position);
      if (!message || this.#failed.has(message)) continue;
      const entry = this.#traffic.find(message.id);
      if (!entry || !hasFailed(entry)) continue;
      this.#failed.add(message);
      this.#density.fail(gone + position - 1);
    }
  }

  #describe(): string {
    const { failures, bars, size, dropped } = this.#density;
    const { source, count: end, gone } = this.#messages;
    const all = `${source === "log" ? "The log" : "This page"} has ${count(end, "message")}`;
    if (failures === 0) return `${all}, none of a failure.`;
    const places = bars.flatMap((bar, index) =>
      bar.failures > 0 ? [Math.max(1, dropped + index * size + bar.count - gone)] : [],
    );
    return `${all}, ${failures} of them of failures: the last by message ${places.slice(-NAMED).join(", ")}.`;
  }
}

/** What is the same already is not touched. */
function show(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
