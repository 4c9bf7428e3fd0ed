// @vitest-environment node
import { createPubSub, type Message } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import {
  CircuitBreaker,
  type CircuitBreakerOptions,
  CircuitIsolatedError,
  CircuitOpenError,
  CircuitProbeTimeoutError,
  type CircuitState,
  isPatternError,
} from "../index.js";
import { fail, ok, recordingBus, runMicrotasks } from "../testing/circuits.js";
import { deferred, failureOf } from "../testing/promises.js";

let clock: ManualClock;
let recorded: ReturnType<typeof recordingBus>;

beforeEach(() => {
  clock = new ManualClock();
  recorded = recordingBus();
});

function create(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const { bus } = recorded;
  return new CircuitBreaker("inventory", { bus, clock, threshold: 2, timeout: 1_000, ...options });
}

/** A breaker whose circuit has just opened. */
async function createOpen(options?: CircuitBreakerOptions): Promise<CircuitBreaker> {
  const breaker = create(options);
  while (breaker.state === "CLOSED") await failureOf(breaker.execute(fail));
  return breaker;
}

/** A breaker that lets a probe in. */
async function createDue(options?: CircuitBreakerOptions): Promise<CircuitBreaker> {
  const breaker = await createOpen(options);
  clock.advance(1_000);
  return breaker;
}

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

describe("window", () => {
  it("of calls opens from the failure rate on, with the minimum of calls", async () => {
    const window = { calls: 4, minimumCalls: 3, failureRate: 0.5 };
    const breaker = create({ window, threshold: undefined });

    for (const fn of [fail, fail, ok, ok, ok, fail]) await breaker.execute(fn).catch(() => {});
    expect(breaker.metrics.window).toEqual({ calls: 4, failureRate: 0.25, slowCallRate: 0 });
    expect(breaker.state).toBe("CLOSED");
    await failureOf(breaker.execute(fail));

    expect(breaker.state).toBe("OPEN");
    expect(recorded.told[0]?.[1]).toMatchObject({ reason: "failure-rate" });
  });

  it("has no threshold of failures in a row unless asked", async () => {
    const window = { calls: 100, minimumCalls: 50 };
    const without = create({ window, threshold: undefined });
    const both = create({ window, threshold: 3 });

    for (let n = 0; n < 49; n += 1) await failureOf(without.execute(fail));
    for (let n = 0; n < 3; n += 1) await failureOf(both.execute(fail));

    expect(without.state).toBe("CLOSED");
    expect(both.state).toBe("OPEN");
  });

  it("of time forgets what is older", async () => {
    const window = { ms: 1_000, minimumCalls: 3 };
    const breaker = create({ window, threshold: undefined });
    await failureOf(breaker.execute(fail));
    await failureOf(breaker.execute(fail));
    expect(breaker.metrics.window?.calls).toBe(2);

    clock.advance(899);
    expect(breaker.metrics.window?.calls).toBe(2);
    clock.advance(101);
    expect(breaker.metrics.window).toEqual({ calls: 0, failureRate: 0, slowCallRate: 0 });
    await failureOf(breaker.execute(fail));

    expect(breaker.state).toBe("CLOSED");
  });

  it("opens from the rate of slow calls on, though all succeed", async () => {
    const window = { calls: 4, minimumCalls: 4, slowCallMs: 100, slowCallRate: 0.5 };
    const breaker = create({ window });

    for (const ms of [100, 0, 101, 101]) await breaker.execute(async () => clock.advance(ms));

    expect(breaker.state).toBe("OPEN");
    expect(recorded.told[0]?.[1]).toMatchObject({ reason: "slow-call-rate", failures: 0 });
  });

  it("begins anew after the circuit closed", async () => {
    const window = { calls: 4, minimumCalls: 2, failureRate: 1 };
    const breaker = await createDue({ window, threshold: undefined });
    await breaker.execute(ok);

    expect(breaker.metrics.window).toEqual({ calls: 1, failureRate: 0, slowCallRate: 0 });
  });
});

