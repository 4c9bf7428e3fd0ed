import type { Message, PubSubBus } from "@pubsub-mfe/core";

/** How many messages a tab sends when another one asks. */
export const TRIAL_SIZE = 10;

/** Payload of `trial.message`. */
interface TrialMessage {
  /** Counts from 1. */
  readonly n: number;
  /** The id of the message that asked. */
  readonly asked: string;
}

/** Numbered messages, by which one sees whether all arrive, and in which order. */
export class Trials {
  readonly #bus: PubSubBus;
  /** By tab: what it answered last, and with which numbers, in the order in which they came. */
  readonly #arrived = new Map<string, { asked: string; numbers: number[] }>();

  constructor(bus: PubSubBus) {
    this.#bus = bus;
    bus.subscribe("trial.wanted", (message) => {
      if (message.meta?._crossTab) void this.#answer(message.id);
    });
    bus.subscribe("trial.message", (message) => this.#take(message));
  }

  /** Has every other tab send some. */
  ask(): void {
    this.#bus.publish("trial.wanted", { count: TRIAL_SIZE }, { source: "shell" });
  }

  /** What has come of a tab, such as `"1–4, 6–10"`; `""` before it was asked. */
  describe(tabId: string): string {
    const ranges: [first: number, last: number][] = [];
    for (const n of this.#arrived.get(tabId)?.numbers ?? []) {
      const range = ranges.at(-1);
      if (range?.[1] === n - 1) range[1] = n;
      else ranges.push([n, n]);
    }
    return ranges.map(([first, last]) => (first === last ? first : `${first}–${last}`)).join(", ");
  }

  async #answer(asked: string): Promise<void> {
    for (let n = 1; n <= TRIAL_SIZE; n++) {
      this.#bus.publish<TrialMessage>("trial.message", { n, asked }, { source: "shell" });
      // Each in a turn of its own, and so in a post of its own, that can be lost by itself.
      await undefined;
    }
  }

  #take({ payload, meta }: Message<TrialMessage>): void {
    const tabId = meta?._sourceClientId;
    if (typeof tabId !== "string") return;
    const { n, asked } = payload;
    const known = this.#arrived.get(tabId);
    if (known?.asked === asked) known.numbers.push(n);
    else this.#arrived.set(tabId, { asked, numbers: [n] });
  }
}
