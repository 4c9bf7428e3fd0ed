// @vitest-environment happy-dom
import type { PresenceChange } from "@pubsub-mfe/core";
import { ManualClock, MemoryLockStore } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { Origin, type OriginTab } from "../testing/origin.js";
import { openTab, turnEnd } from "../testing/tabs.js";

let clock: ManualClock;
let origin: Origin;

beforeEach(() => {
  clock = new ManualClock();
  origin = new Origin(new MemoryLockStore(clock));
});

/** Opens tabs that know each other; the first leads. */
async function openTabs(count: number): Promise<OriginTab[]> {
  const tabs: OriginTab[] = [];
  while (tabs.length < count) {
    tabs.push(await origin.open());
    await turnEnd();
  }
  return tabs;
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await turnEnd();
}

function follow({ adapter }: OriginTab): string[] {
  const told: string[] = [];
  adapter.presence.onChange(({ type, tab }: PresenceChange) => {
    told.push(`${type} ${tab.id} ${tab.state}${tab.leader ? " leads" : ""}`);
  });
  return told;
}

/** What a script of the origin could send. */
const say = (fields: object) => origin.hub.inject({ v: 1, kind: "presence", ...fields });

describe("the roster", () => {
  it("misses a tab that crashed once its last words cannot come any more", async () => {
    const [a, b, c] = (await openTabs(3)) as [OriginTab, OriginTab, OriginTab];
    const told = [follow(a), follow(b)];

    origin.close(c);
    await turnEnd();
    await pass(99);
    expect(told).toEqual([[], []]);
    await pass(1);

    expect(told).toEqual([["left tab-3 visible"], ["left tab-3 visible"]]);
    expect(b.adapter.tabs()).toEqual(expect.arrayContaining([...a.adapter.tabs()]));
  });

  it("misses a tab that says so at once, and its leader with it", async () => {
    const [a, b] = (await openTabs(2)) as [OriginTab, OriginTab];
    const told = follow(b);

    a.adapter.detach();
    await turnEnd();

    expect(told).toEqual(["left tab-1 visible leads", "changed tab-2 visible leads"]);
  });

  it("takes a reloaded tab for the same, whose lock was free for a moment", async () => {
    const [a, b] = (await openTabs(2)) as [OriginTab, OriginTab];
    const told = follow(a);

    origin.close(b);
    await turnEnd();
    await origin.open({ clientId: "tab-2" });
    await turnEnd();
    await pass(1_000);

    expect(told).toEqual([]);
    expect(a.adapter.tabs()).toHaveLength(2);
  });

  it("keeps a tab asleep that is in the back/forward cache, for ten minutes", async () => {
    const [a, b] = (await openTabs(2)) as [OriginTab, OriginTab];
    const told = follow(a);

    b.locks.hide();
    origin.close(b);
    await turnEnd();
    await pass(599_999);
    expect(told).toEqual(["changed tab-2 asleep"]);
    await pass(1);

    expect(told).toEqual(["changed tab-2 asleep", "left tab-2 asleep"]);
  });

  it("misses a frozen tab as soon as its lock is free", async () => {
    const [a, b] = (await openTabs(2)) as [OriginTab, OriginTab];
    const told = follow(a);

    await b.locks.freeze();
    await turnEnd();
    origin.close(b);
    await turnEnd();
    await pass(100);

    expect(told).toEqual(["changed tab-2 asleep", "left tab-2 asleep"]);
  });

  it("is taken over by the next leader, with those who died meanwhile and those who cannot speak", async () => {
    const [a, b, c, d, e] = (await openTabs(5)) as [
      OriginTab,
      OriginTab,
      OriginTab,
      OriginTab,
      OriginTab,
    ];
    const told = follow(b);
    await e.locks.freeze();
    await turnEnd();
    d.locks.hide();
    await turnEnd();

    origin.close(c);
    origin.close(a);
    await turnEnd();

    expect(told).toEqual([
      "changed tab-5 asleep",
      "changed tab-4 asleep",
      "left tab-1 visible leads",
      "left tab-3 visible",
      "changed tab-2 visible leads",
    ]);
  });

  it("lists who holds its lock and says nothing as asleep, when it has had time to answer", async () => {
    const silent = origin.store.tab();
    void silent.request("pubsub-mfe-tab:pubsub-mfe:mute", {}, () => new Promise(() => {}));
    const [a] = (await openTabs(1)) as [OriginTab];
    const told = follow(a);

    await pass(499);
    expect(told).toEqual([]);
    await pass(1);
    expect(told).toEqual(["joined mute asleep"]);
    silent.close();
    await turnEnd();
    await pass(100);

    expect(told).toEqual(["joined mute asleep", "left mute asleep"]);
  });

  it("of an earlier turn, or an earlier one of this turn, does not count", async () => {
    const [a, b] = (await openTabs(2)) as [OriginTab, OriginTab];
    const told = follow(b);
    const tabs = [{ id: "x", run: "r", state: "visible" }];

    say({ type: "roster", epoch: 1, version: 1, leader: "x", tabs });
    await turnEnd();

    expect(told).toEqual([]);
    expect(a.adapter.tabs()).toHaveLength(2);
  });

  it("leaves nothing behind when its leader is detached", async () => {
    const [a, b] = (await openTabs(2)) as [OriginTab, OriginTab];
    b.adapter.detach();
    a.adapter.detach();
    await turnEnd();

    expect(origin.store.locked()).toEqual([]);
    expect(clock.timerCount).toBe(0);
    expect([a, b].map(({ locks }) => locks.listeners.size)).toEqual([0, 0]);
    expect(a.adapter.tabs()).toEqual([{ id: "tab-1", state: "visible", leader: false }]);
  });

  it("stays with one adapter of a page, and goes to the next when that is detached", async () => {
    const [a, b] = (await openTabs(2)) as [OriginTab, OriginTab];
    const { createCrossTabAdapter } = await import("../index.js");
    const second = createCrossTabAdapter({
      clientId: "second",
      enableLeadership: true,
      transport: origin.hub.connect(),
      locks: a.locks,
      clock,
      onError: ({ code }) => expect(code).toBe("OPTIONS_DIFFER"),
    });
    await second.attach(a.bus);
    await turnEnd();
    expect(b.adapter.tabs()).toHaveLength(2);
    expect(second.tabs()).toEqual(a.adapter.tabs());

    a.adapter.detach();
    await turnEnd();
    const leads = second.lead(({ epoch }) => epoch);

    expect(
      b.adapter
        .tabs()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["second", "tab-2"]);
    expect(second.tabs()).toHaveLength(2);
    b.adapter.resign();
    expect(await leads).toBe(3);
  });
});

