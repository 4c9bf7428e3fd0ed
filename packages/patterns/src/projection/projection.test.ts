import { type EventPosition, isBusError } from "@pubsub-mfe/core";
import { describe, expect, it, vi } from "vitest";
import {
  createProjection,
  type EventStore,
  isPatternError,
  type Projection,
  type ProjectionOptions,
} from "../cqrs.js";
import { MemoryOrigin, numbered, settled, withMethods } from "../testing/event-stores.js";
import { failureOf } from "../testing/promises.js";

type Options = Partial<ProjectionOptions<number>>;

/** Sums by stream what is counted; a negative number is poison. */
function sumsOf(store: EventStore, options: Options = {}): Projection<number> {
  return createProjection<number>(store, {
    name: "sums",
    key: ({ stream }) => stream,
    on: {
      counted(sum = 0, { payload }) {
        if (payload < 0) throw new Error(`${payload} is below 0`);
        return sum + payload;
      },
      cleared: () => undefined,
    },
    ...options,
  });
}

describe("createProjection", () => {
  it("builds rows of what is there and of what comes", async () => {
    const { store } = new MemoryOrigin().tab();
    await store.append("a", numbered(1, 3));
    const sums = sumsOf(store);

    const { position } = await store.append("b", numbered(4, 4));
    await sums.waitFor(position);

    expect(await sums.get("a")).toBe(6);
    expect(await sums.list()).toEqual([
      { id: "a", row: 6 },
      { id: "b", row: 4 },
    ]);
    expect(await sums.list({ from: "b", limit: 1 })).toEqual([{ id: "b", row: 4 }]);
    expect(await sums.get("none")).toBeUndefined();
  });

  it("deletes a row for undefined, and keeps one of null", async () => {
    const { store } = new MemoryOrigin().tab();
    const rows = createProjection<null>(store, {
      name: "nulls",
      key: ({ payload }) => payload,
      on: { "+": (_, { type }) => (type === "gone" ? undefined : null) },
    });

    await store.append("s", [
      { type: "there", payload: "a" },
      { type: "there", payload: "b" },
    ]);
    const { position } = await store.append("s", [{ type: "gone", payload: "a" }]);
    await rows.waitFor(position);

    expect(await rows.list()).toEqual([{ id: "b", row: null }]);
  });

  it("takes several rows of an event, or none, whatever their ids", async () => {
    const { store } = new MemoryOrigin().tab();
    const ids = ["__proto__", "a/b", " ", "\u0000", "constructor", "x", "x"];
    const counts = createProjection<number>(store, {
      name: "counts",
      key: ({ payload }) => (payload === "all" ? ids : payload === "none" ? [] : undefined),
      on: { said: (count = 0) => count + 1 },
    });

    for (const payload of ["all", "none", null, "all"]) {
      await store.append("s", [{ type: "said", payload }]);
    }
    await counts.waitFor(await store.head());

    expect(new Map((await counts.list()).map(({ id, row }) => [id, row]))).toEqual(
      new Map(ids.map((id) => [id, 2])),
    );
  });

  it("runs the reducer of the type itself, or the first whose pattern matches", async () => {
    const { store } = new MemoryOrigin().tab();
    const ran = createProjection<string[]>(store, {
      name: "ran",
      key: () => "all",
      on: {
        "x.#": (row = []) => [...row, "x.#"],
        "x.a": (row = []) => [...row, "x.a"],
        "+.b": (row = []) => [...row, "+.b"],
      },
    });

    for (const type of ["x.a", "x.b", "y.b", "z"]) await store.append("s", numbered(1, 1, type));
    await ran.waitFor(await store.head());

    expect(await ran.get("all")).toEqual(["x.a", "x.#", "+.b"]);
  });

  it("goes on where it was left", async () => {
    const origin = new MemoryOrigin();
    const first = origin.tab();
    const before = sumsOf(first.store);
    await before.waitFor((await first.store.append("a", numbered(1, 2))).position);
    before.dispose();
    await first.store.append("a", numbered(3, 3));
    const reduced: unknown[] = [];

    const after = sumsOf(origin.tab().store, {
      on: {
        counted(sum = 0, { payload }) {
          reduced.push(payload);
          return sum + payload;
        },
      },
    });
    await after.waitFor(await first.store.head());

    expect(await after.get("a")).toBe(6);
    expect(reduced).toEqual([3]);
  });

  it("keeps the rows of two deployed versions apart", async () => {
    const origin = new MemoryOrigin();
    const [a, b] = [origin.tab(), origin.tab()];
    const old = sumsOf(a.store, { version: 1 });
    const present = sumsOf(b.store, {
      version: 2,
      on: { counted: (sum = 0, { payload }) => sum + 10 * payload },
    });

    const { position } = await a.store.append("a", numbered(1, 2));
    await Promise.all([old.waitFor(position), present.waitFor(position)]);

    expect([await old.get("a"), await present.get("a")]).toEqual([3, 30]);
  });

  it.each([
    [{ name: "" }, "The name of a projection"],
    [{ version: 1.5 }, "version is 1.5"],
    [{ key: "id" }, 'key is "id"'],
    [{ on: { a: 1 } }, 'on["a"] is 1'],
    [{ onPoison: "loop" }, 'onPoison is "loop"'],
    [{ batchSize: 0 }, "batchSize is 0"],
  ])("refuses %o", (options, message) => {
    const { store } = new MemoryOrigin().tab();

    expect(() => sumsOf(store, options as never)).toThrow(message);
  });
});

