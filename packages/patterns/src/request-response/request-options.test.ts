// @vitest-environment happy-dom
import { createPubSub, joinPubSub, type PubSubBus, scope } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type HandlerContext, type PatternBus, RequestResponse } from "../index.js";
import { deferred, failureOf, turns } from "../testing/promises.js";

let bus: PubSubBus;
let clock: ManualClock;
let rpc: RequestResponse;

beforeEach(() => {
  clock = new ManualClock();
  bus = createPubSub({ clock: new ManualClock() });
  rpc = new RequestResponse(bus, { clock });
});

/** Handles a method, and gives what its handler was given. */
function hang(method: string): HandlerContext[] {
  const contexts: HandlerContext[] = [];
  rpc.handle(method, (_, context) => {
    contexts.push(context);
    return new Promise(() => {});
  });
  return contexts;
}

describe("signal", () => {
  it("already aborted asks nobody, and rejects with its reason", async () => {
    const handler = vi.fn();
    rpc.handle("get", handler);
    const reason = new Error("gone");

    const failure = await failureOf(rpc.request("get", 1, { signal: AbortSignal.abort(reason) }));
    await turns();

    expect(failure).toBe(reason);
    expect(handler).not.toHaveBeenCalled();
  });

  it("that aborts rejects with its reason, and aborts the handler's", async () => {
    const contexts = hang("get");
    const stop = new AbortController();
    const asked = failureOf(rpc.request("get", 1, { signal: stop.signal }));
    await turns();
    const seen = contexts[0]?.signal;
    expect(seen?.aborted).toBe(false);

    stop.abort();

    expect(await asked).toBe(stop.signal.reason);
    await turns();
    expect(seen?.aborted).toBe(true);
    expect(seen?.reason).toMatchObject({ name: "AbortError" });
  });

  it("reaches a handler that looks at it only afterwards", async () => {
    const contexts = hang("get");
    const stop = new AbortController();
    const asked = failureOf(rpc.request("get", 1, { signal: stop.signal }));
    await turns();

    stop.abort(new Error("enough"));
    await asked;
    await turns();

    expect(contexts[0]?.signal.aborted).toBe(true);
    expect(contexts[0]?.signal.reason).toMatchObject({ message: "enough" });
  });

  it("is not needed for the handler to learn of the asker's timeout and end", async () => {
    const contexts = hang("get");
    const asker = new RequestResponse(bus, { clock });
    const timedOut = failureOf(asker.request("get", 1, { timeout: 100 }));
    const ended = failureOf(asker.request("get", 2));
    await turns();

    clock.advance(100);
    await timedOut;
    asker.dispose();
    await ended;
    await turns();

    expect(contexts.map(({ signal }) => signal.reason.name)).toEqual([
      "RequestTimeoutError",
      "RequestResponseDisposedError",
    ]);
  });
});

describe("1,000 calls that end badly leave no subscription, timer or listener", () => {
  it.each([
    ["timeouts", () => clock.advance(5_000)],
    ["aborted", () => stop.abort()],
    ["disposed", () => rpc.dispose()],
  ])("%s", async (_, end) => {
    stop = new AbortController();
    const added = vi.spyOn(stop.signal, "addEventListener");
    const removed = vi.spyOn(stop.signal, "removeEventListener");
    new RequestResponse(bus, { clock }).handle("get", () => new Promise(() => {}));
    const before = bus.handlerCount();

    const all = Array.from({ length: 1_000 }, () =>
      failureOf(rpc.request("get", 1, { signal: stop.signal, onProgress: () => {} })),
    );
    await turns();
    expect(bus.handlerCount()).toBe(before + 1_002);
    expect(clock.timerCount).toBe(1);
    end();
    await Promise.all(all);

    expect(bus.handlerCount()).toBe(before);
    expect(clock.timerCount).toBe(0);
    expect(added).toHaveBeenCalledTimes(1_000);
    expect(removed.mock.calls.length).toBeGreaterThanOrEqual(1_000);
  });

  let stop: AbortController;
});