describe("signal", () => {
  it("rejects at once with the reason, before any call when it has aborted already", async () => {
    const breaker = create();
    const fn = vi.fn(ok);
    const signal = AbortSignal.abort(new Error("navigated away"));

    await expect(breaker.execute(fn, { signal })).rejects.toThrow("navigated away");

    expect(fn).not.toHaveBeenCalled();
  });

  it("gives up a call that does not listen, and aborts the signal of one that does", async () => {
    const breaker = create();
    const controller = new AbortController();
    const seen: unknown[] = [];

    const call = breaker.execute(
      ({ signal }) => {
        signal.addEventListener("abort", () => seen.push(signal.reason));
        return new Promise(() => {});
      },
      { signal: controller.signal },
    );
    controller.abort("gone");

    expect(await failureOf(call)).toBe("gone");
    expect(seen).toEqual(["gone"]);
    expect(breaker.metrics).toMatchObject({ ignored: 1, failures: 0, successes: 0 });
  });

  it("is made only when it is looked at", async () => {
    const made = vi.spyOn(globalThis, "AbortController");
    const breaker = await createDue();

    await breaker.execute(ok);
    expect(made).not.toHaveBeenCalled();
    await breaker.execute(({ signal }) => signal);

    expect(made).toHaveBeenCalledTimes(1);
  });

  it("may be aborted by the call itself, which then throws", async () => {
    const breaker = create();
    const controller = new AbortController();

    const call = breaker.execute(
      () => {
        controller.abort("enough");
        throw new Error("down");
      },
      { signal: controller.signal },
    );

    expect(await failureOf(call)).toBe("enough");
  });
});

describe("fallback", () => {
  it("answers for a call that failed, and for one that was not made", async () => {
    const breaker = create({ threshold: 1 });
    const errors: unknown[] = [];
    const fallback = (error: unknown): number => errors.push(error);

    expect(await breaker.execute(fail, { fallback })).toBe(1);
    expect(await breaker.execute(fail, { fallback })).toBe(2);

    expect(errors).toEqual([new Error("The supplier is down."), expect.any(CircuitOpenError)]);
  });

  it("rejects with what the fallback throws", async () => {
    await expect(create().execute(fail, { fallback: fail })).rejects.toThrow("is down");
  });

  it("is not asked when the caller aborted, nor for a result", async () => {
    const breaker = create();
    const fallback = vi.fn();
    const controller = new AbortController();

    const call = breaker.execute(() => new Promise(() => {}), {
      signal: controller.signal,
      fallback,
    });
    controller.abort();
    await failureOf(call);
    await breaker.execute(() => undefined, { fallback });

    expect(fallback).not.toHaveBeenCalled();
  });
});

describe("isolate", () => {
  it("holds the circuit open until the last that asked for it ends it", async () => {
    const breaker = create();
    const endFirst = breaker.isolate();
    const endSecond = breaker.isolate();
    clock.advance(1e9);

    const error = await failureOf(breaker.execute(ok));
    endFirst();
    endFirst();
    expect(breaker.state).toBe("ISOLATED");
    endSecond();

    expect(breaker.state).toBe("CLOSED");
    expect(error).toBeInstanceOf(CircuitIsolatedError);
    expect(error).toMatchObject({ code: "CIRCUIT_ISOLATED", retryable: false });
    expect((error as Error).message).toContain("inventory is ISOLATED");
    expect(recorded.told).toEqual([
      ["circuit.isolated", { name: "inventory", from: "CLOSED" }],
      ["circuit.closed", { name: "inventory", from: "ISOLATED", reason: "isolation-ended" }],
    ]);
  });

  it("is ended by reset, and an end that comes later ends no other", async () => {
    const breaker = create();
    const end = breaker.isolate();
    breaker.reset();
    expect(breaker.state).toBe("CLOSED");
    breaker.isolate();

    end();

    expect(breaker.state).toBe("ISOLATED");
  });

  it("isolates an open circuit, which is closed afterwards", async () => {
    const breaker = await createOpen();

    breaker.isolate()();

    expect(breaker.state).toBe("CLOSED");
    expect(recorded.topics()).toEqual(["opened", "isolated", "closed"]);
  });
});

