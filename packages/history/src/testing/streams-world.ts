import type { EventStreams, Unsubscribe } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import type { OpenStreamsWorld, StreamsTab } from "@pubsub-mfe/core/testing/contracts";
import { deleteDB } from "idb";
import { onTestFinished, vi } from "vitest";
import { createHistoryAdapter, type HistoryAdapter, type HistoryConfig } from "../index.js";

/** `undefined` takes away what the world would set. */
type Changes<T> = { [Key in keyof T]?: T[Key] | undefined };

/** What one test works with: tabs with event streams in a database of its own, gone when it ends. */
export class StreamsTestWorld {
  readonly dbName: string = `streams-test-${crypto.randomUUID()}`;
  readonly clock: ManualClock = new ManualClock();
  readonly #cleanups: (() => unknown)[] = [];

  constructor() {
    onTestFinished(async () => {
      vi.unstubAllGlobals();
      for (const cleanUp of this.#cleanups) await cleanUp();
      await deleteDB(this.dbName);
    });
  }

  history(config: Changes<HistoryConfig> = {}): HistoryAdapter {
    const { dbName, clock } = this;
    const changed = { dbName, clock, namespace: "shop", ...config } as HistoryConfig;
    const history = createHistoryAdapter(changed);
    this.#cleanups.push(() => history.detach());
    return history;
  }

  openTab(config: Changes<HistoryConfig> = {}): StreamsTab {
    const tab = new Tab(this.history(config).streams);
    this.#cleanups.push(() => tab.unsubscribeAll());
    return tab;
  }

  /** Streams of one tab. */
  streams(config?: Changes<HistoryConfig>): EventStreams {
    return this.openTab(config).streams;
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
            target.pending(
              // What is no function is for the streams themselves to refuse.
              callback && ((events) => this.#unlessClosed(() => callback(events as never))),
            );
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
    openTab: async () => world.openTab(),
    wipe: () => world.deleteDatabase(),
  };
};