describe("waitFor", () => {
  it("settles at once for what is in the rows, and for no position", async () => {
    const { store, streams } = new MemoryOrigin().tab();
    const sums = sumsOf(store);
    const { position } = await store.append("a", numbered(1, 1));
    await sums.waitFor(position);
    await streams.append("a", []);

    await sums.waitFor(position, { timeout: 0 });
    await sums.waitFor(undefined);
  });

  it("rejects after its timeout, or when its signal aborts, and leaves nothing behind", async () => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab({
      streams: (streams) => withMethods(streams, { transact: () => new Promise(() => {}) }),
      locks: false,
    });
    const sums = sumsOf(store);
    const { position } = await store.append("a", numbered(1, 1));
    const controller = new AbortController();

    const late = failureOf(sums.waitFor(position, { timeout: 300 }));
    const aborted = failureOf(sums.waitFor(position, { signal: controller.signal }));
    await settled();
    controller.abort("enough");
    await origin.advance(300);

    expect(isPatternError(await late, "PROJECTION_TIMEOUT")).toBe(true);
    expect(await aborted).toBe("enough");
    expect(await failureOf(sums.waitFor(position, { signal: AbortSignal.abort("x") }))).toBe("x");
    expect(origin.clock.timerCount).toBe(0);
    expect(await failureOf(sums.waitFor(position, { timeout: Number.NaN }))).toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });

  it("gets past events that were forgotten before they were built", async () => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab();
    await store.append("a", numbered(1, 1));
    const { position } = await store.append("b", numbered(2, 2));
    await store.forget("b");

    const sums = sumsOf(store);
    await sums.waitFor(position);

    expect(await sums.list()).toEqual([{ id: "a", row: 1 }]);
  });

  it("is told what keeps the rows from being built, and tries again when asked", async () => {
    let fails = true;
    const { store, codes } = new MemoryOrigin().tab({
      streams: (streams) =>
        withMethods(streams, {
          transact: (id, callback) =>
            fails && id.name === "sums"
              ? Promise.reject(new Error("no database"))
              : streams.transact(id, callback),
        }),
    });
    const { position } = await store.append("a", numbered(1, 1));
    const sums = sumsOf(store);

    expect(await failureOf(sums.waitFor(position))).toMatchObject({ message: "no database" });
    expect(sums.status).toMatchObject({ state: "catching-up", error: { message: "no database" } });
    expect(new Set(codes())).toEqual(new Set(["PROJECTION_FAILED"]));
    fails = false;
    await sums.waitFor(position);
    await settled();

    expect(sums.status).toMatchObject({ state: "live", error: undefined });
    expect(await sums.get("a")).toBe(1);
  });
});