describe("what is said about tabs", () => {
  it.each([
    [{ v: 2, type: "call" }, "presence version 2, and this page understands 1"],
    [{ type: "state", tab: { id: 1, run: "r", state: "visible" } }, "says nothing about tabs"],
    [{ type: "state", tab: { id: "x", run: "r", state: "dead" } }, "says nothing about tabs"],
    [{ type: "roster", epoch: 0, version: 1, leader: "x", tabs: [] }, "says nothing about tabs"],
    [{ type: "roster", epoch: 1, version: 1, leader: "x", tabs: [null] }, "says nothing"],
    [
      {
        type: "roster",
        epoch: 1,
        version: 1,
        leader: "x",
        tabs: [{ id: "x", run: "r", state: "gone" }],
      },
      "says nothing",
    ],
    [{ type: "toString" }, "says nothing about tabs"],
  ])("is refused when it is %j", async (fields, sentence) => {
    const { adapter, errors } = await openTab(origin.hub);

    say(fields);

    expect(errors).toMatchObject([
      { code: "ENVELOPE_REJECTED", message: expect.stringContaining(sentence) },
    ]);
    expect(adapter.getStats().messagesRejected).toBe(1);
  });

  it("is left alone without locks", async () => {
    const { adapter, errors } = await openTab(origin.hub, { clientId: "own" });

    say({
      type: "roster",
      epoch: 9,
      version: 1,
      leader: "x",
      tabs: [{ id: "x", run: "r", state: "visible" }],
    });

    expect(errors).toEqual([]);
    expect(adapter.tabs()).toEqual([{ id: "own", state: "visible", leader: false }]);
  });

  it("is told when it cannot be sent", async () => {
    const transport = origin.hub.connect();
    transport.failure = new Error("closed");
    const errors: unknown[] = [];

    await origin.open({ transport, onError: (error) => errors.push(error) });
    await turnEnd();

    expect(errors).toMatchObject([{ code: "SEND_FAILED" }]);
  });
});

