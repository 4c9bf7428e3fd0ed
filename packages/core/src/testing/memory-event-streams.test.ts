import { describe, expect, it, vi } from "vitest";
import { eventStreamsContract } from "./contracts/event-streams-contract.js";
import { ManualClock } from "./manual-clock.js";
import { MemoryStreamStore } from "./memory-event-streams.js";

eventStreamsContract("Event streams in memory", async () => {
  const clock = new ManualClock();
  const store = new MemoryStreamStore({ clock });
  return {
    clock,
    openTab: async () => {
      const streams = store.open();
      return { streams, close: () => streams.close() };
    },
    wipe: () => store.deleteAll(),
  };
});

describe("MemoryStreamStore", () => {
  it("needs nothing", async () => {
    const streams = new MemoryStreamStore().open();

    expect(await streams.append("s", [{ type: "x", payload: 1 }])).toMatchObject({ version: 1 });
  });

  it("ends a tab without a word: nothing of it is stored, told or settled any more", async () => {
    const store = new MemoryStreamStore();
    const [dead, alive] = [store.open(), store.open()];
    const told = vi.fn();
    dead.onAppend(told);
    const settled = vi.fn();
    const watch = (promise: Promise<unknown>) => void promise.then(settled, settled);
    watch(dead.append("s", [{ type: "x", payload: "too late" }]));
    watch(
      dead.transact({ name: "p", version: 1 }, async (transaction) => {
        await transaction.get("row");
        transaction.put("row", "too late");
      }),
    );
    dead.close();
    watch(dead.append("s", [{ type: "x", payload: "later still" }]));
    watch(dead.head());

    await alive.append("s", [{ type: "x", payload: "alive" }]);

    expect(await alive.rows({ name: "p", version: 1 }).list()).toEqual([]);
    const stored: unknown[] = [];
    for await (const { payload } of alive.readAll()) stored.push(payload);
    expect(stored).toEqual(["alive"]);
    expect(told).not.toHaveBeenCalled();
    expect(settled).not.toHaveBeenCalled();
  });

  it("rolls back the transaction that a tab dies in", async () => {
    const store = new MemoryStreamStore();
    const [dead, alive] = [store.open(), store.open()];
    const projection = { name: "p", version: 1 };
    void dead.transact(projection, async (transaction) => {
      transaction.put("row", 1);
      dead.close();
      await transaction.get("row");
    });

    expect(await alive.rows(projection).list()).toEqual([]);
  });

  it("settles nothing within the call", async () => {
    const streams = new MemoryStreamStore().open();
    const log: string[] = [];
    streams.onAppend(() => log.push("told"));

    const appended = streams
      .append("s", [{ type: "x", payload: 1 }])
      .then(() => log.push("appended"));
    expect(log).toEqual([]);
    await appended;
    await streams.head();

    expect([...log].sort()).toEqual(["appended", "told"]);
  });

  it("reports what listeners throw as the platform does", async () => {
    const reportError = vi.fn();
    vi.stubGlobal("reportError", reportError);
    const streams = new MemoryStreamStore().open();
    const error = new Error("no");
    streams.onAppend(() => {
      throw error;
    });
    await streams.append("s", [{ type: "x", payload: 1 }]);
    await streams.head();
    vi.unstubAllGlobals();

    expect(reportError).toHaveBeenCalledExactlyOnceWith(error);
  });
});
