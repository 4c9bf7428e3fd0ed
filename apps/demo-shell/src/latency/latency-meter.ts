import type { Traffic } from "../traffic/traffic.js";
import { Samples } from "./samples.js";

/** What is measured: from publish to handler in this page, and from another tab's publish to here. */
export type Route = "page" | "tabs";

/** How many durations the percentiles are of, at most. */
const KEPT = 5_000;

/** How many seconds are kept. */
const SECONDS = 60;

/** One second, of each route. */
export interface Second {
  /** In seconds since the epoch. */
  readonly at: number;
  readonly messages: number;
  readonly samples: Readonly<Record<Route, Samples>>;
}

/** Measures how long messages take to their handlers. */
export class LatencyMeter {
  readonly samples: Readonly<Record<Route, Samples>> = {
    page: new Samples(KEPT),
    tabs: new Samples(KEPT),
  };
  #seconds: Second[] = [];
  /** The messages whose first handler was called; of tabs only that counts. */
  readonly #seen = new WeakSet<object>();

  constructor(traffic: Traffic) {
    traffic.onDelivered((entry, { waitedMs }) => {
      const second = this.#current();
      const isFirst = !this.#seen.has(entry);
      if (isFirst) {
        this.#seen.add(entry);
        this.#seconds[this.#seconds.length - 1] = { ...second, messages: second.messages + 1 };
      }
      if (entry.way === "this tab") this.#add(second, "page", waitedMs);
      // By the clock that the tabs share, which counts in milliseconds.
      else if (entry.way === "other tab" && isFirst) {
        this.#add(second, "tabs", Math.max(0, Date.now() - entry.message.ts));
      }
    });
  }

  /** The last minute, oldest first; also the seconds in which nothing came. */
  seconds(): readonly Second[] {
    this.#current();
    return this.#seconds;
  }

  #add(second: Second, route: Route, ms: number): void {
    this.samples[route].add(ms);
    second.samples[route].add(ms);
  }

  #current(): Second {
    const now = Math.floor(Date.now() / 1_000);
    let last = this.#seconds.at(-1);
    // After a sleep there is no use in more than a minute of nothing.
    let at = Math.max((last?.at ?? now - 1) + 1, now - SECONDS + 1);
    for (; at <= now; at += 1) {
      this.#seconds.push({
        at,
        messages: 0,
        samples: { page: new Samples(200), tabs: new Samples(200) },
      });
    }
    if (this.#seconds.length > SECONDS) this.#seconds = this.#seconds.slice(-SECONDS);
    last = this.#seconds.at(-1);
    return last as Second;
  }
}