describe("a poison event", () => {
  it("stops the projection before it, told once, and whoever waits", async () => {
    const { store, warnings } = new MemoryOrigin().tab();
    const sums = sumsOf(store);
    const before = await store.append("a", numbered(1, 2));
    await store.append("a", numbered(-1, -1));
    const after = await store.append("a", numbered(3, 3));

    const error = await failureOf(sums.waitFor(after.position));

    expect(isPatternError(error, "PROJECTION_STOPPED")).toBe(true);
    expect(error).toMatchObject({
      event: { payload: -1, version: 3 },
      cause: { message: "-1 is below 0" },
    });
    expect(sums.status).toMatchObject({ state: "stopped", position: before.position, error });
    expect(await sums.get("a")).toBe(3);
    await store.append("a", numbered(4, 4));
    expect(await failureOf(sums.waitFor(after.position))).toBe(error);
    await sums.waitFor(before.position);
    expect(warnings.map(({ code }) => code)).toEqual(["PROJECTION_STOPPED"]);
  });

  it("stops each tab once, and none of them loops", async () => {
    const origin = new MemoryOrigin();
    const tabs = [origin.tab(), origin.tab(), origin.tab()];
    let reduced = 0;
    const all = tabs.map(({ store }) =>
      sumsOf(store, {
        on: {
          counted() {
            reduced += 1;
            throw new Error("no");
          },
        },
      }),
    );

    const { position } = await (tabs[0] as (typeof tabs)[0]).store.append("a", numbered(1, 1));
    const errors = await Promise.all(all.map((each) => failureOf(each.waitFor(position))));
    await origin.advance(5_000);

    expect(errors.every((error) => isPatternError(error, "PROJECTION_STOPPED"))).toBe(true);
    expect(reduced).toBe(3);
    for (const { codes } of tabs) expect(codes()).toEqual(["PROJECTION_STOPPED"]);
  });

  it("is skipped where that is chosen, told each time, and its neighbours are in the rows", async () => {
    const { store, warnings } = new MemoryOrigin().tab();
    await store.append(
      "a",
      [-1, 1, -2, -3, 2, -4].map((payload) => ({ type: "counted", payload })),
    );
    const sums = sumsOf(store, { onPoison: "skip", batchSize: 4 });

    await sums.waitFor(await store.head());

    expect(await sums.get("a")).toBe(3);
    expect(sums.status.state).toBe("live");
    expect(
      warnings.map(({ code, details }) => [
        code,
        (details as { event: { payload: number } }).event.payload,
      ]),
    ).toEqual([-1, -2, -3, -4].map((payload) => ["EVENT_SKIPPED", payload]));
  });

  it.each([
    ["a key that throws", { key: () => JSON.parse("no") }],
    ["a key that is none", { key: () => "" }],
    ["a row that cannot be stored", { on: { counted: () => (() => {}) as never } }],
  ])("may be one of %s", async (_, options) => {
    const { store, codes } = new MemoryOrigin().tab();
    const stops = sumsOf(store, { name: "stops", ...(options as Options) });
    const skips = sumsOf(store, { name: "skips", onPoison: "skip", ...(options as Options) });

    const { position } = await store.append("a", numbered(1, 2));
    const error = await failureOf(stops.waitFor(position));
    await skips.waitFor(position);

    expect(error).toMatchObject({ code: "PROJECTION_STOPPED", event: { version: 1 } });
    expect(codes().sort()).toEqual(["EVENT_SKIPPED", "EVENT_SKIPPED", "PROJECTION_STOPPED"]);
    expect(await skips.list()).toEqual([]);
  });

  it("may be one that cannot be brought into its present shape", async () => {
    const { store } = new MemoryOrigin().tab({
      upcast: {
        counted(payload) {
          if (payload === 2) throw new Error("no");
          return payload;
        },
      },
    });
    await store.append(
      "a",
      numbered(1, 3).map((event) => ({ ...event, meta: { v: 1 } })),
    );
    const sums = sumsOf(store, { onPoison: "skip" });

    await sums.waitFor(await store.head());

    expect(await sums.get("a")).toBe(4);
  });

  it("changes none of several rows when the reducer throws on one", async () => {
    const { store } = new MemoryOrigin().tab();
    const rows = createProjection<number>(store, {
      name: "rows",
      key: ({ payload }) => payload,
      on: {
        "+": (count = 0) => {
          if (count === 1) throw new Error("no");
          return count + 1;
        },
      },
      onPoison: "skip",
    });
    await store.append("s", [
      { type: "t", payload: ["b"] },
      { type: "t", payload: ["a", "b", "c"] },
    ]);

    await rows.waitFor(await store.head());

    expect(await rows.list()).toEqual([{ id: "b", row: 1 }]);
    expect([...(await rows.at(Number.MAX_VALUE))]).toEqual([["b", 1]]);
  });
});

describe("a reducer that returns a promise", () => {
  it.each(["stop", "skip"] as const)("is refused, also with onPoison %s", async (onPoison) => {
    const { store } = new MemoryOrigin().tab();
    const sums = sumsOf(store, {
      onPoison,
      on: { counted: (async () => Promise.reject(new Error("late"))) as never },
    });
    const { position } = await store.append("a", numbered(1, 1));

    const error = await failureOf(sums.waitFor(position));

    expect(error).toMatchObject({ code: "PROJECTION_STOPPED", cause: { code: "ASYNC_REDUCER" } });
    expect((error as Error).message).toContain('The reducer of "counted" returned a promise');
    expect(await failureOf(sums.at(Number.MAX_VALUE))).toMatchObject({
      cause: { code: "ASYNC_REDUCER" },
    });
  });
});

