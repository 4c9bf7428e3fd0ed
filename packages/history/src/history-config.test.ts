import "fake-indexeddb/auto";
import type {
  AppendOptions,
  LogEntry,
  LogQuery,
  LogSubscribeOptions,
  Message,
  StreamQuery,
} from "@pubsub-mfe/core";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import {
  createHistoryAdapter,
  type HistoryAdapter,
  type HistoryConfig,
  isHistoryError,
} from "./index.js";
import { World } from "./testing/world.js";

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

const failureOf = (fn: () => unknown): unknown => {
  try {
    return fn();
  } catch (error) {
    return error;
  }
};

describe("createHistoryAdapter", () => {
  it.each<[HistoryConfig, string]>([
    [{ maxMessages: 0 }, "maxMessages is 0: it must be a whole number, 1 or more."],
    [{ maxMessages: 1.5 }, "maxMessages is 1.5: it must be a whole number, 1 or more."],
    [{ maxMessages: Number.NaN }, "maxMessages is NaN: it must be a whole number, 1 or more."],
    [{ ttlSeconds: -1 }, "ttlSeconds is -1: it must be a number of seconds, or 0 for no limit."],
    [
      { ttlSeconds: Number.NaN },
      "ttlSeconds is NaN: it must be a number of seconds, or 0 for no limit.",
    ],
    [
      { gcIntervalMs: 0 },
      "gcIntervalMs is 0: it must be a number of milliseconds from 1 to 2147483647.",
    ],
    [
      { gcIntervalMs: 2 ** 31 },
      "gcIntervalMs is 2147483648: it must be a number of milliseconds from 1 to 2147483647.",
    ],
    [{ maxMessages: "7" as never }, 'maxMessages is "7": it must be a whole number, 1 or more.'],
    [
      { ttlSeconds: null as never },
      "ttlSeconds is null: it must be a number of seconds, or 0 for no limit.",
    ],
    [{ namespace: 5 as never }, "namespace is 5: it must be a non-empty string."],
    ["shop" as never, 'The config is "shop": it must be an object.'],
    [null as never, "The config is null: it must be an object."],
    [{ dbName: "" }, 'dbName is "": it must be a non-empty string.'],
    [{ onError: "log" as never }, 'onError is "log": it must be a function.'],
    [
      { clock: {} as never },
      "clock is an object: it must be an object with now(), monotonic(), setTimer().",
    ],
    [{ locks: null as never }, "locks is null: it must be an object with request()."],
  ])("refuses %o", (config, message) => {
    const failure = failureOf(() => createHistoryAdapter(config));

    expect(failure).toMatchObject({ name: "HistoryError", code: "HISTORY_MISUSED", message });
  });

  it("takes the values at the border of what it refuses", () => {
    const config = { maxMessages: 1, ttlSeconds: 0, gcIntervalMs: 2 ** 31 - 1 };

    expect(createHistoryAdapter(config).getStats().attached).toBe(false);
  });

  it("takes options and queries that are undefined for left out", async () => {
    const { dbName } = new World();
    const log = createHistoryAdapter({
      dbName,
      namespace: "shop",
      maxMessages: undefined,
      ttlSeconds: undefined,
      gcIntervalMs: undefined,
      debug: undefined,
      onError: undefined,
      clock: undefined,
      locks: undefined,
      durability: undefined,
    });
    const query: LogQuery = {
      after: undefined,
      before: undefined,
      fromTime: undefined,
      toTime: undefined,
      limit: undefined,
      order: undefined,
      where: undefined,
    };
    const streamQuery: StreamQuery = {
      fromVersion: undefined,
      toVersion: undefined,
      untilTime: undefined,
      direction: undefined,
      limit: undefined,
    };
    const { streams } = log;
    const options: LogSubscribeOptions = { from: undefined, signal: undefined };
    const append: AppendOptions = {
      expectedVersion: undefined,
      commandId: undefined,
      fence: undefined,
      outbox: undefined,
    };

    await streams.append("s", [{ type: "a", payload: 1, meta: undefined }], append);
    const found = await Promise.all([
      log.getHistory("#", { limit: undefined, fromTime: undefined }),
      collect(log.read("#", query)),
      collect(streams.read("s", streamQuery)),
      collect(streams.readAll({ after: undefined, types: undefined, limit: undefined })),
      streams.rows({ name: "r", version: 1 }).list({ from: undefined, to: undefined }),
    ]);
    (await log.subscribe("#", () => {}, options))();
    await log.detach();

    expect(found.map(({ length }) => length)).toEqual([0, 0, 1, 1, 0]);
    expect(await streams.readSnapshot("s", { name: "n", maxVersion: undefined })).toBeUndefined();
    await log.detach();
  });

  it("has empty counters, and opens nothing, before it is used", () => {
    const world = new World();

    expect(world.createLog().getStats()).toEqual({
      messagesPersisted: 0,
      messagesRetrieved: 0,
      messagesGarbageCollected: 0,
      duplicatesSkipped: 0,
      gcCyclesCompleted: 0,
      estimatedStorageCount: 0,
      lastGcTimestamp: null,
      pending: 0,
      degraded: false,
      recordsSkipped: 0,
      attached: false,
      namespace: undefined,
    });
    expect(world.connections).toEqual([]);
  });

  it("uses the database pubsub-history, and the app of the bus as namespace", async () => {
    const world = new World();
    const bus = world.createBus({ app: "shop" });
    const log = createHistoryAdapter();

    await log.attach(bus);
    await log.detach();

    expect(world.connections.map(({ name }) => name)).toEqual(["pubsub-history"]);
    expect(log.getStats().namespace).toBe("shop");
  });

  it("keeps at most 1,000 messages, for an hour, collected each minute, where nothing is said", async () => {
    const world = new World();
    const bus = world.createBus();
    const log = world.createLog();
    await log.attach(bus);
    for (let n = 0; n < 1_001; n += 1) bus.publish("a", n);

    expect(await log.getHistory("a")).toHaveLength(1_000);
    world.clock.advance(59_999);
    await log.detach();
    expect(log.getStats().gcCyclesCompleted).toBe(0);
    await log.attach(bus);
    world.clock.advance(60_000);
    await log.detach();
    expect(log.getStats()).toMatchObject({ gcCyclesCompleted: 1, messagesGarbageCollected: 1 });
    world.clock.advance(3_600_000);
    expect(await log.getHistory("a")).toEqual([]);
  });
});