describe("a roster that is made up", () => {
  const forged = (fields: object = {}) => {
    const tabs = [{ id: "x", run: "r", state: "visible" }];
    say({ type: "roster", epoch: 2 ** 53 - 1, version: 1, leader: "x", tabs, ...fields });
  };

  it.each([
    ["the last of all epochs", {}],
    ["the last of all versions", { epoch: 1, version: 2 ** 53 - 1 }],
  ])("does not silence the one who leads, though it has %s", async (_, fields) => {
    const [a, b] = (await openTabs(2)) as [OriginTab, OriginTab];

    forged(fields);
    await turnEnd();
    await pass(500);
    const c = await origin.open();
    await turnEnd();

    expect(a.adapter.isLeader()).toBe(true);
    for (const { adapter } of [a, b, c]) {
      const tabs = [...adapter.tabs()].sort((one, other) => (one.id < other.id ? -1 : 1));
      expect(tabs).toEqual([
        { id: "tab-1", state: "visible", leader: true },
        { id: "tab-2", state: "visible", leader: false },
        { id: "tab-3", state: "visible", leader: false },
      ]);
    }
  });

  it("does not silence the next one who leads", async () => {
    const [a, b, c] = (await openTabs(3)) as [OriginTab, OriginTab, OriginTab];
    forged();
    await turnEnd();

    origin.close(a);
    await turnEnd();
    await pass(1_000);

    expect(b.adapter.isLeader()).toBe(true);
    expect(c.adapter.tabs().map(({ id }) => id)).toEqual(["tab-3", "tab-2"]);
    expect(c.adapter.tabs()[1]?.leader).toBe(true);
  });

  it("is answered once, not in turns without end", async () => {
    await openTabs(3);
    const before = origin.hub.talk.length;

    for (let n = 0; n < 10; n += 1) forged();
    await turnEnd();
    await pass(2_000);

    expect(origin.hub.talk.length - before).toBeLessThan(60);
  });

  it("has no more than 256 tabs, however many places it says it has", async () => {
    const { adapter, errors } = await openTab(origin.hub);
    const tabs: unknown[] = [];
    tabs.length = 2 ** 32 - 1;

    forged({ tabs });

    expect(errors).toMatchObject([{ code: "ENVELOPE_REJECTED" }]);
    expect(adapter.tabs()).toHaveLength(1);
  });
});

describe("tabs that are made up", () => {
  it("are 256 at most, and gone when nobody holds their lock", async () => {
    const [a, b] = (await openTabs(2)) as [OriginTab, OriginTab];
    const state = (id: string, state: string) =>
      say({ type: "state", tab: { id, run: "r", state }, asks: false });

    for (let n = 0; n < 270; n += 1) state(`x-${n}`, "cached");
    await turnEnd();
    expect(a.adapter.tabs()).toHaveLength(256);
    expect(b.adapter.tabs()).toHaveLength(256);
    await pass(600_000);
    state("y", "visible");
    await turnEnd();
    await pass(100);

    expect(a.adapter.tabs().map(({ id }) => id)).toEqual(["tab-1", "tab-2"]);
  });
});
