import { createPubSub, type EventLog, type PubSubBus } from "@pubsub-mfe/core";
import {
  createNetwork,
  MemoryLockStore,
  type MemoryLog,
  type NetworkTab,
  type Recorder,
  record,
  type TestNetwork,
} from "@pubsub-mfe/core/testing";
import { onTestFinished } from "vitest";
import {
  type CrossTabAdapter,
  type CrossTabConfig,
  type CrossTabError,
  createCrossTabAdapter,
} from "../index.js";
import { networkTransport } from "./network-transport.js";

/** A tab of a {@link LogWorld}. */
export interface LogTab {
  readonly tab: NetworkTab;
  readonly bus: PubSubBus;
  readonly adapter: CrossTabAdapter;
  readonly errors: CrossTabError[];
  /** What a handler of `n` received. */
  readonly received: Recorder<number>;
  /** Ends it without a word. */
  crash(): void;
}

/** Tabs on a network that loses what it is told to lose, with locks, and a log where they are given one. */
export class LogWorld {
  readonly network: TestNetwork;
  readonly #locks: MemoryLockStore;

  /** @param delayMs - how long each post is under way */
  constructor(delayMs = 1, label: (data: unknown) => string = () => "") {
    this.network = createNetwork({ seed: 1, delay: [delayMs, delayMs], label });
    this.#locks = new MemoryLockStore(this.network.clock);
  }

  /**
   * Opens a tab; of those that are open the one that came first leads.
   *
   * @param wrap - what the adapter has in place of the log
   */
  async open(
    id: string,
    log?: MemoryLog,
    config: CrossTabConfig = {},
    wrap: (log: EventLog) => EventLog = (whole) => whole,
  ): Promise<LogTab> {
    const tab = this.network.open(id);
    const locks = this.#locks.tab();
    const bus = createPubSub({ clock: tab.clock });
    onTestFinished(() => bus.dispose());
    const errors: CrossTabError[] = [];
    const attached = log?.attach(bus);
    const adapter = createCrossTabAdapter({
      transport: () => networkTransport(tab.channel("shop")),
      clientId: id,
      clock: tab.clock,
      locks,
      repair: attached && wrap(attached),
      onError: (error) => errors.push(error),
      ...config,
    });
    await adapter.attach(bus);
    await this.network.advance(300);
    const crash = () => {
      this.network.crash(tab);
      locks.close();
    };
    return { tab, bus, adapter, errors, received: record<number>(bus, "n"), crash };
  }

  /** Publishes numbers that one tab does not get. */
  async publishUnheard(
    { bus }: LogTab,
    by: LogTab,
    from: number,
    to: number = from,
  ): Promise<void> {
    this.network.partition([[by.tab.id]]);
    for (let n = from; n <= to; n += 1) bus.publish("n", n);
    await this.network.advance(5);
    this.network.heal();
  }
}

/** What a tab was told of messages that are missing, and of anything else. */
export function sentencesOf({ errors }: Pick<LogTab, "errors">): string[] {
  return errors.map(({ message }) => message);
}
