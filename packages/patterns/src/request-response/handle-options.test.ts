// @vitest-environment happy-dom
import { createPubSub, joinPubSub, type PubSubBus, type StandardSchema } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type HandlerContext, isPatternError, RequestResponse } from "../index.js";
import { failureOf, turns } from "../testing/promises.js";

let bus: PubSubBus;
let rpc: RequestResponse;

beforeEach(() => {
  bus = createPubSub({ clock: new ManualClock() });
  rpc = new RequestResponse(bus, { clock: new ManualClock() });
});

/** A handler whose runs a test ends. */
function heldHandler() {
  const runs: { params: unknown; context: HandlerContext; end: (value: unknown) => void }[] = [];
  const handler = (params: unknown, context: HandlerContext): Promise<unknown> =>
    new Promise((end) => runs.push({ params, context, end }));
  return { runs, handler };
}

describe("concurrency", () => {
  it("runs so many at a time, the others in their order", async () => {
    const { runs, handler } = heldHandler();
    rpc.handle("get", handler, { concurrency: 2 });
    const asked = Promise.all([1, 2, 3, 4].map((n) => rpc.request("get", n)));
    await turns();
    expect(runs.map(({ params }) => params)).toEqual([1, 2]);

    runs[1]?.end("b");
    await turns();
    expect(runs.map(({ params }) => params)).toEqual([1, 2, 3]);
    runs[0]?.end("a");
    await turns();
    runs[3]?.end("d");
    runs[2]?.end("c");

    expect(await asked).toEqual(["a", "b", "c", "d"]);
  });

  it("goes on after handlers that throw", async () => {
    rpc.handle(
      "get",
      (n: number) => {
        if (n % 2) throw new Error(`odd ${n}`);
        return n;
      },
      { concurrency: 1 },
    );

    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((n) => rpc.request("get", n)));

    expect(outcomes.map(({ status }) => status)).toEqual([
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
  });

  it("refuses what its queue has no place for, and says that it may go well later", async () => {
    const { runs, handler } = heldHandler();
    rpc.handle("get", handler, { concurrency: 1, queue: 1 });
    const first = rpc.request("get", 1);
    const second = rpc.request("get", 2);

    const failure = await failureOf(rpc.request("get", 3));

    expect(isPatternError(failure, "QUEUE_FULL")).toBe(true);
    expect(failure).toMatchObject({
      name: "QueueFullError",
      retryable: true,
      method: "get",
      message: 'The handler of "get" is busy, and 1 requests wait already. Ask again later.',
    });
    runs[0]?.end("a");
    expect(await first).toBe("a");
    runs[1]?.end("b");
    expect(await second).toBe("b");
  });

  it("never runs what was given up while it waited, and gives its place to another", async () => {
    const { runs, handler } = heldHandler();
    rpc.handle("get", handler, { concurrency: 1, queue: 1 });
    const first = rpc.request("get", 1);
    const stop = new AbortController();
    const second = failureOf(rpc.request("get", 2, { signal: stop.signal }));
    await turns();
    stop.abort();
    await second;
    await turns();
    const third = rpc.request("get", 3);
    await turns();

    runs[0]?.end("a");
    await first;
    runs[1]?.end("c");

    expect(await third).toBe("c");
    expect(runs.map(({ params }) => params)).toEqual([1, 3]);
  });

  it("tells those who wait as well when the object is disposed", async () => {
    const asker = new RequestResponse(bus, { clock: new ManualClock() });
    const { runs, handler } = heldHandler();
    rpc.handle("get", handler, { concurrency: 1 });
    const asked = [1, 2].map((n) => failureOf(asker.request("get", n)));
    await turns();

    rpc.dispose();

    expect(await Promise.all(asked)).toMatchObject([
      { code: "HANDLER_GONE" },
      { code: "HANDLER_GONE" },
    ]);
    expect(runs).toHaveLength(1);
  });
});

describe("onConflict", () => {
  it("replaces the handlers of a method, of whatever copy, which finish what they run", async () => {
    const [a, b] = ["a", "b"].map((name) => joinPubSub({ app: "replace", name })) as [
      PubSubBus,
      PubSubBus,
    ];
    const old = new RequestResponse(a);
    const { runs, handler } = heldHandler();
    old.handle("get", handler);
    old.handle("other", () => "kept");
    const first = old.request("get", 1);
    await turns();

    new RequestResponse(b).handle("get", () => "new", { onConflict: "replace" });

    expect(await old.request("get", 2)).toBe("new");
    expect(await old.request("other")).toBe("kept");
    runs[0]?.end("old");
    expect(await first).toBe("old");
    expect(a.handlerCount("rpc.request.get")).toBe(1);
    a.dispose();
    b.dispose();
  });

  it("lets them compete: each request goes to one, to that with the least to do", async () => {
    const handlers = [heldHandler(), heldHandler()];
    for (const { handler } of handlers) {
      new RequestResponse(bus).handle("get", handler, { onConflict: "compete" });
    }
    const asked: Promise<unknown>[] = [];

    for (const n of [1, 2, 3, 4]) {
      asked.push(rpc.request("get", n));
      await turns();
    }

    const [a, b] = handlers.map(({ runs }) => runs.map(({ params }) => params));
    expect([a, b]).toEqual([
      [1, 3],
      [2, 4],
    ]);
    for (const { runs } of handlers) for (const { params, end } of runs) end(`answer ${params}`);
    expect(await Promise.all(asked)).toEqual(["answer 1", "answer 2", "answer 3", "answer 4"]);
  });

  it("runs each of many requests at once exactly once among competing handlers", async () => {
    const seen: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      rpc.handle(
        "get",
        async (params: number) => {
          seen.push(params);
          return params;
        },
        { onConflict: "compete" },
      );
    }
    const numbers = Array.from({ length: 200 }, (_, n) => n);

    expect(await Promise.all(numbers.map((n) => rpc.request("get", n)))).toEqual(numbers);
    expect(seen.toSorted((a, b) => a - b)).toEqual(numbers);
  });
});