describe("many calls, one after the other", () => {
  it("leave nothing behind either, a few microtasks after the last", async () => {
    rpc.handle("get", (n: number) => n);
    const before = bus.handlerCount();

    for (let n = 0; n < 50; n += 1) expect(await rpc.request("get", n)).toBe(n);
    await turns();

    expect(bus.handlerCount()).toBe(before);
    expect(clock.timerCount).toBe(0);
  });
});

describe("onProgress", () => {
  it("receives what the handler tells, in order, until the answer", async () => {
    const told: unknown[] = [];
    let late: HandlerContext["progress"] = () => {};
    rpc.handle("import", async (_, { progress }) => {
      for (const percent of [10, 50]) progress({ percent });
      late = progress;
      return "done";
    });

    const result = await rpc.request("import", 1, { onProgress: (value) => told.push(value) });
    late({ percent: 100 });
    await turns();

    expect(result).toBe("done");
    expect(told).toEqual([{ percent: 10 }, { percent: 50 }]);
  });

  it("that is not given costs no message", async () => {
    const topics: string[] = [];
    bus.subscribe("#", ({ topic }) => topics.push(topic));
    rpc.handle("import", async (_, { progress }) => progress(10));

    await rpc.request("import");

    expect(topics.map((topic) => topic.split(".")[1])).toEqual(["request", "response"]);
  });
});

describe("waitForHandler", () => {
  it("waits for a handler that appears 100 ms later, of any copy on the page", async () => {
    const [asking, handling] = ["asking", "handling"].map((name) =>
      joinPubSub({ app: "wait-for-handler", name }),
    ) as [PubSubBus, PubSubBus];
    const object = new RequestResponse(asking, { clock });
    const asked = object.request("get", 7, { waitForHandler: 1_000 });

    clock.advance(100);
    handling.subscribe("rpc.request.other", () => {});
    new RequestResponse(handling).handle("get", (n: number) => n * 2);

    expect(await asked).toBe(14);
    expect(clock.timerCount).toBe(0);
    asking.dispose();
    handling.dispose();
  });

  it("counts the timeout from when the handler is there", async () => {
    const asked = failureOf(rpc.request("get", 1, { waitForHandler: 1_000, timeout: 200 }));
    clock.advance(900);
    hang("get");
    clock.advance(199);
    await turns();
    expect(clock.timerCount).toBe(1);

    clock.advance(1);

    expect(await asked).toMatchObject({ code: "REQUEST_TIMEOUT" });
  });

  it("gives up, and says so, when nobody came", async () => {
    const before = bus.handlerCount();
    const asked = failureOf(rpc.request("get", 1, { waitForHandler: 1_000 }));

    clock.advance(1_000);

    expect(await asked).toMatchObject({
      code: "NO_HANDLER",
      message:
        'Nobody handles "get" on this page, and nobody came within 1000 ms. Is the microfrontend that does mounted?',
    });
    expect(bus.handlerCount()).toBe(before);
    expect(clock.timerCount).toBe(0);
  });

  it("ends by the signal, and publishes nothing", async () => {
    const topics: string[] = [];
    bus.subscribe("#", ({ topic }) => topics.push(topic));
    const stop = new AbortController();
    const asked = failureOf(rpc.request("get", 1, { waitForHandler: 1_000, signal: stop.signal }));

    stop.abort();
    await asked;
    hang("get");
    await turns();

    expect(topics).toEqual([]);
    expect(clock.timerCount).toBe(0);
  });

  it("is of no use for what is no topic", async () => {
    const failure = await failureOf(rpc.request("a..b", 1, { waitForHandler: 1_000 }));

    expect(failure).toMatchObject({ code: "INVALID_TOPIC" });
    expect(clock.timerCount).toBe(0);
  });
});

