import { create } from "../dom.js";
import { type Entry, hasFailed } from "../traffic/entry.js";

/** In milliseconds: who listens to a screen reader has other things to hear as well. */
const EVERY_MS = 5_000;

/** Tells those who do not see the list what has come, at most once in 5 s. */
export class Announcer {
  readonly element = create("div", { className: "visually-hidden" });
  #entries: Entry[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.element.role = "status";
  }

  add(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) this.#entries.push(entry);
    this.#timer ??= setTimeout(() => this.#speak(), EVERY_MS);
  }

  #speak(): void {
    const failed = this.#entries.filter(hasFailed).length;
    const count = this.#entries.length;
    this.element.textContent = `${count} new ${count === 1 ? "message" : "messages"}${failed > 0 ? `, ${failed} failed` : ""}`;
    this.#entries = [];
    this.#timer = undefined;
  }
}