describe("rebuild", () => {
  it("builds all rows anew, and tells how far it is", async () => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab();
    await store.append("a", numbered(1, 5));
    await store.append("b", numbered(6, 6));
    const sums = sumsOf(store, { batchSize: 4 });
    await sums.waitFor(await store.head());
    await store.forget("b");
    const told: unknown[] = [];
    const states: string[] = [];
    sums.onChange(({ state }) => states.push(state));

    await sums.rebuild({ onProgress: ({ events, time }) => told.push([events, time]) });

    const time = origin.clock.now();
    expect(told).toEqual([
      [4, time],
      [5, time],
    ]);
    expect(await sums.list()).toEqual([{ id: "a", row: 15 }]);
    expect(states[0]).toBe("rebuilding");
    expect(states.at(-1)).toBe("live");
  });

  it("starts a projection again that had stopped", async () => {
    const { store } = new MemoryOrigin().tab();
    let isRepaired = false;
    const sums = sumsOf(store, {
      on: {
        counted(sum = 0, { payload }) {
          if (!isRepaired) throw new Error("no");
          return sum + payload;
        },
      },
    });
    await store.append("a", numbered(1, 1));
    await failureOf(sums.waitFor(await store.head()));
    expect(await failureOf(sums.rebuild())).toMatchObject({ code: "PROJECTION_STOPPED" });

    isRepaired = true;
    await sums.rebuild();
    const { position } = await store.append("a", numbered(2, 2));
    await sums.waitFor(position);

    expect(await sums.get("a")).toBe(3);
    expect(sums.status.error).toBeUndefined();
  });

  it("in a tab that follows brings the rows of all tabs", async () => {
    const origin = new MemoryOrigin();
    const [a, b] = [origin.tab(), origin.tab()];
    await a.store.append("a", numbered(1, 3));
    const [inA, inB] = [sumsOf(a.store), sumsOf(b.store)];
    await inA.waitFor(await a.store.head());

    await inB.rebuild();
    const { position } = await a.store.append("a", numbered(4, 4));
    await inA.waitFor(position);

    expect(await inB.get("a")).toBe(10);
  });

  it("whose onProgress throws is built to its end all the same", async () => {
    const { store } = new MemoryOrigin().tab();
    await store.append("a", numbered(1, 6));
    const sums = sumsOf(store, { batchSize: 2 });
    await sums.waitFor(await store.head());

    const error = await failureOf(
      sums.rebuild({
        onProgress() {
          throw new Error("no bar");
        },
      }),
    );
    await settled();

    expect(error).toMatchObject({ message: "no bar" });
    expect(await sums.get("a")).toBe(21);
    expect(sums.status).toMatchObject({ state: "live", error: undefined });
  });

  it("that is given up goes on without its caller", async () => {
    const { store } = new MemoryOrigin().tab();
    await store.append("a", numbered(1, 6));
    const sums = sumsOf(store, { batchSize: 2 });
    await sums.waitFor(await store.head());
    const controller = new AbortController();
    const onProgress = vi.fn(() => controller.abort("enough"));

    expect(await failureOf(sums.rebuild({ onProgress, signal: controller.signal }))).toBe("enough");
    await settled();

    expect(onProgress).toHaveBeenCalledTimes(1);
    expect(await sums.get("a")).toBe(21);
    expect(await failureOf(sums.rebuild({ signal: AbortSignal.abort("no") }))).toBe("no");
    expect(sums.status.state).toBe("live");
  });
});