describe("idempotencyKey", () => {
  it("runs requests of one key once, while it runs and afterwards", async () => {
    const { runs, handler } = heldHandler();
    rpc.handle("pay", handler);
    const key = { idempotencyKey: "cart 7/ü" };
    const first = [rpc.request("pay", 1, key), rpc.request("pay", 1, key)];
    await turns();

    runs[0]?.end("receipt");

    expect(await Promise.all(first)).toEqual(["receipt", "receipt"]);
    expect(await rpc.request("pay", 1, key)).toBe("receipt");
    void rpc.request("pay", 1, { idempotencyKey: "cart 8" });
    void rpc.request("pay", 1);
    await turns();
    expect(runs).toHaveLength(3);
  });

  it("runs again what failed", async () => {
    const handler = vi.fn().mockRejectedValueOnce(new Error("declined")).mockResolvedValue("paid");
    rpc.handle("pay", handler);
    const key = { idempotencyKey: "cart 7" };

    expect(await failureOf(rpc.request("pay", 1, key))).toMatchObject({ message: "declined" });
    expect(await rpc.request("pay", 1, key)).toBe("paid");
    expect(await rpc.request("pay", 1, key)).toBe("paid");
    expect(handler).toHaveBeenCalledTimes(2);
  });

  it("aborts a run only when nobody waits for it any more", async () => {
    const { runs, handler } = heldHandler();
    rpc.handle("pay", handler);
    const stops = [new AbortController(), new AbortController()];
    const asked = stops.map(({ signal }) =>
      failureOf(rpc.request("pay", 1, { idempotencyKey: "k", signal })),
    );
    await turns();

    stops[0]?.abort();
    await turns();
    expect(runs[0]?.context.signal.aborted).toBe(false);
    stops[1]?.abort();
    await turns();

    expect(runs[0]?.context.signal.aborted).toBe(true);
    await Promise.all(asked);
  });

  it("is remembered for the last 1,000 keys", async () => {
    const handler = vi.fn((n: number) => n);
    rpc.handle("pay", handler);
    const pay = (n: number) => rpc.request("pay", n, { idempotencyKey: `key ${n}` });

    for (let n = 0; n <= 1_000; n += 1) await pay(n);
    await pay(1);
    expect(handler).toHaveBeenCalledTimes(1_001);
    await pay(0);

    expect(handler).toHaveBeenCalledTimes(1_002);
  });

  it("reports progress to all who wait", async () => {
    const { runs, handler } = heldHandler();
    rpc.handle("pay", handler);
    const told: unknown[] = [];
    const asked = ["a", "b"].map((who) =>
      rpc.request("pay", 1, {
        idempotencyKey: "k",
        onProgress: (value) => told.push(`${who} ${value}`),
      }),
    );
    await turns();

    runs[0]?.context.progress(50);
    await turns();
    runs[0]?.end(1);
    await Promise.all(asked);

    expect(told).toEqual(["a 50", "b 50"]);
  });
});

