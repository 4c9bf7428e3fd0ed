// @vitest-environment happy-dom
// What was found by trying to break it: each by its own test, so that it stays mended.
import {
  createPubSub,
  joinPubSub,
  type PubSubBus,
  type StandardSchema,
  scope,
} from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type HandlerContext, isPatternError, RequestResponse } from "../index.js";
import { failureOf, turns } from "../testing/promises.js";
import { openTabs } from "../testing/tabs.js";

let bus: PubSubBus;
let clock: ManualClock;
let rpc: RequestResponse;

beforeEach(() => {
  clock = new ManualClock();
  bus = createPubSub({ clock });
  rpc = new RequestResponse(bus);
});

const FOR_EVER = { timeout: Number.POSITIVE_INFINITY };
const OVER_TABS = { scope: "tabs" } as const;

async function settle(): Promise<void> {
  for (let n = 0; n < 3; n += 1) {
    await new Promise((resolve) => setTimeout(resolve));
    await turns();
  }
}

describe("an answer that can be anything settles its request", () => {
  const circular: Record<string, unknown> = { name: "X", message: "m" };
  circular.cause = circular;
  let deep: Record<string, unknown> = { name: "X", message: "m" };
  for (let n = 0; n < 20_000; n += 1) deep = { name: "X", message: "m", cause: deep };

  it.each([
    ["a failure that is its own cause", { status: "error", failure: circular }],
    ["a failure of 20,000 causes", { status: "error", failure: deep }],
    ["an error without a string form", { error: Object.create(null) }],
    ["a name without a string form", { status: "error", failure: { name: {}, message: {} } }],
    [
      "a stack that is none",
      { status: "error", failure: { message: "m", stack: { toString: 1 } } },
    ],
    [
      "a status that throws",
      {
        get status() {
          throw new Error("no");
        },
      },
    ],
  ])("%s", async (_, payload) => {
    bus.subscribe("rpc.request.x", ({ payload: { requestId } }) => {
      bus.publish(`rpc.response.${requestId}`, payload);
    });

    expect(await failureOf(rpc.request("x", 1, FOR_EVER))).toBeInstanceOf(Error);
  });

  it("and a cancel whose failure is its own cause aborts the handler", async () => {
    let signal: AbortSignal | undefined;
    bus.subscribe("rpc.request.x", ({ payload: { requestId } }) => {
      queueMicrotask(() =>
        bus.publish(`rpc.control.${requestId}`, { type: "cancel", failure: circular }),
      );
    });
    rpc.handle(
      "x",
      (_, context) => {
        signal = context.signal;
        return new Promise(() => {});
      },
      { onConflict: "compete" },
    );
    bus.publish("rpc.request.x", { requestId: "r-1", params: 1 });
    await turns();

    expect(signal?.aborted).toBe(true);
  });

  it("and what is no control or notice disturbs nobody", async () => {
    const errors = vi.fn();
    const told = createPubSub({
      onDiagnostic: (event) => event.type === "handler-error" && errors(),
    });
    const object = new RequestResponse(told);
    object.handle("x", async () => {
      for (const payload of [undefined, null, 1, {}, { type: "offer" }, { type: 1 }]) {
        told.publish("rpc.control.x", payload);
        told.publish("rpc.replace", payload);
      }
      return 1;
    });

    expect(await object.request("x", 1, { onProgress: () => {} })).toBe(1);
    await turns();
    expect(errors).not.toHaveBeenCalled();
  });
});

describe("a handler that goes", () => {
  it("in the turn of a request is told at once, for nobody ever heard of it", async () => {
    for (const end of ["stop", "dispose", "scope"] as const) {
      const part = scope(bus, "stock");
      const object = new RequestResponse(part);
      const run = vi.fn();
      const stop = object.handle("x", run);
      const asked = failureOf(rpc.request("x", 1, FOR_EVER));

      if (end === "stop") stop();
      else if (end === "dispose") object.dispose();
      else part.dispose();

      expect(await asked).toMatchObject({ code: "NO_HANDLER" });
      expect(run).not.toHaveBeenCalled();
    }
  });

  it.each(["stop", "dispose", "scope"] as const)(
    "by %s at any moment leaves no request to a competitor unanswered",
    async (end) => {
      for (let moment = 0; moment < 12; moment += 1) {
        const part = scope(bus, "stock");
        const first = new RequestResponse(part);
        const second = new RequestResponse(bus);
        const stop = first.handle("x", () => "first", { onConflict: "compete" });
        second.handle("x", () => "second", { onConflict: "compete" });
        const asked = rpc.request("x", 1, FOR_EVER);
        for (let n = 0; n < moment; n += 1) await null;

        if (end === "stop") stop();
        else if (end === "dispose") first.dispose();
        else part.dispose();

        expect(["first", "second"]).toContain(await asked);
        second.dispose();
        part.dispose();
      }
      await turns();
      expect(bus.handlerCount()).toBe(0);
      expect(clock.timerCount).toBe(0);
    },
  );

  it("of its own will, as it is asked, still answers", async () => {
    for (const answer of [() => "now", async () => "later"]) {
      const stop = rpc.handle("x", () => {
        stop();
        return answer();
      });

      expect(await rpc.request("x", 1, FOR_EVER)).toBe(await answer());
    }
  });

  it("with its scope or its copy of the bus tells who waits, in another copy as well", async () => {
    const [asking, handling] = ["asking", "handling"].map((name) =>
      joinPubSub({ app: "going", name }),
    ) as [PubSubBus, PubSubBus];
    new RequestResponse(handling).handle("x", () => new Promise(() => {}));
    const asked = failureOf(new RequestResponse(asking).request("x", 1, FOR_EVER));
    await turns();

    handling.dispose();

    expect(await asked).toMatchObject({ code: "HANDLER_GONE" });
    asking.dispose();
  });
});

