import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isPatternError, RemoteError, RequestResponse } from "../index.js";
import { deferred, failureOf } from "../testing/promises.js";

let bus: PubSubBus;
let rpc: RequestResponse;

beforeEach(() => {
  vi.useFakeTimers();
  bus = createPubSub();
  rpc = new RequestResponse(bus);
});

afterEach(() => {
  vi.useRealTimers();
});

class OutOfStockError extends Error {
  override readonly name = "OutOfStockError";
  readonly code = "OUT_OF_STOCK";
}

describe("a handler that throws", () => {
  it.each<[string, unknown, object]>([
    ["an error", new Error("no stock"), { name: "Error", message: "no stock" }],
    ["an error without a message", new Error(""), { name: "Error", message: "" }],
    ["an error of a class", new TypeError("x"), { name: "TypeError", message: "x" }],
    [
      "an error with a code",
      new OutOfStockError("none left"),
      { name: "OutOfStockError", message: "none left", code: "OUT_OF_STOCK" },
    ],
    ["a string", "no stock", { name: "Error", message: "no stock" }],
    ["an empty string", "", { name: "Error", message: "" }],
    ["null", null, { name: "Error", message: "null" }],
    ["undefined", undefined, { name: "Error", message: "undefined" }],
    ["a symbol", Symbol("s"), { name: "Error", message: "Symbol(s)" }],
    [
      "an object with a code",
      { code: 404, message: "not found" },
      { name: "Error", message: "not found", code: 404 },
    ],
    ["an object without a message", { code: {} }, { name: "Error", message: "[object Object]" }],
    [
      "an object without a string form",
      Object.create(null),
      { name: "Error", message: "An object without a string form was thrown." },
    ],
  ])("makes the request reject: %s", async (_, thrown, failure) => {
    rpc.handle("sync", () => {
      throw thrown;
    });
    rpc.handle("async", async () => {
      throw thrown;
    });

    for (const method of ["sync", "async"]) {
      const error = await failureOf(rpc.request(method));

      expect(error).toBeInstanceOf(thrown instanceof TypeError ? TypeError : RemoteError);
      expect(isPatternError(error, "REMOTE_ERROR")).toBe(true);
      expect((error as RemoteError).failure).toStrictEqual(failure);
      expect(error).toMatchObject(failure);
    }
    expect(vi.getTimerCount()).toBe(0);
    expect(bus.handlerCount("rpc.response.+")).toBe(0);
  });

  it("is told to the asker alone", async () => {
    const types: string[] = [];
    const told = createPubSub({ onDiagnostic: ({ type }) => types.push(type) });
    const object = new RequestResponse(told);
    object.handle("get", () => {
      throw new Error("no stock");
    });

    await failureOf(object.request("get"));
    await null;

    expect(types).not.toContain("handler-error");
  });
});