describe("schemas", () => {
  /** Numbers above 0, as strings or not; asynchronously for strings. */
  const positive: StandardSchema = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: ((value: unknown) => {
        const result =
          Number(value) > 0
            ? { value: Number(value) }
            : { issues: [{ message: "must be above 0", path: ["amount", { key: 0 }] }] };
        return typeof value === "string" ? Promise.resolve(result) : result;
      }) as never,
    },
  };

  it("of params give the handler what they make of them", async () => {
    rpc.handle("pay", (amount) => amount, { params: positive });

    expect(await rpc.request("pay", "12")).toBe(12);
  });

  it("of params reject what is not as they ask, and the handler does not run", async () => {
    const handler = vi.fn();
    rpc.handle("pay", handler, { params: positive });

    const failure = await failureOf(rpc.request("pay", -1));

    expect(isPatternError(failure, "INVALID_PARAMS")).toBe(true);
    expect(failure).toMatchObject({
      name: "SchemaError",
      method: "pay",
      message: 'The params of "pay" are not as its schema asks: amount.0: must be above 0.',
      data: [{ path: "amount.0", message: "must be above 0" }],
    });
    expect(handler).not.toHaveBeenCalled();
  });

  it("of results reject what the handler should not have answered", async () => {
    rpc.handle("pay", (amount) => amount, { result: positive });

    expect(await rpc.request("pay", "3")).toBe(3);
    const failure = await failureOf(rpc.request("pay", 0));

    expect(isPatternError(failure, "INVALID_RESULT")).toBe(true);
    expect(failure).toMatchObject({
      message: 'The result of "pay" is not as its schema asks: amount.0: must be above 0.',
    });
  });
});

describe("signal of handle", () => {
  it("ends the handling", async () => {
    const stop = new AbortController();
    rpc.handle("get", () => 1, { signal: stop.signal });
    expect(await rpc.request("get")).toBe(1);

    stop.abort();

    expect(await failureOf(rpc.request("get"))).toMatchObject({ code: "NO_HANDLER" });
    expect(bus.handlerCount()).toBe(0);
  });

  it("already aborted handles nothing", () => {
    rpc.handle("get", () => 1, { signal: AbortSignal.abort() });

    expect(bus.handlerCount()).toBe(0);
  });
});

describe("what handle refuses", () => {
  it.each([
    ["f", {}, 'The handler is "f": it must be a function.'],
    [() => 1, { onConflict: "ignore" }, 'onConflict is "ignore": it must be "throw"'],
    [() => 1, { concurrency: 0 }, "concurrency is 0: it must be a whole number, 1 or more"],
    [() => 1, { queue: 1.5 }, "queue is 1.5: it must be a whole number, 0 or more"],
    [() => 1, { params: {} }, "params is an object: it must be a schema of a library"],
  ])("%o, %o", (handler, options, message) => {
    expect(() => rpc.handle("get", handler as never, options as never)).toThrow(message);
    expect(bus.handlerCount()).toBe(0);
  });
});
