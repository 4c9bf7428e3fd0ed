// @vitest-environment happy-dom
import type { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type HandlerContext, isPatternError, RequestResponse } from "../index.js";
import { failureOf, turns } from "../testing/promises.js";
import { openTabs, type Tab } from "../testing/tabs.js";

let clock: ManualClock;
let tabs: Tab[];
/** One in each tab. */
let rpcs: RequestResponse[];

const OVER_TABS = { scope: "tabs" } as const;

beforeEach(() => {
  ({ clock, tabs } = openTabs(3));
  rpcs = tabs.map(({ bus, locks }) => new RequestResponse(bus, { clock, locks }));
});

const rpc = (n: number): RequestResponse => rpcs[n] as RequestResponse;

/** Messages and locks go to and fro; what a clock that jumped put off is done in a task of its own. */
async function settle(): Promise<void> {
  for (let n = 0; n < 3; n += 1) {
    await new Promise((resolve) => setTimeout(resolve));
    await turns();
  }
}

/** Handles a method in some tabs; gives what ran, by tab. */
function handleIn(numbers: number[], method = "pay") {
  const runs: { tab: number; context: HandlerContext; end: (value: unknown) => void }[] = [];
  for (const tab of numbers) {
    rpc(tab).handle(method, (_, context) => new Promise((end) => runs.push({ tab, context, end })));
  }
  return runs;
}

describe("a request over three tabs", () => {
  it("is run by exactly one, whose answer it gets, and leaves nothing behind", async () => {
    const before = tabs.map(({ bus }) => bus.handlerCount());
    const runs = handleIn([1, 2]);
    const asked = rpc(0).request("pay", { amount: 7 }, OVER_TABS);
    await settle();
    expect(runs).toHaveLength(1);

    runs[0]?.end({ receipt: 1 });

    expect(await asked).toEqual({ receipt: 1 });
    await settle();
    expect(runs).toHaveLength(1);
    for (const { locks } of tabs) expect(await locks.query()).toEqual({ held: [] });
    for (const object of rpcs) object.dispose();
    expect(tabs.map(({ bus }) => bus.handlerCount())).toEqual(before);
    expect(clock.timerCount).toBe(0);
  });

  it("is run by the asking tab where that can, being the first to offer", async () => {
    const runs = handleIn([0, 1, 2]);
    const asked = rpc(0).request("pay", 1, OVER_TABS);
    await settle();

    runs[0]?.end("here");

    expect(await asked).toBe("here");
    expect(runs.map(({ tab }) => tab)).toEqual([0]);
  });

  it("runs each of 100 at once exactly once", async () => {
    const seen: number[] = [];
    for (const object of rpcs) {
      object.handle("get", async (n: number) => {
        seen.push(n);
        return n * 2;
      });
    }
    const numbers = Array.from({ length: 100 }, (_, n) => n);

    const results = await Promise.all(
      numbers.map((n) => rpc(n % 3).request<number>("get", n, OVER_TABS)),
    );

    expect(results).toEqual(numbers.map((n) => n * 2));
    expect(seen.toSorted((a, b) => a - b)).toEqual(numbers);
  });

  it("brings back errors with class and code, and progress", async () => {
    rpc(1).handle("pay", async (_, { progress }) => {
      progress(50);
      throw Object.assign(new TypeError("declined"), { code: "DECLINED", data: { left: 3 } });
    });
    const told: unknown[] = [];

    const failure = await failureOf(
      rpc(0).request("pay", 1, { ...OVER_TABS, onProgress: (value) => told.push(value) }),
    );

    expect(failure).toBeInstanceOf(TypeError);
    expect(failure).toMatchObject({ message: "declined", code: "DECLINED", data: { left: 3 } });
    expect(told).toEqual([50]);
  });

  it("has its abort reach the tab that runs it", async () => {
    const runs = handleIn([2]);
    const stop = new AbortController();
    const asked = failureOf(rpc(0).request("pay", 1, { ...OVER_TABS, signal: stop.signal }));
    await settle();

    stop.abort();
    await asked;
    await settle();

    expect(runs[0]?.context.signal.aborted).toBe(true);
    expect(await tabs[0]?.locks.query()).toEqual({ held: [] });
  });

  it("given up while a tab takes it leaves no lock", async () => {
    const runs = handleIn([1]);
    for (let turn = 0; turn < 12; turn += 1) {
      const stop = new AbortController();
      const asked = failureOf(rpc(0).request("pay", 1, { ...OVER_TABS, signal: stop.signal }));
      for (let n = 0; n < turn; n += 1) await null;
      stop.abort();
      await asked;
    }
    await settle();

    expect(runs.every(({ context }) => context.signal.aborted)).toBe(true);
    for (const { end } of runs) end(1);
    await settle();
    expect(await tabs[0]?.locks.query()).toEqual({ held: [] });
  });

  it("does not concern those who ask the page alone", async () => {
    handleIn([1]);

    expect(await failureOf(rpc(0).request("pay"))).toMatchObject({ code: "NO_HANDLER" });
  });
});