describe("an asker that goes", () => {
  it("with its scope or its copy of the bus aborts the run in another copy", async () => {
    const [asking, handling] = ["asking", "handling"].map((name) =>
      joinPubSub({ app: "leaving", name }),
    ) as [PubSubBus, PubSubBus];
    const contexts: HandlerContext[] = [];
    new RequestResponse(handling).handle("x", (_, context) => {
      contexts.push(context);
      return new Promise(() => {});
    });
    const part = scope(asking, "cart");
    const asked = [part, asking].map((each) => failureOf(new RequestResponse(each).request("x")));
    await turns();

    part.dispose();
    asking.dispose();

    expect(await Promise.all(asked)).toMatchObject([{ code: "DISPOSED" }, { code: "DISPOSED" }]);
    await turns();
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    handling.dispose();
  });

  it("gives the handler its very reason, in the page", async () => {
    const contexts: HandlerContext[] = [];
    rpc.handle("x", (_, context) => {
      contexts.push(context);
      return new Promise(() => {});
    });
    const reason = { why: "the user left" };
    const stop = new AbortController();
    const asked = failureOf(rpc.request("x", 1, { signal: stop.signal }));
    await turns();

    stop.abort(reason);

    expect(await asked).toBe(reason);
    await turns();
    expect(contexts[0]?.signal.reason).toBe(reason);
  });
});

describe("bus.clear()", () => {
  it("ends what is open, and leaves neither side deaf", async () => {
    rpc.handle("x", () => new Promise(() => {}));
    const asked = failureOf(rpc.request("x", 1, FOR_EVER));
    await turns();

    bus.clear();

    expect(await asked).toMatchObject({ code: "DISPOSED", cause: { code: "BUS_CLEARED" } });
    const contexts: HandlerContext[] = [];
    rpc.handle("x", (_, context) => {
      contexts.push(context);
      return new Promise(() => {});
    });
    const again = failureOf(rpc.request("x", 1, 100));
    await turns();
    clock.advance(100);
    expect(await again).toMatchObject({ code: "REQUEST_TIMEOUT" });
    await settle();
    expect(contexts[0]?.signal.aborted).toBe(true);
  });
});

describe("competing handlers", () => {
  it("of two, each gets half of what is asked in one turn", async () => {
    const counts = [0, 0];
    for (const n of [0, 1]) {
      new RequestResponse(bus).handle(
        "x",
        async () => {
          counts[n] = (counts[n] ?? 0) + 1;
        },
        { onConflict: "compete" },
      );
    }

    await Promise.all(Array.from({ length: 10 }, () => rpc.request("x")));

    expect(counts).toEqual([5, 5]);
  });

  it("one that would refuse is not chosen beside one that would not", async () => {
    const ends: ((value: unknown) => void)[] = [];
    const hang = () => new Promise((resolve) => ends.push(resolve));
    new RequestResponse(bus).handle("x", hang, { onConflict: "compete", concurrency: 1, queue: 0 });
    new RequestResponse(bus).handle("x", hang, { onConflict: "compete" });
    const asked: Promise<unknown>[] = [];

    for (let n = 0; n < 6; n += 1) {
      asked.push(rpc.request("x"));
      await turns();
    }
    for (const end of ends) end("done");

    expect(await Promise.all(asked)).toEqual(Array(6).fill("done"));
  });

  it("on a bus that cannot count them one runs it", async () => {
    const { publish, subscribe } = bus;
    const bare = { publish: publish.bind(bus), subscribe: subscribe.bind(bus) };
    const run = vi.fn(() => 1);
    for (const _ of [1, 2]) new RequestResponse(bare).handle("x", run, { onConflict: "compete" });

    expect(await new RequestResponse(bare).request("x")).toBe(1);
    await turns();
    expect(run).toHaveBeenCalledTimes(1);
  });
});

