import { isBusError, type StoredEvent } from "@pubsub-mfe/core";
import { describe, expect, it } from "vitest";
import {
  type AggregateDefinition,
  createEventStore,
  defineAggregate,
  type EventStore,
} from "../cqrs.js";
import { collect, MemoryOrigin, numbered, settled, withMethods } from "../testing/event-stores.js";
import {
  lamp,
  type Order,
  type OrderCommand,
  type OrderEvent,
  order,
  orders,
} from "../testing/order.js";
import { deferred, failureOf } from "../testing/promises.js";

type Added = { readonly type: "added"; readonly payload: number };

/** Adds what it is told, and refuses 0. */
function sums(
  changes: Partial<AggregateDefinition<{ sum: number }, Added, number>> = {},
): AggregateDefinition<{ sum: number }, Added, number> {
  return {
    name: "sum",
    initial: { sum: 0 },
    evolve: ({ sum }, { payload }) => ({ sum: sum + payload }),
    decide(_, by) {
      if (by === 0) throw new Error("nothing to add");
      return { type: "added", payload: by };
    },
    ...changes,
  };
}

/** Which versions of streams are read, and which snapshots. */
function watched(origin: MemoryOrigin): { store: EventStore<Added>; read: unknown[] } {
  const read: unknown[] = [];
  const { store } = origin.tab<Added>({
    streams: (streams) =>
      withMethods(streams, {
        async *read(stream, query) {
          for await (const event of streams.read(stream, query)) {
            read.push(event.version);
            yield event;
          }
        },
        readAll() {
          throw new Error("All streams were read.");
        },
      }),
  });
  return { store, read };
}

describe("load", () => {
  it("gives the initial state of what has no events", async () => {
    const { store } = new MemoryOrigin().tab<OrderEvent>();

    expect(await orders.on(store).load("1")).toEqual({
      state: { status: "new", total: 0, left: 0 },
      version: 0,
      position: undefined,
    });
  });

  it("gives the state with its version and position", async () => {
    const { store } = new MemoryOrigin().tab<OrderEvent>();
    const all = orders.on(store);
    await all.execute("1", { do: "create", items: [lamp] });
    await all.execute("1", { do: "pay", amount: 40 });
    await all.execute("2", { do: "create", items: [] });

    const [, last] = await collect(store.read(all.streamOf("1")));
    expect(await all.load("1")).toEqual({
      state: { status: "pending", total: 42, left: 2 },
      version: 2,
      position: last?.position,
    });
  });

  it("travels in time: to a version, a position of whatever stream, and a time", async () => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab<Added>();
    const each = defineAggregate(sums({ snapshotEvery: 2 })).on(store);
    const positions: unknown[] = [];
    for (const by of [1, 2, 4, 8]) {
      positions.push((await each.execute("a", by)).position);
      await each.execute("b", 100);
      origin.clock.advance(10);
    }
    const sumAt = async (at: object) => (await each.load("a", { at: at as never })).state.sum;

    expect(await sumAt({ version: 3 })).toBe(7);
    expect(await sumAt({ version: 0 })).toBe(0);
    expect(await sumAt({ version: 99 })).toBe(15);
    expect(await sumAt({ position: positions[1] })).toBe(3);
    expect(await sumAt({ time: origin.clock.now() - 25 })).toBe(3);
    expect(await sumAt({ time: 0 })).toBe(0);
  });

  it("makes the initial state anew each time", async () => {
    const { store } = new MemoryOrigin().tab<Added>();
    const byValue = defineAggregate({
      ...sums(),
      initial: { sum: 0 },
      evolve(state, { payload }) {
        state.sum += payload;
        return state;
      },
    }).on(store);
    await byValue.execute("1", 5);

    expect((await byValue.load("1")).state).toEqual({ sum: 5 });
    expect((await byValue.load("2")).state).toEqual({ sum: 0 });
    const byFunction = defineAggregate(sums({ initial: (id) => ({ sum: id.length }) })).on(store);
    expect((await byFunction.load("four")).state).toEqual({ sum: 4 });
  });

  it("brings events into their present shape", async () => {
    const origin = new MemoryOrigin();
    await origin.tab().store.append("sum:1", [{ type: "added", payload: { by: 3 } }]);
    const { store } = origin.tab<Added>({ upcast: { added: ({ by }) => by } });

    expect((await defineAggregate(sums()).on(store).load("1")).state.sum).toBe(3);
  });
});

