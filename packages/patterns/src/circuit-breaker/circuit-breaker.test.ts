import { createPubSub, type Message } from "@pubsub-mfe/core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CircuitBreaker, CircuitOpenError } from "../index.js";
import { type Circuits, fail, ok, runMicrotasks, setUpCircuits } from "../testing/circuits.js";
import { deferred, failureOf } from "../testing/promises.js";

let clock: Circuits["clock"];
let recorded: Circuits["recorded"];
let create: Circuits["create"];
let createOpen: Circuits["createOpen"];
let createDue: Circuits["createDue"];

beforeEach(() => {
  ({ clock, recorded, create, createOpen, createDue } = setUpCircuits());
});

describe("the documented usage", () => {
  // The code of the page "Advanced patterns", with this class in place of its own.
  it("calls the supplier five times, then answers from the cache", async () => {
    const bus = createPubSub({ app: "circuit-breaker" });
    const fetch = vi.fn(async (_url: string) => ({ ok: false, json: async () => ({}) }));
    const inventoryBreaker = new CircuitBreaker("inventory", 5, 60000, bus);
    function getCachedInventory(productId: string) {
      return { productId, stock: 0, cached: true };
    }
    async function getInventory(productId: string) {
      try {
        return await inventoryBreaker.execute(async () => {
          const response = await fetch(`/api/inventory/${productId}`);
          if (!response.ok) throw new Error("Inventory service error");
          return response.json();
        });
      } catch {
        return getCachedInventory(productId);
      }
    }
    const told: Message[] = [];
    bus.subscribe("circuit.#", (message) => void told.push(message));

    for (let n = 0; n < 9; n += 1) {
      expect(await getInventory("A-1")).toEqual({ productId: "A-1", stock: 0, cached: true });
    }
    await runMicrotasks();

    expect(fetch).toHaveBeenCalledTimes(5);
    expect(inventoryBreaker.state).toBe("OPEN");
    expect(told.map(({ topic, payload }) => [topic, payload.name])).toEqual([
      ["circuit.opened", "inventory"],
    ]);
    bus.dispose();
  });
});

describe("closed", () => {
  it("passes results on, and what was thrown as it was", async () => {
    const breaker = create();
    const error = new RangeError("none left");

    expect(await breaker.execute(() => 3)).toBe(3);
    expect(await failureOf(breaker.execute(() => Promise.reject(error)))).toBe(error);
    expect(breaker.state).toBe("CLOSED");
  });

  it("opens after as many failures in a row as the threshold says", async () => {
    const breaker = create({ threshold: 3 });

    for (const fn of [fail, fail, ok, fail, fail]) await breaker.execute(fn).catch(() => {});
    expect(breaker.state).toBe("CLOSED");
    await failureOf(breaker.execute(fail));

    expect(breaker.state).toBe("OPEN");
  });

  it.each([null, undefined, "", 0, "down", new Error("down")])(
    "counts %s that is thrown as a failure, and rejects with it",
    async (thrown) => {
      const breaker = create({ threshold: 1 });
      const throws = (): never => {
        throw thrown;
      };

      expect(await failureOf(breaker.execute(throws))).toBe(thrown);
      expect(breaker.state).toBe("OPEN");
    },
  );

  it("never throws in the caller's stack, and calls the function once and at once", async () => {
    const breaker = create();
    const fn = vi.fn(() => {
      throw new Error("down");
    });

    const call = breaker.execute(fn);

    expect(fn).toHaveBeenCalledTimes(1);
    await failureOf(call);
    expect(fn).toHaveBeenCalledTimes(1);
    expect(breaker.metrics.consecutiveFailures).toBe(1);
  });

  it("refuses what is no function, which says nothing of the supplier", async () => {
    const breaker = create();

    const error = await failureOf(breaker.execute("fetch" as never));

    expect(error).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: 'What to execute is "fetch": it must be a function.',
    });
    expect(breaker.metrics.failures).toBe(0);
  });

  it("counts what isFailure says no to as a success, and does not fall back for it", async () => {
    const breaker = create({ isFailure: (error) => !(error instanceof RangeError) });
    const notFound = (): never => {
      throw new RangeError("no such product");
    };
    await failureOf(breaker.execute(fail));

    await expect(breaker.execute(notFound, { fallback: ok })).rejects.toThrow("no such product");

    expect(breaker.metrics).toMatchObject({ consecutiveFailures: 0, successes: 1, failures: 1 });
  });

  it("counts results that isFailureResult says yes to, and returns them", async () => {
    const breaker = create({ isFailureResult: ({ status }) => status >= 500 });
    const answer = { status: 503 };

    await breaker.execute(() => answer);

    expect(await breaker.execute(() => answer)).toBe(answer);
    expect(breaker.state).toBe("OPEN");
  });

  it.each(["isFailure", "isFailureResult"])(
    "counts a call as failed whose %s throws, and rejects with that",
    async (filter) => {
      const breaker = create({
        threshold: 1,
        [filter]: () => {
          throw new TypeError("a mistake in the filter");
        },
      });

      const call = breaker.execute(filter === "isFailure" ? fail : ok);

      await expect(call).rejects.toThrow("a mistake in the filter");
      expect(breaker.state).toBe("OPEN");
    },
  );
});