describe("onError", () => {
  it("is the console, with a prefix, where none is given", async () => {
    const world = new World();
    const bus = world.createBus();
    const { dbName } = world;
    const log = createHistoryAdapter({ dbName });
    await log.attach(bus);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});

    bus.publish("a", () => {});
    await log.detach();

    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(
      "[@pubsub-mfe/history]",
      expect.objectContaining({ code: "MESSAGE_NOT_CLONEABLE", field: "payload" }),
    );
  });

  it("may throw: the platform is told, and nothing stops", async () => {
    const world = new World();
    const bus = world.createBus();
    const bug = new Error("a bug of the application");
    const onError = () => {
      throw bug;
    };
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const log = await world.attachedLog(bus, { onError });

    bus.publish("a", () => {});
    bus.publish("a", 2);

    expect(await log.getHistory("a")).toHaveLength(1);
    expect(reported.mock.calls).toEqual([[bug]]);
  });

  it("hears of a collection that failed", async () => {
    const world = new World();
    const bus = world.createBus();
    const log = await world.attachedLog(bus, { gcIntervalMs: 1_000 });
    const bug = new Error("disk on fire");
    vi.spyOn(IDBIndex.prototype, "count").mockImplementationOnce(() => {
      throw bug;
    });

    world.clock.advance(1_000);
    await log.detach();

    expect(world.errors).toEqual([bug]);
    expect(log.getStats().gcCyclesCompleted).toBe(0);
  });
});

describe("debug", () => {
  it("writes to the console what the log does", async () => {
    const world = new World();
    const bus = world.createBus();
    const debug = vi.spyOn(console, "debug").mockImplementation(() => {});
    const log = await world.attachedLog(bus, { debug: true, maxMessages: 1 });

    bus.publish("a", 1);
    bus.publish("a", 2);
    await log.flush();
    await log.forceGc();

    expect(debug.mock.calls).toEqual([
      ["[@pubsub-mfe/history]", "committed", { persisted: 2, duplicates: 0 }],
      ["[@pubsub-mfe/history]", "collected", { removed: 1, left: 1 }],
    ]);
  });
});

describe("the payload of what is read", () => {
  interface Item {
    readonly sku: string;
  }

  it("is of any type, or of the one that the caller names", () => {
    const read = (log: HistoryAdapter) => ({
      untyped: log.getHistory("a"),
      typed: log.getHistory<Item>("a"),
      entries: log.read<Item>("a"),
      unsubscribe: log.subscribe("a", ({ message }: LogEntry<Item>) => message.payload.sku),
      live: log.subscribe("a", ({ message }) => expectTypeOf(message.payload).toBeAny()),
    });

    type Read = ReturnType<typeof read>;
    expectTypeOf<Awaited<Read["untyped"]>[number]["payload"]>().toBeAny();
    expectTypeOf<Read["typed"]>().resolves.toEqualTypeOf<Message<Item>[]>();
    expectTypeOf<Read["entries"]>().toEqualTypeOf<AsyncIterable<LogEntry<Item>>>();
  });
});

describe("isHistoryError", () => {
  const error = failureOf(() => createHistoryAdapter({ maxMessages: 0 }));

  it("knows an error of a log, and its code", () => {
    expect(isHistoryError(error)).toBe(true);
    expect(isHistoryError(error, "HISTORY_MISUSED")).toBe(true);
    expect(isHistoryError(error, "HISTORY_UNAVAILABLE")).toBe(false);
  });

  it("knows one of another copy of the package", () => {
    const ofAnotherCopy = Object.assign(new Error("x"), {
      code: "HISTORY_UNAVAILABLE",
      [Symbol.for("@pubsub-mfe/history.error")]: true,
    });

    expect(isHistoryError(ofAnotherCopy, "HISTORY_UNAVAILABLE")).toBe(true);
  });

  it.each([new Error("x"), { code: "HISTORY_MISUSED" }, null, undefined, "HISTORY_MISUSED"])(
    "does not take %o for one",
    (value) => {
      expect(isHistoryError(value)).toBe(false);
    },
  );
});
