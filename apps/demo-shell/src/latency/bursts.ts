import type { Message, PubSubBus } from "@pubsub-mfe/core";
import { newId } from "../new-id.js";

/** How many messages a burst has. */
export const BURST_SIZE = 10_000;

const TOPIC = "burst.message";

/** Payload of `burst.message`. */
interface BurstMessage {
  readonly run: string;
  /** Counts from 0. */
  readonly n: number;
}

/** What came of a burst in one tab. */
export interface BurstCount {
  readonly run: string;
  /** `undefined` for this tab. */
  readonly tabId: string | undefined;
  /** How many different messages came. */
  readonly received: number;
  /** How many came more than once. */
  readonly doubled: number;
  /** Whether each came after the one before it. */
  readonly isInOrder: boolean;
  /** From the first publish until the last came, in milliseconds; of this tab alone. */
  readonly tookMs: number | undefined;
}

interface Tally {
  readonly seen: Uint8Array;
  received: number;
  doubled: number;
  last: number;
  isInOrder: boolean;
}

/** Publishes many messages at once, and counts in every tab what arrives. */
export class Bursts {
  /** Called after each change. */
  onChange = (): void => {};
  readonly #bus: PubSubBus;
  readonly #tallies = new Map<string, Tally>();
  #counts: readonly BurstCount[] = [];
  #run: { readonly id: string; readonly startMs: number; publishedMs: number } | undefined;

  constructor(bus: PubSubBus) {
    this.#bus = bus;
    bus.subscribe(TOPIC, (message) => this.#take(message));
    bus.subscribe("burst.counted", ({ payload, meta }: Message<BurstCount>) => {
      const tabId = meta?._sourceClientId;
      if (payload.run !== this.#run?.id || typeof tabId !== "string") return;
      this.#counts = [...this.#counts, { ...payload, tabId, tookMs: undefined }];
      this.onChange();
    });
  }

  /** The tabs that have counted the last burst, this one first. */
  get counts(): readonly BurstCount[] {
    return this.#counts;
  }

  /** How long it took to publish the last burst, in milliseconds; `undefined` before the first. */
  get publishedMs(): number | undefined {
    return this.#run?.publishedMs;
  }

  /** @param isForAll - whether the other tabs get it, too */
  start(isForAll: boolean): void {
    const run = { id: newId(), startMs: performance.now(), publishedMs: 0 };
    this.#run = run;
    this.#counts = [];
    const scope = isForAll ? undefined : ("page" as const);
    for (let n = 0; n < BURST_SIZE; n += 1) {
      const payload: BurstMessage = { run: run.id, n };
      this.#bus.publish(TOPIC, payload, { source: "shell", scope });
    }
    run.publishedMs = performance.now() - run.startMs;
    this.onChange();
  }

  #take({ payload: { run, n }, meta }: Message<BurstMessage>): void {
    let tally = this.#tallies.get(run);
    if (!tally) {
      tally = {
        seen: new Uint8Array(BURST_SIZE),
        received: 0,
        doubled: 0,
        last: -1,
        isInOrder: true,
      };
      // Of an earlier run nothing comes any more.
      this.#tallies.clear();
      this.#tallies.set(run, tally);
    }
    if (tally.seen[n]) tally.doubled += 1;
    else tally.received += 1;
    tally.seen[n] = 1;
    if (n < tally.last) tally.isInOrder = false;
    tally.last = n;
    if (n !== BURST_SIZE - 1) return;
    const { received, doubled, isInOrder } = tally;
    const count = { run, tabId: undefined, received, doubled, isInOrder };
    if (meta?._crossTab) {
      this.#bus.publish("burst.counted", { ...count, tookMs: undefined }, { source: "shell" });
      return;
    }
    const tookMs = performance.now() - (this.#run?.startMs ?? 0);
    this.#counts = [{ ...count, tookMs }, ...this.#counts];
    this.onChange();
  }
}