describe("a scope that is disposed", () => {
  it("gives up what was asked through it", async () => {
    hang("get");
    const part = scope(bus, "cart");
    const object = new RequestResponse(part, { clock });
    const asked = failureOf(object.request("get"));
    await turns();

    part.dispose();

    expect(await asked).toMatchObject({
      code: "DISPOSED",
      cause: { name: "ScopeDisposedError" },
    });
    expect(clock.timerCount).toBe(0);
    expect(await failureOf(object.request("get"))).toMatchObject({
      code: "DISPOSED",
      cause: { name: "ScopeDisposedError" },
    });
  });

  it("aborts what its handlers run, and tells those who wait", async () => {
    const part = scope(bus, "stock");
    const contexts: HandlerContext[] = [];
    new RequestResponse(part, { clock }).handle("get", (_, context) => {
      contexts.push(context);
      return new Promise(() => {});
    });
    const asked = failureOf(rpc.request("get", 1, 100));
    await turns();

    part.dispose();

    expect(contexts[0]?.signal.aborted).toBe(true);
    expect(await asked).toMatchObject({ code: "HANDLER_GONE" });
  });
});

describe("a bus", () => {
  it("that cannot count handlers makes calls wait for their timeout", async () => {
    const { handlerCount: _, onSubscriptionsChange: __, ...rest } = methodsOf(bus);
    const object = new RequestResponse(rest, { clock });
    const asked = failureOf(object.request("get", 1, { timeout: 100, waitForHandler: 50 }));
    await turns();

    clock.advance(100);

    expect(await asked).toMatchObject({ code: "REQUEST_TIMEOUT" });
  });

  it("that drops what is over its rate limit has the request rejected at once", async () => {
    const limited = createPubSub({ rateLimit: { maxPerSecond: 1, maxBurst: 1 } });
    const object = new RequestResponse(limited, { clock });
    limited.publish("x", 1);
    object.handle("get", () => 1);

    expect(await failureOf(object.request("get"))).toMatchObject({
      code: "RATE_LIMITED",
      message: expect.stringContaining('"rpc.request.get" was not published'),
    });
    expect(clock.timerCount).toBe(0);
  });

  it("is what it must be given", () => {
    for (const wrong of [undefined, null, {}, "bus"]) {
      expect(() => new RequestResponse(wrong as never)).toThrow("The bus is");
    }
  });
});

describe("options that cannot be", () => {
  it.each([
    [null, "The third argument of request is null: it must be a timeout in milliseconds, or"],
    ["5s", 'The third argument of request is "5s"'],
    [{ timeout: -1 }, "The timeout is -1: it must be a number of milliseconds, 0 or more."],
    [{ waitForHandler: "1" }, 'waitForHandler is "1": it must be a number'],
    [{ claimWithin: Number.NaN }, "claimWithin is NaN"],
    [{ scope: "page" }, 'scope is "page": it must be "tabs", or left out for the page alone.'],
    [{ idempotencyKey: "" }, 'idempotencyKey is "": it must be a string that is not empty.'],
    [{ onProgress: 1 }, "onProgress is 1: it must be a function."],
    [{ signal: {} }, "signal is an object: it must be an AbortSignal."],
  ])("are refused: %o", async (options, message) => {
    const failure = await failureOf(rpc.request("get", 1, options as never));

    expect(failure).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining(message),
    });
  });

  it("may be undefined", async () => {
    rpc.handle("get", () => 1);

    const options = { timeout: undefined, signal: undefined, waitForHandler: undefined };
    expect(await rpc.request("get", 1, options)).toBe(1);
  });
});

describe("dispose of who handles", () => {
  it("tells those who wait at once", async () => {
    const handling = new RequestResponse(bus, { clock });
    const { promise } = deferred();
    handling.handle("get", () => promise);
    const asked = failureOf(rpc.request("get"));
    await turns();

    handling.dispose();

    expect(await asked).toMatchObject({
      name: "HandlerGoneError",
      code: "HANDLER_GONE",
      method: "get",
      message: 'Who handled "get" was disposed before it had answered: what it did is not known.',
    });
    expect(bus.handlerCount()).toBe(0);
  });
});

/** The methods of a bus as an object of their own, as somebody wraps one. */
function methodsOf(wrapped: PubSubBus): PatternBus & { handlerCount: unknown } {
  return {
    publish: (topic, payload, options) => wrapped.publish(topic, payload, options),
    subscribe: (pattern, handler, options) => wrapped.subscribe(pattern, handler, options),
    handlerCount: (pattern) => wrapped.handlerCount(pattern),
    onSubscriptionsChange: (listener) => wrapped.onSubscriptionsChange(listener),
  };
}
