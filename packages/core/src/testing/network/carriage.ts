import type { ManualClock } from "../manual-clock.js";
import type { Carrier, NetworkChannel } from "./channel.js";
import type { NetworkConfig } from "./config.js";
import { Partition } from "./partition.js";
import { createRandom } from "./random.js";
import type { NetworkEvent, Trace } from "./trace.js";

/** A message that is held back for reordering waits at least for so long. */
const LEAST_LATENESS_MS = 10;

/** The way from one end of a channel to another. */
interface Way {
  /** Before this moment nothing may arrive that was not held back. */
  lastDueMs: number;
  /** The number of the latest message that has arrived. */
  latest: number;
}

/** What is under way to one end, in one copy or two. */
interface Parcel {
  readonly from: NetworkChannel;
  readonly data: unknown;
  readonly message: number;
  readonly facts: Omit<NetworkEvent, "atMs" | "type">;
  arrived: boolean;
}

/** Carries messages between the ends of channels, with the mishaps that chance has for them. */
export class Carriage implements Carrier {
  readonly #config: NetworkConfig;
  readonly #clock: ManualClock;
  readonly #trace: Trace;
  readonly #random: () => number;
  /** By name, its ends in the order in which they were opened. */
  readonly #channels = new Map<string, Set<NetworkChannel>>();
  readonly #ways = new WeakMap<NetworkChannel, WeakMap<NetworkChannel, Way>>();
  #messages = 0;
  partition: Partition = new Partition([]);
  /** How many messages are on their way to a tab. */
  scheduled = 0;

  constructor(config: NetworkConfig, clock: ManualClock, trace: Trace) {
    this.#config = config;
    this.#clock = clock;
    this.#trace = trace;
    this.#random = createRandom(config.seed ?? 1);
  }

  join(channel: NetworkChannel): void {
    const ends = this.#channels.get(channel.name) ?? new Set();
    this.#channels.set(channel.name, ends.add(channel));
  }

  release(channel: NetworkChannel): void {
    this.#channels.get(channel.name)?.delete(channel);
  }

  carry(from: NetworkChannel, data: unknown): void {
    const message = ++this.#messages;
    const { label } = this.#config;
    const facts = {
      tab: from.tab.id,
      channel: from.name,
      message,
      ...(label && { note: label(data) }),
    };
    this.#trace.add("sent", facts);
    for (const to of this.#channels.get(from.name) ?? []) {
      if (to === from) continue;
      this.#send({ from, data, message, facts: { ...facts, to: to.tab.id }, arrived: false }, to);
    }
  }

  /** A tab is at one with itself: mishaps happen between tabs. */
  #send(parcel: Parcel, to: NetworkChannel): void {
    const { drop = 0, duplicate = 0 } = this.#config;
    const { from, facts } = parcel;
    if (from.tab === to.tab) {
      this.#schedule(parcel, to, this.#clock.monotonic());
    } else if (!this.partition.connects(from.tab.id, to.tab.id)) {
      this.#trace.add("partitioned", facts);
    } else if (this.#happens(drop)) {
      this.#trace.add("dropped", facts);
    } else {
      this.#schedule(parcel, to, this.#dueOn(this.#way(from, to)));
      if (!this.#happens(duplicate)) return;
      this.#trace.add("duplicated", facts);
      this.#schedule(parcel, to, this.#dueOn(this.#way(from, to)));
    }
  }

  #schedule(parcel: Parcel, to: NetworkChannel, dueMs: number): void {
    this.scheduled += 1;
    this.#clock.setTimerAt(() => {
      this.scheduled -= 1;
      if (to.closed || to.tab.state === "gone") this.#trace.add("refused", parcel.facts);
      else to.tab.arrive(() => this.#deliver(parcel, to));
    }, dueMs);
  }

  #deliver(parcel: Parcel, to: NetworkChannel): void {
    const { from, data, message, facts } = parcel;
    // It may have closed while the tab was frozen.
    if (to.closed) {
      this.#trace.add("refused", facts);
      return;
    }
    const way = this.#way(from, to);
    if (!parcel.arrived && message < way.latest) this.#trace.add("reordered", facts);
    parcel.arrived = true;
    way.latest = Math.max(way.latest, message);
    this.#trace.add("delivered", facts);
    to.receive(data);
  }

  /** When what is sent now arrives. */
  #dueOn(way: Way): number {
    const { reorder = 0, delay: [min, max] = [0, 0] } = this.#config;
    const delayMs = min + this.#random() * (max - min);
    const dueMs = Math.max(this.#clock.monotonic() + delayMs, way.lastDueMs);
    if (this.#happens(reorder)) {
      return dueMs + 1 + this.#random() * Math.max(max, LEAST_LATENESS_MS);
    }
    way.lastDueMs = dueMs;
    return dueMs;
  }

  #way(from: NetworkChannel, to: NetworkChannel): Way {
    const ways = this.#ways.get(from) ?? new WeakMap<NetworkChannel, Way>();
    this.#ways.set(from, ways);
    const way = ways.get(to) ?? { lastDueMs: 0, latest: 0 };
    ways.set(to, way);
    return way;
  }

  #happens(rate: number): boolean {
    return rate > 0 && this.#random() < rate;
  }
}
