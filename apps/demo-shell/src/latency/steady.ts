import type { PubSubBus } from "@pubsub-mfe/core";

/** How many messages a second. */
export const STEADY_RATE = 500;

/** How often some of them are published, in milliseconds. */
const PERIOD_MS = 20;

/** Publishes messages on and on, in this page alone. */
export class Steady {
  readonly #bus: PubSubBus;
  #timer: ReturnType<typeof setInterval> | undefined;
  #n = 0;

  constructor(bus: PubSubBus) {
    this.#bus = bus;
  }

  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  toggle(): void {
    if (this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    // Timers are late: what is due by the clock is published, and not so many a period.
    const startMs = performance.now();
    const startN = this.#n;
    this.#timer = setInterval(() => {
      const due = startN + Math.floor(((performance.now() - startMs) * STEADY_RATE) / 1_000);
      for (; this.#n < due; this.#n += 1) {
        this.#bus.publish("telemetry.steady", { n: this.#n }, { source: "shell", scope: "page" });
      }
    }, PERIOD_MS);
  }
}