describe("nobody who takes it", () => {
  it("is told after 250 ms, as no proof that there is none", async () => {
    const asked = failureOf(rpc(0).request("pay", 1, OVER_TABS));
    const settled = vi.fn();
    void asked.then(settled);
    clock.advance(249);
    await settle();
    expect(settled).not.toHaveBeenCalled();

    clock.advance(1);

    expect(await asked).toMatchObject({
      name: "NoClaimError",
      code: "NO_CLAIM",
      waitedMs: 250,
      message: expect.stringMatching(
        /^No tab took "pay" within 250 ms\. That does not prove that none handles it/,
      ),
    });
    expect(clock.timerCount).toBe(0);
  });

  it("is waited for as long as waitForHandler says, asking again", async () => {
    const asked = rpc(0).request("pay", 1, { ...OVER_TABS, waitForHandler: 2_000 });
    clock.advance(300);
    await settle();
    const runs = handleIn([1]);

    clock.advance(250);
    await settle();
    runs[0]?.end("late");

    expect(await asked).toBe("late");
    expect(runs).toHaveLength(1);
  });

  it("is given up after claimWithin and waitForHandler", async () => {
    const options = { ...OVER_TABS, claimWithin: 100, waitForHandler: 250 };
    const asked = failureOf(rpc(0).request("pay", 1, options));

    for (let n = 0; n < 3; n += 1) clock.advance(100);

    expect(await asked).toMatchObject({ code: "NO_CLAIM", waitedMs: 300 });
  });

  it("is another one when the first that was chosen does not take it", async () => {
    const runs = handleIn([1, 2]);
    // It offers, and hears no more.
    tabs[1]?.bus.subscribe("rpc.notice.+", () => tabs[1]?.crash());
    const asked = rpc(0).request("pay", 1, OVER_TABS);
    await settle();

    clock.advance(250);
    await settle();
    runs.find(({ tab }) => tab === 2)?.end("done");

    expect(await asked).toBe("done");
    expect(runs).toHaveLength(1);
  });
});

