import { beforeEach, describe, expect, it } from "vitest";
import { turnEnd } from "../fixtures/turn.js";
import { holding, locksContract } from "../testing/contracts/locks-contract.js";
import { ManualClock } from "../testing/manual-clock.js";
import { MemoryLockStore, type MemoryLocks } from "../testing/memory-locks.js";

let origin: MemoryLockStore;
let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock();
  origin = new MemoryLockStore(clock);
});

locksContract("Locks in memory", async () => {
  const tab = origin.tab();
  return {
    locks: tab,
    hide: () => tab.hide(),
    show: () => tab.show(),
    freeze: () => void tab.freeze(),
    resume: () => tab.thaw(),
    close: () => tab.close(),
  };
});

/** Lets time pass in steps, so that what a timer sets off comes between. */
async function pass(ms: number): Promise<void> {
  await turnEnd();
  for (let left = ms; left > 0; left -= 50) {
    clock.advance(Math.min(left, 50));
    await turnEnd();
  }
}

function leftovers(tab: MemoryLocks) {
  return { channels: tab.channels.size, listeners: tab.listeners.size, timers: tab.timers };
}

const nothing = { channels: 0, listeners: 0, timers: 0 };

describe("stealing", () => {
  it("takes the lock from a holder that was frozen without letting go", async () => {
    const [a, b] = [origin.tab(), origin.tab()];
    const first = holding(a, "lock");
    const turn = await first.turn();
    await a.freeze({ silently: true });
    const second = holding(b, "lock", { stealAfter: 1_000 });

    await pass(900);
    expect(second.started()).toBe(false);
    await pass(500);

    const thief = await second.turn();
    expect(thief.context.epoch).toBe(2);
    expect(turn.context.signal.aborted).toBe(false);
    a.thaw();
    await turnEnd();
    expect(turn.context.signal.reason).toMatchObject({ code: "LOCK_LOST", reason: "stolen" });
    turn.fail(turn.context.signal.reason);
    thief.finish();
    (await first.turn()).finish("ran anew");
    expect(await first.result).toBe("ran anew");
    expect(origin.locked()).toEqual([]);
    expect([leftovers(a), leftovers(b)]).toEqual([nothing, nothing]);
  });

  it("leaves a holder alone that answers, and notices when it stops to", async () => {
    const [a, b] = [origin.tab(), origin.tab()];
    const turn = await holding(a, "lock").turn();
    const second = holding(b, "lock", { stealAfter: 1_000 });

    await pass(10_000);
    expect(turn.context.signal.aborted).toBe(false);
    expect(second.started()).toBe(false);
    await a.freeze({ silently: true });
    await pass(1_300);

    (await second.turn()).finish();
  });

  it("never takes a lock from its own page", async () => {
    const tab = origin.tab();
    const turn = await holding(tab, "lock").turn();
    const second = holding(tab, "lock", { stealAfter: 100 });

    await pass(5_000);

    expect(turn.context.signal.aborted).toBe(false);
    turn.finish();
    (await second.turn()).finish();
    await second.result;
    expect(leftovers(tab)).toEqual(nothing);
  });

  it("is known to a tab that was granted the lock, and lost it, while it was frozen", async () => {
    const [a, b, c] = [origin.tab(), origin.tab(), origin.tab()];
    const turn = await holding(a, "lock").turn();
    const second = holding(b, "lock");
    await pass(100);
    await b.freeze({ silently: true });
    turn.finish();
    const third = holding(c, "lock", { stealAfter: 1_000 });
    await pass(1_500);
    const thief = await third.turn();

    b.thaw();
    await pass(100);

    expect(second.started()).toBe(false);
    expect(thief.context.signal.aborted).toBe(false);
    thief.finish();
    (await second.turn()).finish();
    await second.result;
  });

  it("waits until the page is seen", async () => {
    const [a, b] = [origin.tab(), origin.tab()];
    await holding(a, "lock").turn();
    await a.freeze({ silently: true });
    b.setVisible(false);
    const second = holding(b, "lock", { stealAfter: 1_000 });

    await pass(10_000);
    expect(second.started()).toBe(false);
    b.setVisible(true);
    await pass(1_300);

    (await second.turn()).finish();
  });

  it("is not done twice when two wait", async () => {
    const [a, b, c] = [origin.tab(), origin.tab(), origin.tab()];
    await holding(a, "lock").turn();
    await a.freeze({ silently: true });
    const waiting = [b, c].map((tab) => holding(tab, "lock", { stealAfter: 1_000 }));

    await pass(20_000);

    const [one, two] = waiting;
    const turn = await one?.turn();
    expect(two?.started()).toBe(false);
    expect(turn?.context.signal.aborted).toBe(false);
    turn?.finish();
    (await two?.turn())?.finish();
    await Promise.all(waiting.map(({ result }) => result));
    expect(origin.locked()).toEqual([]);
  });

  it("is given up with the wait", async () => {
    const [a, b] = [origin.tab(), origin.tab()];
    const turn = await holding(a, "lock").turn();
    await a.freeze({ silently: true });
    const quit = new AbortController();
    const second = holding(b, "lock", { stealAfter: 1_000, signal: quit.signal });
    await pass(500);

    quit.abort("enough");

    await expect(second.result).rejects.toBe("enough");
    await pass(5_000);
    expect(turn.context.signal.aborted).toBe(false);
    expect(leftovers(b)).toEqual(nothing);
    expect(origin.locked()).toEqual(["memory:lock"]);
  });

  it("does not take a thief that slept itself at its word", async () => {
    const [a, b] = [origin.tab(), origin.tab()];
    const turn = await holding(a, "lock").turn();
    const second = holding(b, "lock", { stealAfter: 1_000 });
    await pass(200);

    await Promise.all([a.freeze({ silently: true }), b.freeze({ silently: true })]);
    await pass(60_000);
    b.thaw();
    await turnEnd();
    a.thaw();
    await pass(5_000);

    expect(turn.context.signal.aborted).toBe(false);
    expect(second.started()).toBe(false);
  });
});

describe("a page's life", () => {
  it("is not followed before the first hold and after the last", async () => {
    const tab = origin.tab();
    expect(leftovers(tab)).toEqual(nothing);

    const first = holding(tab, "one");
    const second = holding(tab, "two", { stealAfter: 1_000 });
    (await first.turn()).finish();
    await first.result;
    expect(leftovers(tab)).not.toEqual(nothing);
    (await second.turn()).finish();
    await second.result;

    expect(leftovers(tab)).toEqual(nothing);
  });

  it("leaves nothing open in a page that is cached", async () => {
    const [a, b] = [origin.tab(), origin.tab()];
    await holding(a, "one").turn();
    holding(b, "one", { stealAfter: 1_000 });
    await pass(300);

    a.hide();
    b.hide();
    await turnEnd();

    expect([a, b].map((tab) => tab.channels.size + tab.timers)).toEqual([0, 0]);
    expect(origin.locked()).toEqual([]);
  });
});
