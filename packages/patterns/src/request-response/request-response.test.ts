import { createPubSub, isBusError, type PubSubBus } from "@pubsub-mfe/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RequestResponse } from "../index.js";
import { deferred, failureOf } from "../testing/promises.js";

let bus: PubSubBus;
let rpc: RequestResponse;

beforeEach(() => {
  vi.useFakeTimers();
  bus = createPubSub({ app: "rpc" });
  rpc = new RequestResponse(bus);
});

afterEach(() => {
  vi.useRealTimers();
});

describe("request", () => {
  it("resolves with what the handler returns, over any number of objects on one bus", async () => {
    const params = { sku: "A-1" };
    const seen: unknown[] = [];
    new RequestResponse(bus).handle("stock.get", (received) => {
      seen.push(received);
      return 3;
    });

    const stock = await rpc.request<number>("stock.get", params);

    expect(stock).toBe(3);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBe(params);
  });

  it.each([null, undefined, 0, "", false, Number.NaN])(
    "resolves with the result %s",
    async (value) => {
      rpc.handle("get", () => value);

      expect(await rpc.request("get")).toBe(value);
    },
  );

  it("resolves with a result that looks like a failure", async () => {
    rpc.handle("get", () => ({ status: "error", error: "x" }));

    expect(await rpc.request("get")).toEqual({ status: "error", error: "x" });
  });

  it("keeps 1,000 requests at once apart, whatever order they are answered in", async () => {
    const answers: (() => void)[] = [];
    rpc.handle("echo", (n: number) => new Promise((resolve) => answers.push(() => resolve(n * 2))));
    const numbers = Array.from({ length: 1_000 }, (_, n) => n);

    const open = Promise.all(numbers.map((n) => rpc.request<number>("echo", n)));
    await vi.advanceTimersByTimeAsync(1);
    for (const answer of answers.reverse()) answer();

    expect(await open).toEqual(numbers.map((n) => n * 2));
    expect(vi.getTimerCount()).toBe(0);
    expect(bus.handlerCount("rpc.response.+")).toBe(0);
  });

  it("works for 60 objects on one bus, each with a handler and an open call", async () => {
    const all = Array.from({ length: 60 }, () => new RequestResponse(bus));
    for (const [n, object] of all.entries()) object.handle(`method-${n}`, async () => n);

    const answers = await Promise.all(
      all.map((object, n) => object.request<number>(`method-${(n + 1) % 60}`)),
    );

    expect(answers).toEqual(all.map((_, n) => (n + 1) % 60));
  });

  it("is not counted by the bus's limit of handlers", async () => {
    const object = new RequestResponse(createPubSub({ maxHandlersPerTopic: 0 }));
    object.handle("get", () => 1);

    expect(await object.request("get")).toBe(1);
  });

  it("leaves nothing of a call to other tabs and the log", async () => {
    const leaving: string[] = [];
    const hooks = bus.getHooks();
    hooks.onPublish(({ topic }) => leaving.push(topic));
    bus.connect({
      domain: "peer:test",
      send: (messages) => leaving.push(...messages.map(({ topic }) => topic)),
      onMessages: () => {},
      flush: () => {},
      close: () => {},
    });
    rpc.handle("get", () => 1);
    rpc.handle("fail", () => {
      throw new Error("no");
    });

    await rpc.request("get");
    await failureOf(rpc.request("fail"));
    await failureOf(rpc.request("nobody"));

    expect(leaving).toEqual([]);
  });

  it("speaks the documented wire", async () => {
    const seen: unknown[] = [];
    bus.subscribe("rpc.#", ({ topic, payload }) => seen.push([topic, payload]));
    rpc.handle("stock.get", () => 3);

    await rpc.request("stock.get", { sku: "A-1" });

    const requestId = expect.stringMatching(/^[\w-]+$/);
    expect(seen).toEqual([
      ["rpc.request.stock.get", { requestId, params: { sku: "A-1" } }],
      [expect.stringMatching(/^rpc\.response\.[\w-]+$/), { status: "ok", result: 3 }],
    ]);
  });

  it.each(["", "a..b", "a.+", "#", "with space", "a."])(
    "rejects the method name %j at once, and leaves nothing behind",
    async (method) => {
      const failure = await failureOf(rpc.request(method));

      expect(isBusError(failure, "INVALID_TOPIC")).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
      expect(bus.handlerCount()).toBe(0);
    },
  );

  it("rejects on a bus that is disposed", async () => {
    bus.dispose();

    const failure = await failureOf(rpc.request("get"));

    expect(failure).toMatchObject({ code: "DISPOSED", cause: { code: "BUS_DISPOSED" } });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a request that nobody handles", () => {
  it("rejects at once, and leaves nothing behind", async () => {
    const failure = await failureOf(rpc.request("stock.get"));

    expect(failure).toMatchObject({
      name: "NoHandlerError",
      code: "NO_HANDLER",
      method: "stock.get",
      message: 'Nobody handles "stock.get" on this page. Is the microfrontend that does mounted?',
    });
    expect(vi.getTimerCount()).toBe(0);
    expect(bus.handlerCount()).toBe(0);
  });

  it.each(["#", "rpc.#", "rpc.request.+.get"])(
    "is not handled by who listens to %s",
    async (pattern) => {
      const seen: string[] = [];
      bus.subscribe(pattern, ({ topic }) => seen.push(topic));

      const failure = await failureOf(rpc.request("stock.get"));
      await null;

      expect(failure).toMatchObject({ code: "NO_HANDLER" });
      // Nobody is asked, now or by a replay.
      expect(seen).toEqual([]);
    },
  );
});

describe("handle", () => {
  it("refuses a second handler of a method, also of another object, until the first ends", async () => {
    const stop = rpc.handle("get", () => "first");
    const other = new RequestResponse(bus);

    for (const object of [rpc, other]) {
      expect(() => object.handle("get", () => "second")).toThrow(
        expect.objectContaining({
          name: "DuplicateHandlerError",
          code: "DUPLICATE_HANDLER",
          method: "get",
          message:
            '"get" has a handler on this page already. Unsubscribe that one first, or say by onConflict what is to become of it.',
        }),
      );
    }
    expect(await rpc.request("get")).toBe("first");

    stop();
    stop();
    expect(await failureOf(rpc.request("get"))).toMatchObject({ code: "NO_HANDLER" });
    other.handle("get", () => "second");
    expect(await rpc.request("get")).toBe("second");
  });

  it("answers what it was asked before it ended", async () => {
    const { promise, resolve } = deferred<string>();
    const stop = rpc.handle("get", () => promise);
    const asked = rpc.request("get");
    await null;

    stop();
    resolve("late");

    expect(await asked).toBe("late");
    expect(bus.handlerCount()).toBe(0);
  });

  it("may ask others", async () => {
    rpc.handle("price", async (sku: string) => sku.length);
    rpc.handle("total", async (skus: string[]) => {
      const prices = await Promise.all(skus.map((sku) => rpc.request<number>("price", sku)));
      return prices.reduce((sum, price) => sum + price, 0);
    });

    expect(await rpc.request("total", ["a", "bb", "ccc"])).toBe(6);
  });

  it("may finish after the bus was disposed", async () => {
    const diagnostics: unknown[] = [];
    const told = createPubSub({ onDiagnostic: (event) => diagnostics.push(event.type) });
    const object = new RequestResponse(told);
    const { promise, resolve } = deferred();
    const finished = vi.fn();
    object.handle("get", async () => {
      await promise;
      finished();
    });
    const asked = failureOf(object.request("get", null, 100));
    await vi.advanceTimersByTimeAsync(1);

    told.dispose();
    resolve();
    await vi.advanceTimersByTimeAsync(99);

    expect(finished).toHaveBeenCalledTimes(1);
    expect(await asked).toMatchObject({ code: "DISPOSED" });
    expect(diagnostics).not.toContain("handler-error");
  });
});
