import type { EventStreams, Unsubscribe } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import type { OpenStreamsWorld, StreamsTab } from "@pubsub-mfe/core/testing/contracts";
import { deleteDB } from "idb";
import { onTestFinished } from "vitest";
import { createHistoryAdapter, type HistoryConfig } from "../index.js";

/** What one test works with: tabs with event streams in a database of its own, gone when it ends. */
export class StreamsTestWorld {
  readonly dbName: string = `streams-test-${crypto.randomUUID()}`;
  readonly clock: ManualClock = new ManualClock();
  readonly #cleanups: (() => unknown)[] = [];

  constructor() {
    onTestFinished(async () => {
      for (const cleanUp of this.#cleanups) await cleanUp();
      await deleteDB(this.dbName);
    });
  }

  open(config: HistoryConfig = {}): StreamsTab {
    const { dbName, clock } = this;
    const history = createHistoryAdapter({ dbName, clock, namespace: "shop", ...config });
    this.#cleanups.push(() => history.detach());
    const tab = new Tab(history.streams);
    this.#cleanups.push(() => tab.unsubscribeAll());
    return tab;
  }

  /** Streams of one tab. */
  streams(config?: HistoryConfig): EventStreams {
    return this.open(config).streams;
  }

  /** Over a connection of its own, as the user or the browser may do at any time. */
  deleteDatabase(): Promise<void> {
    return deleteDB(this.dbName);
  }
}

class Tab implements StreamsTab {
  readonly streams: EventStreams;
  readonly #subscriptions: Unsubscribe[] = [];
  #closed = false;

  constructor(streams: EventStreams) {
    this.streams = new Proxy(streams, {
      get: (target, name: keyof EventStreams) => {
        if (name === "onAppend") {
          return (listener: () => void) => {
            const unsubscribe = target.onAppend(listener);
            this.#subscriptions.push(unsubscribe);
            return unsubscribe;
          };
        }
        if (name === "pending") {
          return (callback: (events: never) => unknown) =>
            target.pending((events) => this.#unlessClosed(() => callback(events as never)));
        }
        return target[name].bind(target);
      },
    });
  }

  /** In a tab that is gone nothing goes on: what the streams wait for in it does not come. */
  close(): void {
    this.#closed = true;
    this.unsubscribeAll();
  }

  unsubscribeAll(): void {
    for (const unsubscribe of this.#subscriptions) unsubscribe();
  }

  async #unlessClosed(callback: () => unknown): Promise<unknown> {
    const result = await callback();
    return this.#closed ? new Promise(() => {}) : result;
  }
}

export const openStreamsWorld: OpenStreamsWorld = async () => {
  const world = new StreamsTestWorld();
  return {
    clock: world.clock,
    openTab: async () => world.open(),
    wipe: () => world.deleteDatabase(),
  };
};