describe("timeout", () => {
  const never = () => new Promise(() => {});

  it("rejects when no answer came in time, and leaves nothing behind", async () => {
    rpc.handle("stock.get", never);
    const settled = vi.fn();
    const asked = failureOf(rpc.request("stock.get", null, 100)).finally(settled);

    await vi.advanceTimersByTimeAsync(99);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);

    expect(await asked).toMatchObject({
      name: "RequestTimeoutError",
      code: "REQUEST_TIMEOUT",
      message: "Request timeout: stock.get",
      method: "stock.get",
      timeoutMs: 100,
    });
    expect(vi.getTimerCount()).toBe(0);
    expect(bus.handlerCount("rpc.response.+")).toBe(0);
  });

  it("is five seconds where nothing is said", async () => {
    rpc.handle("get", never);
    const settled = vi.fn();
    const asked = failureOf(rpc.request("get")).finally(settled);

    await vi.advanceTimersByTimeAsync(4_999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);

    expect(await asked).toMatchObject({ timeoutMs: 5_000 });
  });

  it("may be 0", async () => {
    rpc.handle("get", never);
    const asked = failureOf(rpc.request("get", null, 0));

    await vi.advanceTimersByTimeAsync(0);

    expect(await asked).toMatchObject({ code: "REQUEST_TIMEOUT" });
  });

  it("ignores an answer that comes too late", async () => {
    const { promise, resolve } = deferred<string>();
    rpc.handle("get", () => promise);
    const asked = failureOf(rpc.request("get", null, 100));
    await vi.advanceTimersByTimeAsync(100);

    resolve("late");

    expect(await asked).toMatchObject({ code: "REQUEST_TIMEOUT" });
    await vi.advanceTimersByTimeAsync(1);
    expect(bus.handlerCount("rpc.response.+")).toBe(0);
  });

  it("waits for ever at Infinity, without a timer", async () => {
    const { promise, resolve } = deferred<string>();
    rpc.handle("get", () => promise);
    const asked = rpc.request("get", null, Number.POSITIVE_INFINITY);
    await vi.advanceTimersByTimeAsync(1);

    expect(vi.getTimerCount()).toBe(0);
    resolve("at last");
    expect(await asked).toBe("at last");
  });

  it.each([2 ** 31 - 1, 2 ** 31, 3 * 2 ** 31])("fires at %d ms, not before", async (timeout) => {
    rpc.handle("get", never);
    const settled = vi.fn();
    const asked = failureOf(rpc.request("get", null, timeout)).finally(settled);

    await vi.advanceTimersByTimeAsync(timeout - 1);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);

    expect(await asked).toMatchObject({ code: "REQUEST_TIMEOUT", timeoutMs: timeout });
  });

  it("above 2^31-1 leaves no timer behind an answer that comes late", async () => {
    const { promise, resolve } = deferred<string>();
    rpc.handle("get", () => promise);
    const asked = rpc.request("get", null, 3 * 2 ** 31);
    await vi.advanceTimersByTimeAsync(2 ** 31);

    resolve("at last");

    expect(await asked).toBe("at last");
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([Number.NaN, -1, Number.NEGATIVE_INFINITY])(
    "of %s rejects at once, asks nobody and leaves nothing behind",
    async (timeout) => {
      const handler = vi.fn();
      rpc.handle("get", handler);

      const failure = await failureOf(rpc.request("get", null, timeout as number));
      await vi.advanceTimersByTimeAsync(1);

      expect(failure).toMatchObject({
        code: "INVALID_ARGUMENT",
        message: `The timeout is ${timeout}: it must be a number of milliseconds, 0 or more. Infinity waits for ever.`,
      });
      expect(handler).not.toHaveBeenCalled();
      expect(vi.getTimerCount()).toBe(0);
      expect(bus.handlerCount("rpc.response.+")).toBe(0);
    },
  );

  it("keeps to the clock that it is given", async () => {
    const clock = new ManualClock();
    const object = new RequestResponse(bus, { clock });
    object.handle("get", never);

    const asked = failureOf(object.request("get", null, 100));
    expect(vi.getTimerCount()).toBe(0);
    clock.advance(99);
    expect(clock.timerCount).toBe(1);
    clock.advance(1);

    expect(await asked).toMatchObject({ code: "REQUEST_TIMEOUT" });
    expect(clock.timerCount).toBe(0);
  });

  it("has one timer for all requests, each of which ends in its time", async () => {
    const clock = new ManualClock();
    const object = new RequestResponse(bus, { clock });
    object.handle("get", never);
    const ended: number[] = [];
    const asked = [300, 100, 200, 100].map((timeout) =>
      failureOf(object.request("get", null, timeout)).then(() => ended.push(timeout)),
    );
    expect(clock.timerCount).toBe(1);

    for (const expected of [
      [100, 100],
      [100, 100, 200],
      [100, 100, 200, 300],
    ]) {
      clock.advance(100);
      await vi.advanceTimersByTimeAsync(0);
      expect(ended).toEqual(expected);
    }

    await Promise.all(asked);
    expect(clock.timerCount).toBe(0);
  });
});

describe("dispose", () => {
  it("rejects what is open, stops to answer, and may come twice", async () => {
    const other = new RequestResponse(bus);
    other.handle("slow", () => new Promise(() => {}));
    rpc.handle("get", () => 1);
    const asked = Promise.all(["a", "b"].map((n) => failureOf(rpc.request("slow", n))));
    await vi.advanceTimersByTimeAsync(1);

    rpc.dispose();
    rpc.dispose();

    const disposed = {
      name: "RequestResponseDisposedError",
      code: "DISPOSED",
      message: '"slow" was given up: the RequestResponse has been disposed.',
    };
    expect(await asked).toMatchObject([disposed, disposed]);
    expect(vi.getTimerCount()).toBe(0);
    expect(bus.getSubscriptions().map(({ pattern }) => pattern)).toEqual([
      "rpc.request.slow",
      "rpc.replace",
      "rpc.control.+",
    ]);
    expect(await failureOf(other.request("get"))).toMatchObject({ code: "NO_HANDLER" });
  });

  it("is final", async () => {
    rpc.dispose();

    expect(await failureOf(rpc.request("get"))).toMatchObject({ code: "DISPOSED" });
    expect(() => rpc.handle("get", () => 1)).toThrow(
      '"get" was given up: the RequestResponse has been disposed.',
    );
    expect(bus.handlerCount()).toBe(0);
  });

  it("spares other objects on the bus", async () => {
    const other = new RequestResponse(bus);
    other.handle("get", () => 1);

    rpc.dispose();

    expect(await other.request("get")).toBe(1);
  });
});

describe("isPatternError", () => {
  it("knows an error of a pattern, also of another copy of the package", async () => {
    const error = await failureOf(rpc.request("nobody"));
    const ofAnotherCopy = Object.assign(new Error("x"), {
      code: "NO_HANDLER",
      [Symbol.for("@pubsub-mfe/patterns.error")]: "NO_HANDLER",
    });

    for (const known of [error, ofAnotherCopy]) {
      expect(isPatternError(known)).toBe(true);
      expect(isPatternError(known, "NO_HANDLER")).toBe(true);
      expect(isPatternError(known, "REMOTE_ERROR")).toBe(false);
    }
  });

  it.each([new Error("x"), { code: "NO_HANDLER" }, null, undefined, "NO_HANDLER"])(
    "does not take %o for one",
    (value) => {
      expect(isPatternError(value)).toBe(false);
    },
  );
});

describe("a handler of a pattern", () => {
  it.each(["stock.+", "stock.#", "#"])("is refused: %s", (method) => {
    expect(() => rpc.handle(method, () => 1)).toThrow(
      `"${method}" is a pattern, and a method has a name of its own.`,
    );
    expect(bus.handlerCount()).toBe(0);
  });
});
