import type { Clock, EventStreams, StoredEvent } from "@pubsub-mfe/core";
import {
  ManualClock,
  type MemoryEventStreams,
  MemoryLockStore,
  type MemoryLocks,
  MemoryStreamStore,
} from "@pubsub-mfe/core/testing";
import { createSagaManager, type PatternWarning, type SagaManager } from "../saga.js";

/** A server that counts what it is asked for, and does what has one key once. */
export class Server {
  /** Requests by key, also those that it had done before. */
  readonly requests: Map<string, number> = new Map();
  /** Every request, in the order in which they came. */
  readonly log: string[] = [];

  ask(key: string): void {
    this.log.push(key);
    this.requests.set(key, (this.requests.get(key) ?? 0) + 1);
  }
}

/** An origin: its store, its locks, its clock, and the tabs in it. */
export class Origin {
  readonly clock = new ManualClock();
  readonly server = new Server();
  readonly #locks = new MemoryLockStore(this.clock);
  readonly streams = new MemoryStreamStore({ clock: this.clock });
  readonly tabs: SagaTab[] = [];

  open(options: Partial<Parameters<typeof createSagaManager>[0]> = {}): SagaTab {
    const tab = new SagaTab(this, this.#locks.tab(), this.streams.open(), options);
    this.tabs.push(tab);
    return tab;
  }

  /** Lets time pass, in steps, so that what a timer sets off comes between. */
  async pass(ms: number, stepMs = 50): Promise<void> {
    await settle();
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(left, stepMs));
      await settle();
    }
  }

  /** The locks that somebody holds or waits for. */
  locked(): string[] {
    return this.#locks.locked();
  }

  /** The types of what is in the journals, without what they all begin with. */
  async journal(): Promise<string[]> {
    return (await this.entries()).map(({ type }) => type.replace("saga.journal.", ""));
  }

  async entries(): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    for await (const event of this.streams.open().readAll()) events.push(event);
    return events;
  }
}

/** A tab with a manager. What it waits for reaches it in its event loop: not when frozen or gone. */
export class SagaTab {
  readonly locks: MemoryLocks;
  readonly sagas: SagaManager;
  readonly warnings: PatternWarning[] = [];
  readonly events: [topic: string, payload: unknown][] = [];
  /** Is called before an append reaches the store, and after it was committed. */
  onAppend: ((moment: "before" | "after", type: string) => unknown) | undefined;
  /** Is called when something that the tab waits for has come, before it goes on. */
  onWake: (() => unknown) | undefined;
  isGone = false;
  readonly #streams: MemoryEventStreams;
  readonly #server: Server;

  constructor(
    origin: Origin,
    locks: MemoryLocks,
    streams: MemoryEventStreams,
    options: Partial<Parameters<typeof createSagaManager>[0]>,
  ) {
    this.locks = locks;
    this.#streams = streams;
    this.#server = origin.server;
    const clock: Clock = {
      now: () => origin.clock.now(),
      monotonic: () => origin.clock.monotonic(),
      setTimer: (fn, ms) => origin.clock.setTimer(() => locks.deliver(fn), ms),
    };
    this.sagas = createSagaManager({
      streams: this.#inTab(streams),
      locks,
      clock,
      bus: { publish: (topic, payload) => this.events.push([topic, payload]) },
      onDiagnostic: (warning) => this.warnings.push(warning),
      ...options,
    });
  }

  /** Ends it without a word. */
  crash(): void {
    this.isGone = true;
    this.locks.close();
    this.#streams.close();
  }

  /** Asks the server; the answer comes in the tab's event loop. */
  request(key: string): Promise<void> {
    this.#server.ask(key);
    return this.wait(Promise.resolve());
  }

  /** Waits as everything in a tab does. */
  wait<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.#goOn(() => resolve(value)),
        (error) => this.#goOn(() => reject(error)),
      );
    });
  }

  #goOn(fn: () => void): void {
    this.locks.deliver(async () => {
      if (this.onWake) await this.onWake();
      fn();
    });
  }

  codes(): string[] {
    return this.warnings.map(({ code }) => code);
  }

  #inTab(streams: MemoryEventStreams): EventStreams {
    const tab = this;
    async function* each<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
      const iterator = items[Symbol.asyncIterator]();
      for (;;) {
        const { done, value } = await tab.wait(iterator.next());
        if (done) return;
        yield value;
      }
    }
    return {
      async append(...args) {
        const type = args[1][0]?.type.replace("saga.journal.", "") ?? "fence";
        await tab.onAppend?.("before", type);
        const result = await tab.wait(streams.append(...args));
        await tab.onAppend?.("after", type);
        return tab.isGone ? new Promise(() => {}) : result;
      },
      read: (...args) => each(streams.read(...args)),
      readAll: (...args) => each(streams.readAll(...args)),
      head: () => tab.wait(streams.head()),
      onAppend: (listener) => streams.onAppend(() => tab.locks.deliver(listener)),
      pending: (callback) => tab.wait(streams.pending(callback)),
      snapshot: (...args) => tab.wait(streams.snapshot(...args)),
      readSnapshot: (...args) => tab.wait(streams.readSnapshot(...args)),
      rows(projection) {
        const rows = streams.rows(projection);
        return {
          checkpoint: () => tab.wait(rows.checkpoint()),
          get: (id) => tab.wait(rows.get(id)),
          list: (range) => tab.wait(rows.list(range)),
        };
      },
      transact: (projection, callback) => tab.wait(streams.transact(projection, callback)),
      delete: (stream) => tab.wait(streams.delete(stream)),
    };
  }
}

const { setImmediate } = globalThis;

/** Lets everything run that is due now. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => void setImmediate(resolve));
  await new Promise((resolve) => void setImmediate(resolve));
}