describe("replace", () => {
  it("twice in one turn leaves the last one, by whatever object", async () => {
    const [a, b] = [new RequestResponse(bus), new RequestResponse(bus)];
    a.handle("y", () => 1);
    b.handle("z", () => 1);
    a.handle("x", () => "a", { onConflict: "replace" });
    b.handle("x", () => "b", { onConflict: "replace" });
    await turns();

    expect(bus.handlerCount("rpc.request.x")).toBe(1);
    expect(await rpc.request("x")).toBe("b");
  });
});

describe("an idempotencyKey", () => {
  it("asked again after it was given up has a run of its own, when that one has ended", async () => {
    const runs: { context: HandlerContext; fail: (error: unknown) => void }[] = [];
    rpc.handle("pay", (n: number, context) => {
      if (runs.length > 0) return `paid ${n}`;
      return new Promise((_, fail) => runs.push({ context, fail }));
    });
    const stop = new AbortController();
    const key = { idempotencyKey: "k" };
    const given = failureOf(rpc.request("pay", 1, { ...key, signal: stop.signal }));
    await turns();
    stop.abort();
    await given;
    const again = rpc.request("pay", 1, key);
    await turns();

    runs[0]?.fail(new Error("aborted"));

    expect(await again).toBe("paid 1");
  });

  it("with other params is refused, and told why", async () => {
    rpc.handle("pay", (n: number) => n);
    const key = { idempotencyKey: "cart 7" };
    expect(await rpc.request("pay", { amount: 1 }, key)).toEqual({ amount: 1 });

    const failure = await failureOf(rpc.request("pay", { amount: 2 }, key));

    expect(isPatternError(failure, "KEY_REUSED")).toBe(true);
    expect(failure).toMatchObject({
      message: expect.stringContaining('The idempotencyKey "cart 7" of "pay" was used before'),
    });
    expect(await rpc.request("pay", { amount: 1 }, key)).toEqual({ amount: 1 });
  });
});

describe("a long queue of what is answered at once", () => {
  it("is worked off to its end", async () => {
    let begin = (_: unknown): void => {};
    let isFirst = true;
    rpc.handle(
      "x",
      (n: number) => {
        if (!isFirst) return n;
        isFirst = false;
        return new Promise((resolve) => {
          begin = resolve;
        });
      },
      { concurrency: 1, queue: Number.POSITIVE_INFINITY },
    );
    const asked = Promise.all(
      Array.from({ length: 20_000 }, (_, n) => rpc.request("x", n, FOR_EVER)),
    );
    await turns();

    begin(0);

    expect(await asked).toHaveLength(20_000);
  });
});

describe("a bus that does not take an answer", () => {
  it("has that told where it is handled", async () => {
    const codes: unknown[] = [];
    const refusing: StandardSchema = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: ((value: { status: string }) =>
          value.status === "ok" ? { issues: [{ message: "no" }] } : { value }) as never,
      },
    };
    const strict = createPubSub<object>({ topics: { "rpc.response.+": refusing } } as never);
    const object = new RequestResponse(strict, { onDiagnostic: ({ code }) => codes.push(code) });
    object.handle("x", () => 1);

    expect(await failureOf(object.request("x", 1, FOR_EVER))).toMatchObject({
      code: "VALIDATION_FAILED",
    });
    expect(codes).toEqual(["ANSWER_NOT_SENT"]);
  });
});

describe("who gives up, or disposes, as it is told of a subscription", () => {
  it.each(["rpc.response.+", "rpc.notice."])(
    "of %s is not asked, and leaves nothing",
    async (on) => {
      const run = vi.fn();
      new RequestResponse(bus).handle("x", run);
      const before = bus.handlerCount();
      const stop = new AbortController();
      bus.onSubscriptionsChange((pattern) => {
        if (pattern.startsWith(on)) stop.abort();
      });

      const options = { signal: stop.signal, onProgress: () => {} };
      expect(await failureOf(rpc.request("x", 1, options))).toBe(stop.signal.reason);
      await turns();

      expect(run).not.toHaveBeenCalled();
      expect(bus.handlerCount()).toBe(before);
      expect(clock.timerCount).toBe(0);
    },
  );

  it("that handles leaves nothing either", () => {
    for (const on of ["rpc.control.+", "rpc.request.x"]) {
      const object = new RequestResponse(bus);
      const end = bus.onSubscriptionsChange((pattern) => {
        if (pattern === on) object.dispose();
      });

      object.handle("x", () => 1);

      end();
      expect(bus.handlerCount()).toBe(0);
    }
  });
});