describe("the tab that runs it", () => {
  it("gone in the middle is told by name, with nobody running it again", async () => {
    const runs = handleIn([1, 2]);
    const asked = failureOf(rpc(0).request("pay", 1, OVER_TABS));
    await settle();
    const runner = runs[0]?.tab as number;

    tabs[runner]?.crash();
    await settle();
    clock.advance(100);

    const failure = await asked;
    expect(isPatternError(failure, "EXECUTOR_GONE")).toBe(true);
    expect(failure).toMatchObject({
      method: "pay",
      message: expect.stringContaining('The tab that ran "pay" has gone before its answer came'),
    });
    await settle();
    expect(runs).toHaveLength(1);
    expect(await tabs[0]?.locks.query()).toEqual({ held: [] });
  });

  it("that is hidden into the back/forward cache counts as gone", async () => {
    const runs = handleIn([1]);
    const pagehide = new Event("pagehide");
    const asked = failureOf(rpc(0).request("pay", 1, OVER_TABS));
    await settle();

    dispatchEvent(pagehide);
    await settle();
    clock.advance(100);

    expect(await asked).toMatchObject({ code: "EXECUTOR_GONE" });
    runs[0]?.end("too late");
    await settle();
  });

  it("keeps its lock for five seconds at most when the asker is gone without a word", async () => {
    const runs = handleIn([1]);
    void failureOf(rpc(0).request("pay", 1, OVER_TABS));
    await settle();
    tabs[0]?.crash();

    runs[0]?.end("receipt");
    await settle();
    expect((await tabs[1]?.locks.query())?.held).toHaveLength(1);
    clock.advance(5_000);
    await settle();

    expect(await tabs[1]?.locks.query()).toEqual({ held: [] });
  });

  it("is not watched where there are no locks: then the timeout ends it", async () => {
    const [asker, runner] = [0, 1].map((n) => {
      const object = new RequestResponse((tabs[n] as Tab).bus, { clock });
      return object;
    }) as [RequestResponse, RequestResponse];
    runner.handle("pay", async (n: number) => n);
    runner.handle("hang", () => new Promise(() => {}));

    expect(await asker.request("pay", 7, OVER_TABS)).toBe(7);
    const hanging = failureOf(asker.request("hang", 7, { ...OVER_TABS, timeout: 1_000 }));
    await settle();
    tabs[1]?.crash();
    clock.advance(1_000);

    expect(await hanging).toMatchObject({ code: "REQUEST_TIMEOUT" });
  });
});

describe("idempotencyKey over tabs", () => {
  const KEY = { ...OVER_TABS, idempotencyKey: "cart 7" };

  it("three tabs that ask at once have it run once, and all have the answer", async () => {
    const runs = handleIn([0, 1, 2]);
    const asked = Promise.all(rpcs.map((object) => object.request("pay", 1, KEY)));
    await settle();
    clock.advance(100);
    await settle();

    for (const { end } of runs) end("receipt");

    expect(await asked).toEqual(["receipt", "receipt", "receipt"]);
    expect(runs).toHaveLength(1);
  });

  it("asked again later, the tab that knows it answers, whoever else could", async () => {
    const first = handleIn([2]);
    const asked = rpc(0).request("pay", 1, KEY);
    await settle();
    clock.advance(100);
    await settle();
    first[0]?.end("receipt");
    await asked;
    const others = handleIn([0, 1]);

    const again = rpc(1).request("pay", 1, KEY);
    await settle();
    clock.advance(100);

    expect(await again).toBe("receipt");
    expect(others).toHaveLength(0);
    expect(first).toHaveLength(1);
  });
});

describe("what cannot be cloned", () => {
  it("is refused as params, before anybody is asked", async () => {
    const runs = handleIn([1]);

    const failure = await failureOf(rpc(0).request("pay", { items: [() => 1] }, OVER_TABS));
    await settle();

    expect(failure).toMatchObject({
      code: "UNCLONEABLE",
      message:
        'The params of "pay" cannot go to another tab: "items.0" cannot be cloned. Leave out functions, DOM nodes and the like.',
    });
    expect(runs).toHaveLength(0);
  });

  it("is told as a result, in place of silence", async () => {
    rpc(1).handle("pay", () => ({ retry: () => 1 }));

    const failure = await failureOf(rpc(0).request("pay", 1, OVER_TABS));

    expect(isPatternError(failure, "UNCLONEABLE")).toBe(true);
    expect(failure).toMatchObject({ message: expect.stringContaining('"retry" cannot be cloned') });
  });

  it("is left out of an error, the rest of which arrives", async () => {
    rpc(1).handle("pay", () => {
      throw Object.assign(new Error("declined"), { code: "DECLINED", data: { retry: () => 1 } });
    });

    const failure = await failureOf(rpc(0).request("pay", 1, OVER_TABS));

    expect(failure).toMatchObject({ message: "declined", code: "DECLINED" });
    expect(failure).not.toHaveProperty("data");
  });
});

describe("a responder of another tab that knows the documented wire alone", () => {
  it("answers as well", async () => {
    const { bus } = tabs[1] as Tab;
    bus.subscribe("rpc.request.echo", ({ payload: { requestId, params } }) => {
      bus.publish(`rpc.response.${requestId}`, { result: params });
    });

    expect(await rpc(0).request("echo", 7, OVER_TABS)).toBe(7);
  });
});
