import type { Page } from "@pubsub-mfe/core/locks";
import type { TabState } from "./roster-wire.js";

/** Follows the state of this page. */
export class PageState {
  readonly #page: Page;
  #frozen = false;
  #cached = false;
  #gone = false;

  constructor(page: Page) {
    this.#page = page;
  }

  get current(): TabState | "gone" {
    if (this.#gone) return "gone";
    if (this.#cached) return "cached";
    if (this.#frozen) return "asleep";
    return this.#page.isVisible() ? "visible" : "hidden";
  }

  /** Whether it hears what others say. */
  get isAwake(): boolean {
    return !(this.#gone || this.#cached || this.#frozen);
  }

  /** Calls the listener after each change, in the task of the event. @returns ends it */
  follow(onChange: (was: TabState | "gone") => void): () => void {
    let last = this.current;
    const look = () => {
      const was = last;
      last = this.current;
      if (was !== last) onChange(was);
    };
    const page = this.#page;
    const stops = [
      page.on("visibilitychange", look),
      page.on("freeze", () => {
        this.#frozen = true;
        look();
      }),
      page.on("resume", () => {
        this.#frozen = false;
        look();
      }),
      page.on("pagehide", (event) => {
        if ("persisted" in event && event.persisted) this.#cached = true;
        else this.#gone = true;
        look();
      }),
      page.on("pageshow", () => {
        this.#frozen = false;
        this.#cached = false;
        this.#gone = false;
        look();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }
}
