import {
  createPubSub,
  type Link,
  type LogEntry,
  type Message,
  type PubSubBus,
  type PubSubConfig,
} from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { deleteDB, openDB } from "idb";
import { onTestFinished, vi } from "vitest";
import {
  createHistoryAdapter,
  type HistoryAdapter,
  type HistoryConfig,
  type HistoryError,
} from "../index.js";

/** What one test works with: a database of its own, gone when the test ends. */
export class World {
  readonly dbName: string = `history-test-${crypto.randomUUID()}`;
  readonly clock: ManualClock = new ManualClock();
  /** What the logs told `onError`. */
  readonly errors: HistoryError[] = [];
  /** Every connection to the log's own database that was opened, also by the logs. */
  readonly connections: IDBDatabase[] = [];
  /** Those to where pages leave what they could not store. */
  readonly handovers: IDBDatabase[] = [];
  readonly #logs: HistoryAdapter[] = [];

  constructor() {
    const open = indexedDB.open.bind(indexedDB);
    const spy = vi.spyOn(indexedDB, "open").mockImplementation((name, version) => {
      const request = open(name, version);
      const opened = name.endsWith("-handover") ? this.handovers : this.connections;
      request.addEventListener("success", () => opened.push(request.result));
      return request;
    });
    onTestFinished(async () => {
      vi.unstubAllGlobals();
      for (const log of this.#logs) await log.detach();
      spy.mockRestore();
      await this.deleteDatabase();
      await deleteDB(`${this.dbName}-handover`);
    });
  }

  createBus(config: PubSubConfig = {}): PubSubBus {
    return createPubSub({ app: "shop", clock: this.clock, ...config });
  }

  createLog(config: HistoryConfig = {}): HistoryAdapter {
    const { dbName, clock } = this;
    const onError = (error: HistoryError) => this.errors.push(error);
    const log = createHistoryAdapter({ dbName, clock, onError, ...config });
    this.#logs.push(log);
    return log;
  }

  /** A log without limits that get in the way, attached to a bus. */
  async attachedLog(bus: PubSubBus, config: HistoryConfig = {}): Promise<HistoryAdapter> {
    const log = this.createLog({ maxMessages: 10_000, ...config });
    await log.attach(bus);
    return log;
  }

  /** A bus, and what it told of the log: of warnings their codes. */
  watchedBus(): { bus: PubSubBus; told: string[] } {
    const told: string[] = [];
    const bus = this.createBus({
      onDiagnostic: (event) => {
        if (event.type === "warning") told.push(event.code);
        if (event.type === "storage-degraded") told.push(`${event.type}: ${event.reason}`);
      },
    });
    return { bus, told };
  }

  /** How many of the connections are open. */
  openConnections(): number {
    return this.connections.filter(isOpen).length;
  }

  openHandovers(): number {
    return this.handovers.filter(isOpen).length;
  }

  /** What a store holds, in its own order, read over a connection of its own. */
  async stored(store: "messages" | "topics"): Promise<Message[]> {
    const db = await openDB(this.dbName);
    const rows = await db.getAll(store);
    db.close();
    return rows;
  }

  /** Settles when no connection is open any more; one that stays open blocks it for ever. */
  deleteDatabase(): Promise<void> {
    return deleteDB(this.dbName);
  }
}

/** A closed connection refuses a transaction; an open one is not harmed by a read. */
function isOpen(db: IDBDatabase): boolean {
  try {
    db.transaction([...db.objectStoreNames]).abort();
    return true;
  } catch {
    return false;
  }
}

/** A bus whose turns a test writes by hand, to hand over one message more than once. */
export function scriptedBus(real: PubSubBus): {
  bus: Pick<PubSubBus, "connect" | "getStats">;
  endTurn(...messages: readonly Message[]): void;
} {
  const links: Link[] = [];
  return {
    bus: {
      connect(link) {
        links.push(link);
        return {
          active: true,
          report: () => {},
          shared: undefined,
          retained: () => [],
          retain: () => 0,
          flush: async () => link.flush(),
          dispose: () => link.close(),
        };
      },
      getStats: () => real.getStats(),
    },
    endTurn: (...messages) => {
      for (const link of links) link.send(messages);
    },
  };
}

/** So many numbers, one after the other. */
export function range(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, n) => from + n);
}

/** Waits for a task of its own: every microtask that is due has run by then. */
export function turnEnd(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** The payloads of messages, in order. */
export function payloads(messages: readonly Message[]): unknown[] {
  return messages.map(({ payload }) => payload);
}

/** Everything that a read gives. */
export async function collectEntries(entries: AsyncIterable<LogEntry>): Promise<LogEntry[]> {
  const collected: LogEntry[] = [];
  for await (const entry of entries) collected.push(entry);
  return collected;
}

/** A handler that remembers what it was given, and tells when the topic `end` came. */
export function follower(): {
  seen: unknown[];
  handler(entry: LogEntry): void;
  ended: Promise<void>;
} {
  const seen: unknown[] = [];
  let end: () => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    seen,
    ended,
    handler({ message }) {
      seen.push(message.payload);
      if (message.topic === "end") end();
    },
  };
}
