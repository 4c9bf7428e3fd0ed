import { createPubSub, type Message, type PubSubBus } from "@pubsub-mfe/core";
import { ManualClock, MemoryLockStore, type MemoryLocks } from "@pubsub-mfe/core/testing";
import { onTestFinished } from "vitest";
import {
  type CrossTabAdapter,
  type CrossTabConfig,
  createCrossTabAdapter,
  type Transport,
} from "../index.js";
import { Hub } from "./hub.js";
import { turnEnd } from "./tabs.js";

/** A tab of an {@link Origin}. */
export interface OriginTab {
  readonly bus: PubSubBus;
  readonly adapter: CrossTabAdapter;
  readonly locks: MemoryLocks;
  /** What a handler of `system.#` received. */
  readonly events: Message[];
}

/** Tabs in memory that share locks and a channel, and whose pages can be hidden, frozen and closed. */
export class Origin {
  readonly hub: Hub = new Hub();
  readonly store: MemoryLockStore;
  readonly tabs: OriginTab[] = [];
  #opened = 0;

  constructor(store: MemoryLockStore = new MemoryLockStore()) {
    this.store = store;
  }

  async open(config: CrossTabConfig = {}): Promise<OriginTab> {
    this.#opened += 1;
    const locks = this.store.tab();
    const adapter = createCrossTabAdapter({
      clientId: `tab-${this.#opened}`,
      enableLeadership: true,
      transport: transportOf(this.hub, locks),
      locks,
      clock: this.store.clock,
      ...config,
    });
    // Its time stands still, so that a slow machine puts off nothing that it delivers.
    const bus = createPubSub({ clock: new ManualClock() });
    const events: Message[] = [];
    bus.subscribe("system.#", (message) => events.push(message));
    const tab = { bus, adapter, locks, events };
    this.tabs.push(tab);
    onTestFinished(() => bus.dispose());
    await adapter.attach(bus);
    return tab;
  }

  /** Crashes a tab. */
  close(tab: OriginTab): void {
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    tab.locks.close();
  }

  /** Has others resign until it is this tab's turn. */
  async lead(tab: OriginTab): Promise<void> {
    const leads = tab.adapter.lead(() => {});
    const done = leads.then(() => true);
    const notYet = () => turnEnd().then(() => false);
    while (!(await Promise.race([done, notYet()]))) {
      for (const { adapter } of this.tabs) if (adapter !== tab.adapter) adapter.resign();
    }
  }
}

/** A tab that is frozen or closed hears nothing. */
function transportOf(hub: Hub, locks: MemoryLocks): Transport {
  const end = hub.connect();
  return {
    send: (data) => end.send(data),
    onMessage: (listener) => end.onMessage((data) => locks.deliver(() => listener(data))),
    close: () => end.close(),
    isAvailable: () => true,
  };
}
