import type { EventLog, LogEntry, LogSubscribeOptions } from "../../../links/event-log.js";
import type { Message, PubSubBus } from "../../../types.js";
import type { ManualClock } from "../../manual-clock.js";

/** A tab of the world that a contract is tried in: a page with a bus that the log is attached to. */
export interface LogTab {
  readonly bus: PubSubBus;
  readonly log: EventLog;
}

/** One log, empty at first, which the caller clears away after the test. */
export interface LogWorld {
  /** What the buses get their time from. */
  readonly clock: ManualClock;
  /** Opens a tab whose messages no other gets but through the log. */
  openTab(): Promise<LogTab>;
  /** Deletes the log under the tabs. */
  wipe(): Promise<void>;
}

/** Makes a world for one test. */
export type OpenLogWorld = () => Promise<LogWorld>;

/** Opens a world and two tabs in it. */
export async function openTabs(
  openWorld: OpenLogWorld,
): Promise<LogWorld & { a: EventLog; b: EventLog; busA: PubSubBus; busB: PubSubBus }> {
  const world = await openWorld();
  const [tabA, tabB] = [await world.openTab(), await world.openTab()];
  return {
    clock: world.clock,
    openTab: () => world.openTab(),
    wipe: () => world.wipe(),
    a: tabA.log,
    b: tabB.log,
    busA: tabA.bus,
    busB: tabB.bus,
  };
}

export async function collect(entries: AsyncIterable<LogEntry>): Promise<LogEntry[]> {
  const collected: LogEntry[] = [];
  for await (const entry of entries) collected.push(entry);
  return collected;
}

export async function payloads(entries: AsyncIterable<LogEntry>): Promise<unknown[]> {
  return (await collect(entries)).map(({ message }) => message.payload);
}

/** Publishes the numbers from one to another, one message each. */
export function publish(bus: PubSubBus, from: number, to: number, topic = "count"): Message[] {
  return Array.from({ length: to - from + 1 }, (_, n) => bus.publish(topic, from + n));
}

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}

/** A subscription that remembers what it was given. */
export class Follower {
  readonly entries: LogEntry[] = [];
  readonly ready: ReturnType<EventLog["subscribe"]>;
  readonly #waiting: { readonly topic: string; readonly resolve: () => void }[] = [];

  /** @param each - called for each entry, after it was remembered */
  constructor(
    log: EventLog,
    pattern: string,
    options: LogSubscribeOptions = {},
    each: (entry: LogEntry) => unknown = () => {},
  ) {
    this.ready = log.subscribe(
      pattern,
      (entry) => {
        this.entries.push(entry);
        for (const { topic, resolve } of this.#waiting) {
          if (topic === entry.message.topic) resolve();
        }
        return each(entry);
      },
      options,
    );
    // A test that does not look at it means another one.
    this.ready.catch(() => {});
  }

  get payloads(): unknown[] {
    return this.entries.map(({ message }) => message.payload);
  }

  /** Settles when a message of the topic was delivered. */
  saw(topic: string): Promise<void> {
    if (this.entries.some(({ message }) => message.topic === topic)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ topic, resolve });
    });
  }
}
