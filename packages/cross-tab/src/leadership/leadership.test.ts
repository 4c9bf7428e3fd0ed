// @vitest-environment happy-dom
import { createPubSub } from "@pubsub-mfe/core";
import { isLockError, type LockContext } from "@pubsub-mfe/core/locks";
import { ManualClock, MemoryLockStore } from "@pubsub-mfe/core/testing";
import { describe, expect, it, vi } from "vitest";
import { createCrossTabAdapter, type LeadOptions } from "../index.js";
import { Hub } from "../testing/hub.js";
import { Origin, type OriginTab } from "../testing/origin.js";
import { turnEnd } from "../testing/tabs.js";

/** A callback of `lead` that goes on until a test ends it. */
function leading({ adapter }: OriginTab, options?: LeadOptions) {
  const turns: (LockContext & { finish(value?: unknown): void })[] = [];
  const result = adapter.lead(
    (turn) => new Promise<unknown>((finish) => turns.push({ ...turn, finish })),
    options,
  );
  // A test that does not look at it means another one.
  result.catch(() => {});
  return { turns, result };
}

describe("lead", () => {
  it("runs while the tab leads, and gives what the callback gave", async () => {
    const origin = new Origin();
    const a = await origin.open();

    const result = await a.adapter.lead(({ epoch, signal }) => ({ epoch, over: signal.aborted }));

    expect(result).toEqual({ epoch: 1, over: false });
    expect(a.adapter.isLeader()).toBe(true);
    expect(a.adapter.getStats().isLeader).toBe(true);
    expect(await a.adapter.lead(({ epoch }) => epoch)).toBe(1);
  });

  it("rejects with what the callback throws, and the tab leads on", async () => {
    const { adapter } = await new Origin().open();
    const error = new Error("no");

    await expect(adapter.lead(() => Promise.reject(error))).rejects.toBe(error);

    expect(adapter.isLeader()).toBe(true);
  });

  it("waits for the next tab's turn, with a higher epoch", async () => {
    const origin = new Origin();
    const [a, b] = [await origin.open(), await origin.open()];
    const next = leading(b);
    await turnEnd();
    expect(next.turns).toEqual([]);
    expect(b.adapter.isLeader()).toBe(false);

    origin.close(a);
    await turnEnd();

    expect(next.turns).toMatchObject([{ epoch: 2 }]);
    expect(b.adapter.isLeader()).toBe(true);
  });

  it.each([
    ["hide", "show", "hidden"],
    ["freeze", "thaw", "frozen"],
  ] as const)("ends when the page does %s, and runs anew", async (leave, comeBack, reason) => {
    const origin = new Origin();
    const [a, b] = [await origin.open(), await origin.open()];
    const first = leading(a);
    await turnEnd();

    const left = a.locks[leave]();

    // Before any other code runs.
    expect(a.adapter.isLeader()).toBe(false);
    expect(first.turns[0]?.signal.reason).toMatchObject({ code: "LOCK_LOST", reason });
    first.turns[0]?.finish("of no account");
    await left;
    await turnEnd();
    expect(b.adapter.isLeader()).toBe(true);

    a.locks[comeBack]();
    await turnEnd();
    b.adapter.resign();
    await turnEnd();
    expect(first.turns.map(({ epoch }) => epoch)).toEqual([1, 3]);
    first.turns[1]?.finish("done");
    expect(await first.result).toBe("done");
  });

  it("gives up waiting when its signal aborts", async () => {
    const origin = new Origin();
    const [a, b] = [await origin.open(), await origin.open()];
    const quit = new AbortController();
    const impatient = leading(b, { signal: quit.signal });

    quit.abort("too long");
    await expect(impatient.result).rejects.toBe("too long");
    origin.close(a);
    await turnEnd();

    expect(b.adapter.isLeader()).toBe(true);
    expect(impatient.turns).toEqual([]);
    await expect(b.adapter.lead(() => {}, { signal: quit.signal })).rejects.toBe("too long");
  });

  it("tells a callback that runs of the abort, and settles as it does", async () => {
    const a = await new Origin().open();
    const quit = new AbortController();
    const { turns, result } = leading(a, { signal: quit.signal });
    await turnEnd();

    quit.abort("enough");

    expect(turns[0]?.signal.reason).toBe("enough");
    turns[0]?.finish("cleaned up");
    expect(await result).toBe("cleaned up");
    expect(a.adapter.isLeader()).toBe(true);
  });

  it("is refused before attach, and ends at detach", async () => {
    const origin = new Origin();
    const [a, b] = [await origin.open(), await origin.open()];
    await expect(createCrossTabAdapter().lead(() => {})).rejects.toMatchObject({
      code: "DETACHED",
      message: "This adapter is not attached: call attach(bus) first.",
    });
    const [runs, waits] = [leading(a), leading(b)];
    await turnEnd();

    a.adapter.detach();
    b.adapter.detach();

    expect(runs.turns[0]?.signal.reason).toMatchObject({ code: "DETACHED" });
    expect(a.adapter.isLeader()).toBe(false);
    runs.turns[0]?.finish();
    await expect(runs.result).rejects.toMatchObject({ code: "DETACHED" });
    await expect(waits.result).rejects.toMatchObject({ code: "DETACHED" });
    expect(origin.store.locked()).toEqual([]);
    expect(a.locks).toMatchObject({ timers: 0, listeners: new Set(), channels: new Set() });
  });

  it("ends at detach, too, while another adapter of the page is used", async () => {
    const a = await new Origin().open();
    const second = createCrossTabAdapter({ transport: new Hub().connect(), locks: a.locks });
    await second.attach(a.bus);
    const untilAborted = ({ signal }: { signal: AbortSignal }) =>
      new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    const leads = second.lead(untilAborted);
    const failure = expect(leads).rejects.toMatchObject({ code: "DETACHED" });

    second.detach();

    await failure;
    expect(a.adapter.isLeader()).toBe(true);
  });

  it("is possible again after another attach, while the callback of before still runs", async () => {
    const { adapter, bus } = await new Origin().open({ transport: new Hub().connect() });
    let finish = () => {};
    const first = adapter.lead(() => new Promise<void>((resolve) => (finish = resolve)));
    const failure = expect(first).rejects.toMatchObject({ code: "DETACHED" });
    await turnEnd();

    adapter.detach();
    await adapter.attach(bus);
    const second = adapter.lead(({ epoch }) => epoch);
    await turnEnd();
    finish();

    await failure;
    expect(await second).toBe(2);
  });

  it("rejects without Web Locks, and diagnostics are told once", async () => {
    const told: unknown[] = [];
    const bus = createPubSub({
      onDiagnostic: (event) => {
        if (event.type === "warning") told.push(event.code);
      },
    });
    const adapter = createCrossTabAdapter({
      enableLeadership: true,
      transport: new Hub().connect(),
    });
    await adapter.attach(bus);

    const failures = await Promise.allSettled([adapter.lead(() => {}), adapter.lead(() => {})]);

    for (const failure of failures) {
      expect(isLockError("reason" in failure && failure.reason, "LOCKS_UNAVAILABLE")).toBe(true);
    }
    expect(adapter.isLeader()).toBe(false);
    expect(adapter.tabs()).toEqual([
      { id: adapter.getStats().clientId, state: "visible", leader: false },
    ]);
    expect(told).toEqual(["LOCKS_UNAVAILABLE"]);
    bus.dispose();
  });

  it("refuses what is no function", async () => {
    const { adapter } = await new Origin().open();

    await expect(adapter.lead(7 as never)).rejects.toMatchObject({ code: "CROSS_TAB_MISUSED" });
  });
});