describe("reset", () => {
  it("closes, forgets the failures, and tells only when it was not closed", async () => {
    const breaker = await createOpen();
    breaker.reset();
    await failureOf(breaker.execute(fail));

    breaker.reset();
    await failureOf(breaker.execute(fail));

    expect(breaker.state).toBe("CLOSED");
    expect(recorded.topics()).toEqual(["opened", "closed"]);
    expect(recorded.told[1]?.[1]).toEqual({ name: "inventory", from: "OPEN", reason: "reset" });
  });
});

describe("events", () => {
  it("say why, how long and until when", async () => {
    await createOpen();

    expect(recorded.told).toEqual([
      [
        "circuit.opened",
        {
          name: "inventory",
          from: "CLOSED",
          reason: "failures",
          failures: 2,
          openForMs: 1_000,
          retryAt: clock.now() + 1_000,
        },
      ],
    ]);
  });

  it("go to tabs as well", async () => {
    const bus = createPubSub();
    const publish = vi.spyOn(bus, "publish");
    await createOpen({ bus });

    expect(publish).toHaveBeenCalledTimes(1);
    expect(publish.mock.calls[0]?.[2]?.scope).toBeUndefined();
    bus.dispose();
  });

  it("are missed where there is no bus, or a disposed one, and disturb no call", async () => {
    const bus = createPubSub();
    bus.dispose();

    for (const breaker of [create({ bus }), create({ bus: undefined })]) {
      await failureOf(breaker.execute(fail));
      await expect(breaker.execute(fail)).rejects.toThrow("is down");
      expect(breaker.state).toBe("OPEN");
    }
  });

  it("may be answered at once by a call: a probe's place is given once", async () => {
    let inner: Promise<unknown> | undefined;
    const publish = (topic: string): void => {
      if (topic === "circuit.half-open") inner = breaker.execute(ok);
    };
    const breaker: CircuitBreaker = await createDue({ bus: { publish } });

    const outer = await failureOf(breaker.execute(ok));

    expect(outer).toBeInstanceOf(CircuitOpenError);
    expect(await inner).toBe("ok");
  });
});

describe("metrics", () => {
  it("count what became of calls, and show where the circuit stands", async () => {
    const breaker = await createOpen();
    clock.advance(250);
    await failureOf(breaker.execute(ok));

    expect(breaker.metrics).toEqual({
      state: "OPEN",
      successes: 0,
      failures: 2,
      rejected: 1,
      ignored: 0,
      consecutiveFailures: 2,
      lastFailure: new Error("The supplier is down."),
      window: undefined,
      probing: 0,
      transitions: 1,
      openedAt: clock.now() - 250,
      retryAt: clock.now() + 750,
    });
  });
});