describe("over tabs", () => {
  it("a busy asker, whose claim timer fires before the claim it has got, has it run once", async () => {
    const { clock, tabs } = openTabs(3);
    const [asker, a, b] = tabs.map(({ bus, locks }) => new RequestResponse(bus, { clock, locks }));
    let runs = 0;
    for (const each of [a, b]) {
      each?.handle("pay", async () => {
        runs += 1;
        return "paid";
      });
    }
    const asked = asker?.request("pay", 1, OVER_TABS);
    for (let n = 0; n < 12; n += 1) await null;
    clock.advance(260);
    await settle();

    expect(await asked).toBe("paid");
    for (const ms of [250, 5_000, 30_000]) {
      clock.advance(ms);
      await settle();
    }
    expect(runs).toBe(1);
    expect(await tabs[0]?.locks.query()).toEqual({ held: [] });
  });

  it("the timeout counts from when a handler has taken it", async () => {
    const { clock, tabs } = openTabs(2);
    const [asker, handling] = tabs.map(
      ({ bus, locks }) => new RequestResponse(bus, { clock, locks }),
    );
    const options = { ...OVER_TABS, timeout: 1_000, waitForHandler: 10_000 };
    const asked = asker?.request("pay", 1, options);
    for (let n = 0; n < 12; n += 1) {
      clock.advance(250);
      await settle();
    }
    handling?.handle("pay", () => "paid");

    clock.advance(250);
    await settle();

    expect(await asked).toBe("paid");
  });

  it("a reason that cannot be cloned aborts the run all the same", async () => {
    const { clock, tabs } = openTabs(2);
    const [asker, handling] = tabs.map(
      ({ bus, locks }) => new RequestResponse(bus, { clock, locks }),
    );
    let signal: AbortSignal | undefined;
    handling?.handle("pay", (_, context) => {
      signal = context.signal;
      return new Promise(() => {});
    });
    const stop = new AbortController();
    const asked = failureOf(
      asker?.request("pay", 1, { ...OVER_TABS, signal: stop.signal }) as Promise<unknown>,
    );
    await settle();

    stop.abort(Object.assign(new Error("left"), { data: { undo: () => {} } }));
    await asked;
    await settle();

    expect(signal?.reason).toMatchObject({ message: "left" });
  });

  it("a key that another tab came to run meanwhile is not run by a third", async () => {
    const { clock, tabs } = openTabs(4);
    const rpcs = tabs.map(({ bus, locks }) => new RequestResponse(bus, { clock, locks }));
    let runs = 0;
    const pay = async (): Promise<number> => {
      await turns();
      runs += 1;
      return runs;
    };
    const ask = (n: number) =>
      rpcs[n]?.request("pay", 1, { ...OVER_TABS, idempotencyKey: "k", timeout: 60_000 });
    for (const n of [0, 1]) rpcs[n]?.handle("pay", pay);
    const first = ask(0);
    await settle();
    clock.advance(20);
    for (const n of [2, 3]) rpcs[n]?.handle("pay", pay);
    const second = ask(1);
    for (let n = 0; n < 30; n += 1) {
      await settle();
      clock.advance(10);
    }

    expect(await Promise.all([first, second])).toEqual([1, 1]);
    expect(runs).toBe(1);
  });

  it("claimWithin 0 is refused: it would ask without end", async () => {
    const options = { ...OVER_TABS, claimWithin: 0, waitForHandler: 1_000 };

    expect(await failureOf(rpc.request("x", 1, options))).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "claimWithin is 0: it must be above 0 milliseconds.",
    });
  });
});

it("one deadline that throws leaves the others due, and one that was removed stays silent", async () => {
  const reported = vi.spyOn(console, "error").mockImplementation(() => {});
  vi.stubGlobal("reportError", (error: unknown) => console.error(error));
  const { Deadlines } = await import("../shared/deadlines.js");
  const deadlines = new Deadlines(clock);
  const told: string[] = [];
  deadlines.add(10, () => {
    deadlines.remove(third);
    throw new Error("no");
  });
  deadlines.add(10, () => told.push("second"));
  const third = deadlines.add(10, () => told.push("third"));

  clock.advance(10);

  expect(told).toEqual(["second"]);
  expect(reported).toHaveBeenCalledTimes(1);
  vi.unstubAllGlobals();
});

it("the clock of the bus turns its timeouts", async () => {
  rpc.handle("x", () => new Promise(() => {}));
  const asked = failureOf(rpc.request("x", 1, 100));
  await turns();

  clock.advance(100);

  expect(await asked).toMatchObject({ code: "REQUEST_TIMEOUT" });
});
