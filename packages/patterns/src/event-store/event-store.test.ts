import { isBusError } from "@pubsub-mfe/core";
import { describe, expect, it } from "vitest";
import { createEventStore, isPatternError, type UpcastError } from "../cqrs.js";
import { collect, MemoryOrigin, numbered, settled } from "../testing/event-stores.js";
import { failureOf } from "../testing/promises.js";

const payloadsOf = async (events: AsyncIterable<{ payload: unknown }>): Promise<unknown[]> =>
  (await collect(events)).map(({ payload }) => payload);

describe("append", () => {
  it("tells the version and the position of the last event", async () => {
    const { store } = new MemoryOrigin().tab();

    const result = await store.append("cart", numbered(1, 3), { expectedVersion: "none" });

    const events = await collect(store.read("cart"));
    expect(result).toEqual({ version: 3, position: events[2]?.position, repeated: false });
  });

  it("does nothing again for a commandId of before", async () => {
    const { store } = new MemoryOrigin().tab();
    const first = await store.append("cart", numbered(1, 2), { commandId: "click" });
    await store.append("cart", numbered(3, 3));

    const second = await store.append("cart", numbered(1, 2), {
      commandId: "click",
      expectedVersion: 0,
    });

    expect(second).toEqual({ ...first, repeated: true });
    expect(await payloadsOf(store.read("cart"))).toEqual([1, 2, 3]);
  });

  it.each([
    ["", [], "INVALID_ARGUMENT"],
    ["cart", [{ type: "a..b", payload: 1 }], "INVALID_TOPIC"],
    ["cart", [{ type: "a", payload: () => {} }], "INVALID_ARGUMENT"],
    ["cart", [undefined], "INVALID_ARGUMENT"],
    ["cart", "events", "INVALID_ARGUMENT"],
  ])("refuses %o, %o", async (stream, events, code) => {
    const { store } = new MemoryOrigin().tab({ upcast: { a: (payload) => payload } });

    const error = await failureOf(store.append(stream, events as never));

    expect(isBusError(error, code as never)).toBe(true);
  });
});

describe("read", () => {
  it("gives versions from one to another", async () => {
    const { store } = new MemoryOrigin().tab();
    await store.append("cart", numbered(1, 5));

    expect(await payloadsOf(store.read("cart", { fromVersion: 2, toVersion: 3 }))).toEqual([2, 3]);
    expect(await payloadsOf(store.read("cart", { fromVersion: 9 }))).toEqual([]);
    expect(await payloadsOf(store.read("nothing"))).toEqual([]);
  });

  it("gives a stream as it was at a version, a position of whatever stream, and a time", async () => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab();
    await store.append("cart", numbered(1, 2));
    const then = origin.clock.now();
    const other = await store.append("other", numbered(7, 7));
    origin.clock.advance(1);
    const last = await store.append("cart", numbered(3, 4));
    const at = (moment: object) => payloadsOf(store.read("cart", { at: moment as never }));

    expect(await at({ version: 3 })).toEqual([1, 2, 3]);
    expect(await at({ position: other.position })).toEqual([1, 2]);
    expect(await at({ position: last.position })).toEqual([1, 2, 3, 4]);
    expect(await at({ time: then })).toEqual([1, 2]);
    expect(await at({ time: then - 1 })).toEqual([]);
  });

  it("at a time gives the prefix that was committed until then, also when the clock stepped back", async () => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab();
    await store.append("cart", numbered(1, 1));
    const then = origin.clock.now();
    origin.clock.wallMs -= 1_000;
    await store.append("cart", numbered(2, 2));

    expect(await payloadsOf(store.read("cart", { at: { time: then } }))).toEqual([1, 2]);
    expect(await payloadsOf(store.read("cart", { at: { time: then - 1 } }))).toEqual([]);
  });

  it("refuses a moment that is none, and one of another store", async () => {
    const { store } = new MemoryOrigin().tab();
    const { position } = await new MemoryOrigin().tab().store.append("a", numbered(1, 1));

    const none = await failureOf(collect(store.read("cart", { at: {} as never })));
    const other = await failureOf(
      collect(store.read("cart", { at: { position: position as never } })),
    );

    expect(none).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(isBusError(other, "STALE_POSITION")).toBe(true);
  });
});