describe("arguments", () => {
  it.each<[unknown, string]>([
    [{ threshold: 0 }, "threshold is 0: it must be a number from 1 to Infinity."],
    [{ threshold: 1.5 }, "threshold is 1.5: it must be a whole number."],
    [{ threshold: "5" }, 'threshold is "5": it must be a number from 1 to Infinity.'],
    [{ timeout: -1 }, "timeout is -1: it must be a number from 0 to Infinity."],
    [{ timeout: Number.NaN }, "timeout is NaN: it must be a number from 0 to Infinity."],
    [{ timeout: 50, maxTimeout: 10 }, "maxTimeout is 10: it must be a number from 50 to Infinity."],
    [{ growth: 0.5 }, "growth is 0.5: it must be a number from 1 to"],
    [{ jitter: 2 }, "jitter is 2: it must be a number from 0 to 1."],
    [{ probes: 0 }, "probes is 0: it must be a number from 1 to Infinity."],
    [{ requiredSuccesses: 2 }, "requiredSuccesses is 2: it must be a number from 1 to 1."],
    [{ probeTimeout: "1s" }, 'probeTimeout is "1s": it must be a number from 0 to Infinity.'],
    [{ window: {} }, "ms is undefined: it must be a number from 1 to"],
    [{ window: { calls: 0 } }, "calls is 0: it must be a number from 1 to 100000."],
    [
      { window: { calls: 5, minimumCalls: 6 } },
      "minimumCalls is 6: it must be a number from 1 to 5.",
    ],
    [
      { window: { ms: 5, failureRate: 0 } },
      "failureRate is 0: it must be a number from 0.001 to 1.",
    ],
    [{ window: { ms: 5, slowCallRate: 50 } }, "slowCallRate is 50"],
    [{ window: { ms: 5, slowCallMs: -1 } }, "slowCallMs is -1"],
    [{ bus: {} }, "bus is an object: it must be an object with a function publish."],
  ])("are refused: %j", (options, message) => {
    const error = (() => {
      try {
        return new CircuitBreaker("inventory", options as CircuitBreakerOptions);
      } catch (thrown) {
        return thrown;
      }
    })();

    expect(isPatternError(error, "INVALID_ARGUMENT")).toBe(true);
    expect((error as Error).message).toContain(message);
  });

  it("need a name", () => {
    expect(() => new CircuitBreaker("")).toThrow('The name of a circuit breaker is ""');
  });

  it("by position are checked as well", () => {
    const { bus } = recorded;

    expect(() => new CircuitBreaker("inventory", 0, 1_000, bus)).toThrow("threshold is 0");
    expect(() => new CircuitBreaker("inventory", 5, -1, bus)).toThrow("timeout is -1");
  });

  it("have the defaults of the page", async () => {
    const breaker = new CircuitBreaker("inventory", { clock });
    for (let n = 0; n < 5; n += 1) await failureOf(breaker.execute(fail));

    expect(await failureOf(breaker.execute(ok))).toMatchObject({ retryAfterMs: 60_000 });
  });
});

it("types: results, fallbacks, states and buses fit", async () => {
  const breaker = create();
  const typed = createPubSub<{ "cart.item.added": { sku: string } }>();
  const names = createPubSub();

  expectTypeOf(breaker.execute(async () => 1)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(breaker.execute(() => "a")).toEqualTypeOf<Promise<string>>();
  expectTypeOf(breaker.execute(() => 1, { signal: undefined })).toEqualTypeOf<Promise<number>>();
  expectTypeOf(breaker.execute(() => 1, { fallback: () => "a" })).toEqualTypeOf<
    Promise<number | string>
  >();
  expectTypeOf(breaker.execute(() => 1, { fallback: async () => null })).toEqualTypeOf<
    Promise<number | null>
  >();
  expectTypeOf(breaker.execute<number>(() => 1, { fallback: () => 2 })).toEqualTypeOf<
    Promise<number>
  >();
  expectTypeOf(breaker.state).toEqualTypeOf<CircuitState>();
  new CircuitBreaker("inventory", 5, 60_000, names);
  new CircuitBreaker("inventory", { bus: names });
  new CircuitBreaker("inventory", { bus: typed });
  // @ts-expect-error a window is of calls or of time
  new CircuitBreaker("inventory", { window: { calls: 5, ms: 5 } });
  const error: unknown = new CircuitProbeTimeoutError("inventory", 5);
  if (isPatternError(error, "CIRCUIT_OPEN"))
    expectTypeOf(error.retryAfterMs).toEqualTypeOf<number>();
  typed.dispose();
  names.dispose();
});