describe("resign", () => {
  it("hands the lead on once the callbacks have ended, and queues behind the others", async () => {
    const origin = new Origin();
    const [a, b] = [await origin.open(), await origin.open()];
    const first = leading(a);
    const second = leading(b);
    await turnEnd();

    a.adapter.resign();
    await turnEnd();
    expect(first.turns[0]?.signal.reason).toMatchObject({ code: "RESIGNED" });
    expect(a.adapter.isLeader()).toBe(false);
    expect(second.turns).toEqual([]);
    first.turns[0]?.finish();
    await turnEnd();
    expect(second.turns).toMatchObject([{ epoch: 2 }]);

    b.adapter.resign();
    second.turns[0]?.finish();
    await turnEnd();
    expect(first.turns.map(({ epoch }) => epoch)).toEqual([1, 3]);
  });

  it("does nothing without the lead", async () => {
    const origin = new Origin();
    const [a, b] = [await origin.open(), await origin.open()];

    b.adapter.resign();
    createCrossTabAdapter().resign();
    await turnEnd();

    expect(a.adapter.isLeader()).toBe(true);
    expect(await a.adapter.lead(({ epoch }) => epoch)).toBe(1);
  });
});

describe("a leader that is frozen without a word", () => {
  it("is replaced within four seconds by a visible tab, and its rosters count no more", async () => {
    const clock = new ManualClock();
    const origin = new Origin(new MemoryLockStore(clock));
    const [a, b, c] = [await origin.open(), await origin.open(), await origin.open()];
    await turnEnd();
    await a.locks.freeze({ silently: true });

    for (let ms = 0; ms < 4_000; ms += 50) {
      clock.advance(50);
      await turnEnd();
    }
    expect([b, c].filter(({ adapter }) => adapter.isLeader())).toHaveLength(1);
    const leader = b.adapter.isLeader() ? b : c;
    a.locks.thaw();
    await turnEnd();

    expect(a.adapter.isLeader()).toBe(false);
    for (const { adapter } of [a, b, c]) {
      expect(adapter.tabs().filter((tab) => tab.leader)).toMatchObject([
        { id: leader.adapter.presence.self },
      ]);
    }
  });
});