describe("readAll", () => {
  it("gives all streams in the order of the commits, by type and after a position", async () => {
    const { store } = new MemoryOrigin().tab();
    await store.append("a", numbered(1, 1, "x.one"));
    const { position } = await store.append("b", numbered(2, 2, "y"));
    await store.append("a", numbered(3, 4, "x.two"));

    expect(await payloadsOf(store.readAll())).toEqual([1, 2, 3, 4]);
    expect(await payloadsOf(store.readAll({ types: "x.#" }))).toEqual([1, 3, 4]);
    expect(await payloadsOf(store.readAll({ after: position, limit: 1 }))).toEqual([3]);
    expect(await payloadsOf(store.readAll({ after: await store.head() }))).toEqual([]);
  });
});

describe("forget", () => {
  it("deletes one stream, which begins anew", async () => {
    const { store } = new MemoryOrigin().tab();
    await store.append("a", numbered(1, 2), { commandId: "c" });
    await store.append("b", numbered(3, 3));

    await store.forget("a");

    expect(await payloadsOf(store.readAll())).toEqual([3]);
    expect(await store.append("a", numbered(4, 4), { commandId: "c" })).toMatchObject({
      version: 1,
      repeated: false,
    });
  });
});

describe("upcast", () => {
  const upcast = {
    "order.paid": [
      (amount: number) => ({ amount }),
      (payload: { amount: number }) => ({ ...payload, currency: "EUR" }),
    ],
  };

  it("brings each event from the version that it was stored with to the present one", async () => {
    const origin = new MemoryOrigin();
    const first = origin.tab();
    const second = origin.tab({ upcast: { "order.paid": upcast["order.paid"][0] as never } });
    const third = origin.tab({ upcast });
    await first.store.append("order", [{ type: "order.paid", payload: 1 }]);
    await second.store.append("order", [{ type: "order.paid", payload: { amount: 2 } }]);
    const present = { amount: 3, currency: "USD" };
    await third.store.append("order", [{ type: "order.paid", payload: present }]);
    await third.store.append("order", [{ type: "order.shipped", payload: 4 }]);

    const expected = [{ amount: 1, currency: "EUR" }, { amount: 2, currency: "EUR" }, present, 4];
    expect(await payloadsOf(third.store.read("order"))).toEqual(expected);
    expect(await payloadsOf(third.store.readAll())).toEqual(expected);
    const received: unknown[] = [];
    third.store.subscribe({}, ({ payload }) => received.push(payload));
    await settled();
    expect(received).toEqual(expected);
    // What is stored stays as it is.
    expect(await payloadsOf(first.store.read("order"))).toEqual([1, { amount: 2 }, present, 4]);
  });

  it("gives what a newer release has stored as it is, and says so once", async () => {
    const origin = new MemoryOrigin();
    const newer = origin.tab({ upcast });
    const older = origin.tab({ upcast: { "order.paid": (payload) => payload } });
    const payload = { amount: 3, currency: "USD" };
    await newer.store.append("order", [
      { type: "order.paid", payload },
      { type: "order.paid", payload },
    ]);

    expect(await payloadsOf(older.store.read("order"))).toEqual([payload, payload]);
    expect(older.codes()).toEqual(["EVENT_NEWER"]);
  });

  it("that throws is told with the event", async () => {
    const cause = new Error("no");
    const { store } = new MemoryOrigin().tab({
      upcast: {
        a: () => {
          throw cause;
        },
      },
    });
    await store.append("s", [{ type: "a", payload: 1, meta: { v: 1 } }]);

    const error = await failureOf(collect(store.read("s")));

    expect(isPatternError(error, "UPCAST_FAILED")).toBe(true);
    expect((error as UpcastError).message).toContain('"a" (version 1 of the stream "s")');
    expect((error as UpcastError).cause).toBe(cause);
  });
});

describe("createEventStore", () => {
  it.each([
    [{ streams: {} }, "streams is an object"],
    [{ bus: {} }, "bus is an object"],
    [{ upcast: { a: 1 } }, 'upcast["a"] is 1'],
  ])("refuses %o", (options, message) => {
    const streams = new MemoryOrigin().data.open();

    expect(() => createEventStore({ streams, ...options } as never)).toThrow(message);
  });

  it("that was disposed refuses to work, and leaves the streams open", async () => {
    const { store, streams } = new MemoryOrigin().tab();
    await store.append("a", numbered(1, 1));

    store.dispose();
    store.dispose();

    for (const call of [
      () => store.append("a", []),
      () => store.forget("a"),
      () => store.head(),
      () => store.publishPending(),
      () => collect(store.read("a")),
      () => collect(store.readAll()),
    ]) {
      expect(await failureOf(call())).toMatchObject({ code: "DISPOSED" });
    }
    expect(() => store.subscribe({}, () => {})).toThrow("The event store was disposed");
    expect(await collect(streams.read("a"))).toHaveLength(1);
  });
});