describe("snapshots", () => {
  it("have a state read from there on", async () => {
    const { store, read } = watched(new MemoryOrigin());
    const each = defineAggregate(sums({ snapshotEvery: 3 })).on(store);
    for (const by of [1, 2, 3, 4]) await each.execute("1", by);
    await settled();
    read.length = 0;

    const { position } = await each.load("1");

    expect(read).toEqual([3, 4]);
    await each.execute("1", 5);
    await each.execute("1", 6);
    await settled();
    read.length = 0;
    const at6 = await each.load("1");
    expect(read).toEqual([6]);
    expect(at6).toMatchObject({ state: { sum: 21 }, version: 6 });
    expect((at6.position as string) > (position as string)).toBe(true);
  });

  it("of another snapshotVersion are not used", async () => {
    const { store, read } = watched(new MemoryOrigin());
    const before = defineAggregate(sums({ snapshotEvery: 2, snapshotVersion: 1 })).on(store);
    for (const by of [1, 2]) await before.execute("1", by);
    await settled();
    read.length = 0;

    const after = defineAggregate(
      sums({
        snapshotEvery: 2,
        snapshotVersion: 2,
        evolve: ({ sum }, { payload }) => ({ sum: sum + 10 * payload }),
      }),
    ).on(store);

    expect((await after.load("1")).state.sum).toBe(30);
    expect(read).toEqual([1, 2]);
  });

  it("that cannot be cloned are told once, and hurt nobody", async () => {
    const { store, warnings } = new MemoryOrigin().tab<Added>();
    const each = defineAggregate<{ sum: number; print?: () => void }, Added, number>({
      ...sums({ snapshotEvery: 1 }),
      evolve: ({ sum }, { payload }) => ({ sum: sum + payload, print: () => {} }),
      decide: (_, by) => [{ type: "added", payload: by }],
    }).on(store);

    await each.execute("1", 1);
    await settled();
    await each.execute("1", 2);
    await settled();

    expect((await each.load("1")).state.sum).toBe(3);
    expect(warnings).toMatchObject([{ code: "SNAPSHOT_FAILED", details: { stream: "sum:1" } }]);
    expect(warnings[0]?.message).toContain('"sum"');
  });

  it("of a stream that was forgotten while they were made are not used", async () => {
    const origin = new MemoryOrigin();
    const keep: (() => Promise<void>)[] = [];
    const { store, streams } = origin.tab<Added>({
      streams: (all) =>
        withMethods(all, {
          snapshot: async (...args) => {
            keep.push(() => all.snapshot(...args));
          },
        }),
    });
    const each = defineAggregate(sums({ snapshotEvery: 2 })).on(store);
    await each.execute("1", 5);
    await each.execute("1", 6);
    await store.forget("sum:1");
    for (const by of [1, 2, 3]) await each.execute("1", by);

    await keep[0]?.();

    expect(await streams.readSnapshot("sum:1", { name: "sum@1" })).toMatchObject({ version: 2 });
    expect((await each.load("1")).state.sum).toBe(6);
  });

  it("are gone with a stream that was forgotten", async () => {
    const { store } = new MemoryOrigin().tab<Added>();
    const each = defineAggregate(sums({ snapshotEvery: 1 })).on(store);
    await each.execute("1", 5);
    await settled();

    await store.forget(each.streamOf("1"));

    expect(await each.load("1")).toEqual({ state: { sum: 0 }, version: 0, position: undefined });
  });
});