describe("enableLeadership", () => {
  it("hides the leader that the tabs have all the same", async () => {
    const a = await new Origin().open({ enableLeadership: false });

    await a.adapter.lead(() => {});

    expect(a.adapter.isLeader()).toBe(false);
    expect(a.adapter.tabs()).toMatchObject([{ leader: true }]);
    expect(a.events).toEqual([]);
  });

  it("publishes in this page what happens among the tabs", async () => {
    const origin = new Origin();
    const a = await origin.open();
    await turnEnd();
    const b = await origin.open();
    await turnEnd();
    b.locks.hide();
    await turnEnd();
    b.locks.show();
    await turnEnd();
    b.bus.dispose();
    await turnEnd();
    a.locks.hide();
    a.locks.show();
    await turnEnd();

    const told = a.events.map(({ topic, payload }) => [topic.slice("system.tab.".length), payload]);
    const tab = { id: "tab-2", leader: false };
    expect(told).toEqual([
      ["initialized", { clientId: "tab-1" }],
      ["leadership-changed", { clientId: "tab-1", isLeader: true, epoch: 1 }],
      ["joined", { ...tab, state: "visible" }],
      ["asleep", { ...tab, state: "asleep" }],
      ["left", { ...tab, state: "visible" }],
      ["leadership-changed", { clientId: "tab-1", isLeader: false, epoch: 1 }],
      ["leadership-changed", { clientId: "tab-1", isLeader: true, epoch: 2 }],
    ]);
    expect(a.events.every(({ meta }) => !meta?._crossTab)).toBe(true);
  });

  it("publishes nothing without emitSystemEvents", async () => {
    const a = await new Origin().open({ emitSystemEvents: false });

    await a.adapter.lead(() => {});

    expect(a.adapter.isLeader()).toBe(true);
    expect(a.events).toEqual([]);
  });

  it("survives a bus that refuses the topics", async () => {
    const uncaught = vi.fn();
    vi.stubGlobal("reportError", uncaught);
    const a = await new Origin().open();
    await turnEnd();
    vi.spyOn(a.bus, "publish").mockImplementation(() => {
      throw new Error("no such topic");
    });

    a.locks.hide();

    vi.unstubAllGlobals();
    expect(uncaught).toHaveBeenCalled();
    expect(a.adapter.isLeader()).toBe(false);
  });
});