describe("at", () => {
  it("gives the rows as they were, which nothing else changes", async () => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab();
    const sums = sumsOf(store);
    await store.append("b", numbered(1, 1));
    await store.append("a", numbered(2, 2));
    const then = origin.clock.now();
    origin.clock.advance(10);
    await store.append("a", [{ type: "cleared", payload: null }]);
    await store.append("b", numbered(10, 10));
    await sums.waitFor(await store.head());

    expect([...(await sums.at(then))]).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
    expect([...(await sums.at(then + 10))]).toEqual([["b", 11]]);
    expect([...(await sums.at(then - 1))]).toEqual([]);
    expect(await sums.list()).toEqual([{ id: "b", row: 11 }]);
    expect(await failureOf(sums.at(Number.NaN))).toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("meets poison as the rows do", async () => {
    const { store } = new MemoryOrigin().tab();
    await store.append("a", [
      { type: "counted", payload: 1 },
      { type: "counted", payload: -1 },
    ]);
    const stops = sumsOf(store, { name: "stops" });
    const skips = sumsOf(store, { name: "skips", onPoison: "skip" });

    expect(await failureOf(stops.at(Number.MAX_VALUE))).toMatchObject({
      code: "PROJECTION_STOPPED",
    });
    expect([...(await skips.at(Number.MAX_VALUE))]).toEqual([["a", 1]]);
  });
});

describe("status", () => {
  it("tells state, position and lag, and onChange of each change", async () => {
    const origin = new MemoryOrigin();
    const { store, streams } = origin.tab();
    await store.append("a", numbered(1, 2));
    origin.clock.advance(1_000);
    await streams.append("a", numbered(3, 3));
    const sums = sumsOf(store, { batchSize: 2 });
    const told: unknown[] = [];
    const stop = sums.onChange(({ state, lag }) => told.push([state, lag]));
    expect(sums.status).toEqual({
      state: "catching-up",
      position: undefined,
      lag: 0,
      error: undefined,
    });

    await sums.waitFor(await store.head());
    await settled();

    expect(told).toEqual([
      ["catching-up", 1_000],
      ["catching-up", 0],
      ["live", 0],
    ]);
    expect(sums.status).toMatchObject({ state: "live", position: await store.head() });
    stop();
    stop();
    await store.append("a", numbered(4, 4));
    await settled();
    expect(told).toHaveLength(3);
  });
});

describe("a store that was deleted", () => {
  it("has the projection begin again from the first event", async () => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab();
    const sums = sumsOf(store);
    await sums.waitFor((await store.append("a", numbered(1, 2))).position);

    await origin.data.deleteAll();
    const { position } = await store.append("a", numbered(5, 5));
    await sums.waitFor(position);

    expect(await sums.list()).toEqual([{ id: "a", row: 5 }]);
  });

  it("between the checkpoint and what is read after it: it begins again, and says so", async () => {
    const origin = new MemoryOrigin();
    let deletes = false;
    const { store, codes } = origin.tab({
      locks: false,
      streams: (streams) =>
        withMethods(streams, {
          async head() {
            if (deletes) await origin.data.deleteAll();
            deletes = false;
            return await streams.head();
          },
        }),
    });
    const sums = sumsOf(store);
    await sums.waitFor((await store.append("a", numbered(1, 2))).position);

    deletes = true;
    await store.append("a", numbered(7, 7));
    await settled();
    const { position } = await store.append("a", numbered(5, 5));
    await sums.waitFor(position);

    expect(await sums.list()).toEqual([{ id: "a", row: 5 }]);
    expect(codes()).toEqual(["PROJECTION_RESTARTED"]);
  });

  it("refuses a position of before", async () => {
    const origin = new MemoryOrigin();
    const { store } = origin.tab();
    const sums = sumsOf(store);
    const { position } = await store.append("a", numbered(1, 2));
    await origin.data.deleteAll();

    const error = await failureOf(sums.waitFor(position));
    const none = await failureOf(sums.waitFor("no position" as EventPosition));

    expect(isBusError(error, "STALE_POSITION")).toBe(true);
    expect(isBusError(none, "STALE_POSITION")).toBe(true);
  });
});

describe("dispose", () => {
  it.each(["the projection", "the store"])("of %s ends it in this tab", async (what) => {
    const origin = new MemoryOrigin();
    const { store, streams } = origin.tab();
    const sums = sumsOf(store);
    await sums.waitFor((await store.append("a", numbered(1, 1))).position);
    const { position } = await streams.append("a", numbered(2, 2));
    const onChange = vi.fn();
    sums.onChange(onChange);

    const waiting = failureOf(sums.waitFor(position));
    if (what === "the store") store.dispose();
    else sums.dispose();
    sums.dispose();

    expect(await waiting).toMatchObject({ code: "DISPOSED" });
    expect(await failureOf(sums.waitFor(position))).toMatchObject({ code: "DISPOSED" });
    expect(await failureOf(sums.rebuild())).toMatchObject({ code: "DISPOSED" });
    expect(await failureOf(sums.at(0))).toMatchObject({ code: "DISPOSED" });
    await settled();
    expect(origin.locks.locked()).toEqual([]);
    expect(origin.clock.timerCount).toBe(0);
    expect(await sums.get("a")).toBeGreaterThan(0);
  });

  it("in the turn of a rebuild leaves the rows, which are of all tabs", async () => {
    const { store } = new MemoryOrigin().tab();
    const sums = sumsOf(store);
    const { position } = await store.append("a", numbered(1, 3));
    await sums.waitFor(position);

    const rebuilt = failureOf(sums.rebuild());
    sums.dispose();

    expect(await rebuilt).toMatchObject({ code: "DISPOSED" });
    expect(await sums.get("a")).toBe(6);
    expect(sums.status.state).toBe("stopped");
  });
});