describe("open", () => {
  it("rejects at once, without a call, with when to come again", async () => {
    const breaker = await createOpen();
    clock.advance(400);
    const fn = vi.fn(ok);

    const error = await failureOf(breaker.execute(fn));

    expect(fn).not.toHaveBeenCalled();
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error).toMatchObject({
      name: "CircuitOpenError",
      message: "Circuit breaker inventory is OPEN",
      code: "CIRCUIT_OPEN",
      circuit: "inventory",
      retryAfterMs: 600,
      retryable: true,
      cause: new Error("The supplier is down."),
    });
  });

  it("stays OPEN when its time is up, until the next call", async () => {
    const breaker = await createOpen();
    clock.advance(999);
    await failureOf(breaker.execute(ok));

    clock.advance(1);

    expect(breaker.state).toBe("OPEN");
    expect(clock.timerCount).toBe(0);
    expect(await breaker.execute(ok)).toBe("ok");
    expect(breaker.state).toBe("CLOSED");
  });

  it("stays open for ever with a timeout of Infinity, until it is reset", async () => {
    const breaker = await createOpen({ timeout: Infinity });
    clock.advance(1e12);

    expect(await failureOf(breaker.execute(ok))).toMatchObject({ retryAfterMs: Infinity });
    breaker.reset();

    expect(await breaker.execute(ok)).toBe("ok");
  });

  it("stays open longer each time that the probe fails, up to maxTimeout, until it has closed", async () => {
    const breaker = await createOpen({ growth: 2, maxTimeout: 5_000 });
    const open = (): unknown[] =>
      recorded.told.flatMap(([topic, { openForMs }]) =>
        topic === "circuit.opened" ? [openForMs] : [],
      );
    for (let n = 0; n < 4; n += 1) {
      clock.advance(5_000);
      await failureOf(breaker.execute(fail));
    }
    expect(open()).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);

    clock.advance(5_000);
    await breaker.execute(ok);
    await failureOf(breaker.execute(fail));
    await failureOf(breaker.execute(fail));

    expect(open().at(-1)).toBe(1_000);
  });

  it("adds a random share of the time up to jitter", async () => {
    const breaker = await createOpen({ jitter: 0.5, random: () => 0.5 });
    clock.advance(1_249);
    expect(await failureOf(breaker.execute(ok))).toMatchObject({ retryAfterMs: 1 });

    clock.advance(1);

    expect(await breaker.execute(ok)).toBe("ok");
  });
});

describe("half-open", () => {
  it("closes when the probe succeeds", async () => {
    const breaker = await createDue();

    await breaker.execute(() => {
      expect(breaker.state).toBe("HALF_OPEN");
    });

    expect(breaker.state).toBe("CLOSED");
    expect(recorded.topics()).toEqual(["opened", "half-open", "closed"]);
  });

  it("opens again at the first failure, whatever the threshold", async () => {
    const breaker = await createDue({ threshold: 5 });

    await failureOf(breaker.execute(fail));

    expect(breaker.state).toBe("OPEN");
    expect(recorded.topics()).toEqual(["opened", "half-open", "opened"]);
    expect(recorded.told.at(-1)?.[1]).toMatchObject({ reason: "probes", from: "HALF_OPEN" });
  });

  it("rejects what comes while the probe is under way, with when that is done at the latest", async () => {
    const breaker = await createDue({ probeTimeout: 3_000 });
    const probe = deferred();
    const probing = breaker.execute(() => probe.promise);
    clock.advance(500);

    const error = await failureOf(breaker.execute(ok));

    expect(error).toMatchObject({
      message: "Circuit breaker inventory is OPEN",
      retryAfterMs: 2_500,
    });
    expect(breaker.metrics).toMatchObject({ probing: 1, rejected: 1 });
    probe.resolve();
    await probing;
    expect(breaker.state).toBe("CLOSED");
  });

  it("lets as many probes in as asked, all of which must succeed", async () => {
    const breaker = await createDue({ probes: 3 });
    const waiting = [deferred(), deferred(), deferred()];
    const probes = waiting.map(({ promise }) => breaker.execute(() => promise));
    expect(await failureOf(breaker.execute(ok))).toBeInstanceOf(CircuitOpenError);

    waiting[2]?.resolve();
    waiting[0]?.resolve();
    await runMicrotasks();
    expect(breaker.state).toBe("HALF_OPEN");
    waiting[1]?.resolve();
    await Promise.all(probes);

    expect(breaker.state).toBe("CLOSED");
  });

  it("opens again as soon as too few probes can succeed, and not before", async () => {
    const breaker = await createDue({ probes: 3, requiredSuccesses: 2 });

    await failureOf(breaker.execute(fail));
    expect(breaker.state).toBe("HALF_OPEN");
    await failureOf(breaker.execute(fail));

    expect(breaker.state).toBe("OPEN");
  });

  it("closes as soon as enough probes succeeded", async () => {
    const breaker = await createDue({ probes: 3, requiredSuccesses: 2 });

    for (const fn of [ok, fail, ok]) await breaker.execute(fn).catch(() => {});

    expect(breaker.state).toBe("CLOSED");
  });

  it("takes a slow probe for a failed one", async () => {
    const window = { calls: 10, slowCallMs: 100 };
    const breaker = await createDue({ window, threshold: 2 });

    await breaker.execute(async () => clock.advance(101));

    expect(breaker.state).toBe("OPEN");
  });

  it("limits a probe with a timer of its own, which ends with it", async () => {
    const breaker = await createDue({ probeTimeout: 3_000 });

    const probing = breaker.execute(ok);

    expect(clock.nextTimerMs - clock.monotonic()).toBe(3_000);
    await probing;
    expect(clock.timerCount).toBe(0);
  });

  it.each([Infinity, 2 ** 31])("sets no timer for a probeTimeout of %s", async (probeTimeout) => {
    const breaker = await createDue({ probeTimeout });

    const probing = breaker.execute(ok);

    expect(clock.timerCount).toBe(0);
    await probing;
  });
});