describe("execute", () => {
  it("appends what was decided, and gives the state after it", async () => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab<Added>();
    const each = defineAggregate(
      sums({
        decide: (_, by) => [
          { type: "added", payload: by, meta: { by: "Ada" } },
          { type: "added", payload: 1 },
        ],
      }),
    ).on(store);

    const result = await each.execute("1", 2);

    const events = await collect(store.read("sum:1"));
    expect(events.map(({ payload, meta }) => [payload, meta])).toEqual([
      [2, { by: "Ada" }],
      [1, undefined],
    ]);
    expect(result).toEqual({
      state: { sum: 3 },
      version: 2,
      position: events[1]?.position,
      repeated: false,
    });
  });

  it("with no events appends nothing", async () => {
    const { store } = new MemoryOrigin().tab<Added>();
    const nothing = defineAggregate(sums({ decide: () => {} })).on(store);
    const none = defineAggregate(sums({ decide: () => [] })).on(store);

    expect(await nothing.execute("1", 1)).toMatchObject({ version: 0, repeated: false });
    expect(await none.execute("1", 1, { commandId: "c" })).toMatchObject({ version: 0 });
    expect(await collect(store.readAll())).toEqual([]);
  });

  it("that is refused appends nothing, and rejects with what decide threw", async () => {
    const { store } = new MemoryOrigin().tab<Added>();
    const each = defineAggregate(sums()).on(store);

    expect(await failureOf(each.execute("1", 0))).toMatchObject({ message: "nothing to add" });
    expect(await collect(store.readAll())).toEqual([]);
  });

  it("decides anew when another tab was first, by what is there then", async () => {
    const origin = new MemoryOrigin();
    const [a, b] = [origin.tab<OrderEvent>(), origin.tab<OrderEvent>()];
    const gate = deferred();
    const decided: string[] = [];
    const slow = defineAggregate<Order, OrderEvent, OrderCommand>({
      ...order,
      async decide(state, command, context) {
        decided.push(`${state.status} ${context.version}`);
        if (decided.length === 1) await gate.promise;
        return order.decide(state, command, context);
      },
    }).on(a.store);
    await orders.on(b.store).execute("1", { do: "create", items: [lamp] });

    const paying = failureOf(slow.execute("1", { do: "pay", amount: 42 }));
    await settled();
    await orders.on(b.store).execute("1", { do: "pay", amount: 42 });
    gate.resolve();

    expect(await paying).toMatchObject({ message: "It is paid." });
    expect(decided).toEqual(["pending 1", "paid 2"]);
  });

  it("gives up with the ConcurrencyError when others were first every time", async () => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab<Added>();
    const other = origin.tab<Added>();
    let decisions = 0;
    const each = defineAggregate(
      sums({
        retries: 2,
        async decide(_, by) {
          decisions += 1;
          await other.store.append("sum:1", [{ type: "added", payload: 100 }]);
          return { type: "added", payload: by };
        },
      }),
    ).on(store);

    const error = await failureOf(each.execute("1", 1));

    expect(isBusError(error, "CONCURRENCY")).toBe(true);
    expect(decisions).toBe(3);
  });

  it("a hundred times at once on one page never conflicts", async () => {
    const { store } = new MemoryOrigin().tab<Added>();
    let decisions = 0;
    const each = defineAggregate(
      sums({
        retries: 0,
        decide: (_, by) => {
          decisions += 1;
          return { type: "added", payload: by };
        },
      }),
    ).on(store);

    await Promise.all(Array.from({ length: 100 }, () => each.execute("1", 1)));

    expect((await each.load("1")).state.sum).toBe(100);
    expect(decisions).toBe(100);
  });

  it("goes on after a command that was refused", async () => {
    const { store } = new MemoryOrigin().tab<Added>();
    const each = defineAggregate(sums()).on(store);

    const results = await Promise.allSettled([1, 0, 2].map((by) => each.execute("1", by)));

    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await each.load("1")).state.sum).toBe(3);
  });

  it("repeated with its commandId gives what came of it, even where it would be refused now", async () => {
    const { store } = new MemoryOrigin().tab<OrderEvent>();
    const all = orders.on(store);
    await all.execute("1", { do: "create", items: [lamp] }, { commandId: "create" });
    const pay = { do: "pay", amount: 42 } as const;
    const first = await all.execute("1", pay, { commandId: "pay" });
    await all.execute("1", { do: "ship" }, { commandId: "ship" });

    expect(await all.execute("1", pay, { commandId: "pay" })).toEqual({ ...first, repeated: true });
    // Also where it decides on nothing now.
    expect(await all.execute("1", { do: "ship" }, { commandId: "ship" })).toMatchObject({
      version: 3,
      repeated: true,
    });
    expect(await failureOf(all.execute("1", pay, { commandId: "other" }))).toMatchObject({
      message: "It is shipped.",
    });
    expect((await all.load("1")).version).toBe(3);
  });

  it("publishes its events", async () => {
    const published: string[] = [];
    const { store } = new MemoryOrigin().tab<OrderEvent>({
      bus: { publish: (topic) => published.push(topic) },
    });

    await orders.on(store).execute("1", { do: "create", items: [lamp] });
    await store.publishPending();

    expect(published).toEqual(["order.created"]);
  });

  it("refuses an empty id, and to work on a store that was disposed", async () => {
    const { store } = new MemoryOrigin().tab<OrderEvent>();
    const all = orders.on(store);

    expect(await failureOf(all.load(""))).toMatchObject({ code: "INVALID_ARGUMENT" });
    store.dispose();
    expect(await failureOf(all.load("1"))).toMatchObject({ code: "DISPOSED" });
    expect(await failureOf(all.execute("1", { do: "ship" }))).toMatchObject({ code: "DISPOSED" });
  });
});

describe("defineAggregate", () => {
  it.each([
    [{ name: "" }, 'The name of an aggregate is ""'],
    [{ name: "a:b" }, "without a colon"],
    [{ evolve: 1 }, "evolve is 1"],
    [{ decide: undefined }, "decide is undefined"],
    [{ snapshotEvery: 0 }, "snapshotEvery is 0"],
    [{ retries: -1 }, "retries is -1"],
  ])("refuses %o", (changes, message) => {
    expect(() => defineAggregate({ ...sums(), ...(changes as object) })).toThrow(message);
  });

  it("refuses what is no store", () => {
    expect(() => defineAggregate(sums()).on({} as never)).toThrow("The store is an object");
  });

  it("keeps apart what has ids and names alike", async () => {
    const store = createEventStore({ streams: new MemoryOrigin().data.open() });
    await store.append("a:b:c", numbered(1, 1, "added"));
    const a = defineAggregate(sums({ name: "a" })).on(store);

    const events: StoredEvent[] = await collect(store.read(a.streamOf("b:c")));

    expect(events).toHaveLength(1);
    expect(() => defineAggregate(sums({ name: "a:b" }))).toThrow();
    store.dispose();
  });
});
