import { ManualClock } from "@pubsub-mfe/core/testing";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import {
  CircuitBreaker,
  type CircuitBreakerOptions,
  isPatternError,
  type SavedCircuit,
} from "../circuit-breaker.js";
import { fail, ok, recordingBus } from "../testing/circuits.js";
import { failureOf } from "../testing/promises.js";

const START = 1_700_000_000_000;

/** A page with its own monotonic clock; the wall clock goes on over a reload. */
function load(wallMs: number, options: CircuitBreakerOptions = {}) {
  const clock = new ManualClock(wallMs);
  const recorded = recordingBus();
  const { bus } = recorded;
  const settings = { bus, clock, threshold: 1, timeout: 60_000, ...options };
  return { clock, recorded, breaker: new CircuitBreaker("inventory", settings) };
}

/** What a page saved whose circuit opened some time after it was loaded. */
async function saveOpen(options?: CircuitBreakerOptions): Promise<string> {
  const { breaker, clock } = load(START - 5_000, options);
  clock.advance(5_000);
  while (breaker.state === "CLOSED") await failureOf(breaker.execute(fail));
  return JSON.stringify(breaker);
}

async function leftMs(breaker: CircuitBreaker): Promise<number> {
  const error = await failureOf(breaker.execute(ok));
  if (!isPatternError(error, "CIRCUIT_OPEN")) throw error;
  return error.retryAfterMs;
}

describe("restore over a reload", () => {
  it("goes on being open for the rest of the time, and tells", async () => {
    const saved = await saveOpen();
    const { breaker, clock, recorded } = load(START + 20_000);

    expect(breaker.restore(JSON.parse(saved))).toBe(true);

    expect(breaker.state).toBe("OPEN");
    expect(await leftMs(breaker)).toBe(40_000);
    expect(recorded.told).toEqual([
      [
        "circuit.opened",
        {
          name: "inventory",
          from: "CLOSED",
          reason: "restored",
          failures: 1,
          openForMs: 40_000,
          retryAt: START + 60_000,
        },
      ],
    ]);
    clock.advance(40_000);
    await breaker.execute(ok);
    expect(breaker.state).toBe("CLOSED");
  });

  it("lets a probe in at once when the time was up meanwhile", async () => {
    const { breaker } = load(START + 60_001);
    breaker.restore(JSON.parse(await saveOpen()));

    expect(breaker.state).toBe("OPEN");
    expect(await breaker.execute(ok)).toBe("ok");
  });

  it("stays open for one period at most when the clock was set back", async () => {
    const { breaker } = load(START - 365 * 86_400_000);
    breaker.restore(JSON.parse(await saveOpen()));

    expect(await leftMs(breaker)).toBe(60_000);
  });

  it("keeps how far the open time has grown", async () => {
    const options = { growth: 2, timeout: 1_000, maxTimeout: 60_000 };
    const first = load(START, options);
    for (let n = 0; n < 3; n += 1) {
      await failureOf(first.breaker.execute(fail));
      first.clock.advance(4_000);
    }
    const { breaker, clock } = load(first.clock.now() - 4_000, options);
    breaker.restore(JSON.parse(JSON.stringify(first.breaker)));
    expect(await leftMs(breaker)).toBe(4_000);

    clock.advance(4_000);
    await failureOf(breaker.execute(fail));

    expect(await leftMs(breaker)).toBe(8_000);
  });

  it("grows no further than a number can", async () => {
    const saved = { ...JSON.parse(await saveOpen()), openings: 5_000 };
    const short = load(START, { growth: 2, timeout: 0 });
    const long = load(START, { growth: 2, timeout: 1_000, maxTimeout: 60_000 });

    short.breaker.restore(saved);
    long.breaker.restore(saved);

    expect(await short.breaker.execute(ok)).toBe("ok");
    expect(await leftMs(long.breaker)).toBe(60_000);
  });

  it("takes a probe that the reload ended for none: the next call is one", async () => {
    const { breaker: before, clock } = load(START);
    await failureOf(before.execute(fail));
    clock.advance(60_000);
    void before.execute(() => new Promise(() => {}));
    expect(before.state).toBe("HALF_OPEN");
    const { breaker } = load(clock.now() + 1);

    breaker.restore(before.toJSON());

    expect(breaker.state).toBe("OPEN");
    expect(await breaker.execute(ok)).toBe("ok");
  });

  it("keeps the failures in a row", async () => {
    const before = load(START, { threshold: 3 }).breaker;
    for (let n = 0; n < 2; n += 1) await failureOf(before.execute(fail));
    const { breaker, recorded } = load(START, { threshold: 3 });

    expect(breaker.restore(before.toJSON())).toBe(true);
    expect(recorded.told).toEqual([]);
    await failureOf(breaker.execute(fail));

    expect(breaker.state).toBe("OPEN");
  });

  it("keeps a circuit that stays open for ever", async () => {
    const saved = await saveOpen({ timeout: Infinity });
    const { breaker } = load(START, { timeout: Infinity });

    breaker.restore(JSON.parse(saved));

    expect(await leftMs(breaker)).toBe(Infinity);
  });

  it("does not keep an isolation: who asked for it asks again", () => {
    const { breaker } = load(START);
    breaker.isolate();

    expect(breaker.toJSON()).toEqual({
      version: 1,
      name: "inventory",
      state: "CLOSED",
      failures: 0,
      openings: 0,
      retryAt: null,
    });
    expectTypeOf(breaker.toJSON()).toEqualTypeOf<SavedCircuit>();
  });
});

describe("restore leaves the circuit as it is", () => {
  it.each([null, undefined])("where nothing was saved: %s", (saved) => {
    expect(load(START).breaker.restore(saved)).toBe(false);
  });

  it("for what another version saved", async () => {
    const { breaker } = load(START);

    expect(breaker.restore({ ...JSON.parse(await saveOpen()), version: 2, state: 7 })).toBe(false);
    expect(breaker.state).toBe("CLOSED");
  });

  it("when it knows something newer itself", async () => {
    const { breaker } = load(START);
    breaker.isolate();

    expect(breaker.restore(JSON.parse(await saveOpen()))).toBe(false);
    expect(breaker.state).toBe("ISOLATED");
  });

  it.each([
    ["a string", "OPEN"],
    ["a number", 1],
    ["no version", { version: undefined }],
    ["a version that is none", { version: "1" }],
    ["another name", { name: "payment" }],
    ["another state", { state: "HALF_OPEN" }],
    ["no failures", { failures: undefined }],
    ["failures below 0", { failures: -1 }],
    ["openings that are no number", { openings: "2" }],
    ["a time that is none", { retryAt: "tomorrow" }],
    ["a time without end", { retryAt: Infinity }],
  ])("and says what is wrong with %s", async (_, change) => {
    const saved =
      typeof change === "object" ? { ...JSON.parse(await saveOpen()), ...change } : change;
    const { breaker, recorded } = load(START);

    expect(() => breaker.restore(saved)).toThrow(
      `The saved circuit is ${JSON.stringify(JSON.stringify(saved)).slice(0, 20)}`,
    );
    expect(() => breaker.restore(saved)).toThrow(
      'it must be what toJSON() of "inventory" returned',
    );

    expect(breaker.state).toBe("CLOSED");
    expect(recorded.told).toEqual([]);
  });

  const circular: Record<string, unknown> = { version: 1 };
  circular.self = circular;
  it.each([
    ["runs in a circle", circular],
    ["has a BigInt", { version: 1, name: "inventory", state: "OPEN", failures: 1n, openings: 1 }],
    ["is a symbol", Symbol("saved")],
    ["is a function", () => 1],
  ])("and what has no JSON: what %s", (_, saved) => {
    const { breaker } = load(START);
    let thrown: unknown;
    try {
      breaker.restore(saved);
    } catch (error) {
      thrown = error;
    }

    expect(isPatternError(thrown, "INVALID_ARGUMENT")).toBe(true);
  });
});

describe("onChange", () => {
  it("gets what is worth keeping, after each change of state", async () => {
    const kept: SavedCircuit[] = [];
    const { breaker, clock, recorded } = load(START, {
      onChange(saved) {
        kept.push(saved);
        expect(saved).toEqual(breaker.toJSON());
      },
    });

    await failureOf(breaker.execute(fail));
    clock.advance(60_000);
    await breaker.execute(ok);
    const release = breaker.isolate();
    release();

    const states = ["OPEN", "OPEN", "CLOSED", "CLOSED", "CLOSED"];
    expect(kept.map(({ state }) => state)).toEqual(states);
    expect(kept[0]).toMatchObject({ name: "inventory", retryAt: START + 60_000 });
    expect(recorded.told.length).toBe(kept.length);
  });

  it("keeps a circuit open over a reload", async () => {
    const storage = new Map<string, string>();
    const onChange = (saved: SavedCircuit) => storage.set("inventory", JSON.stringify(saved));
    const before = load(START, { onChange });
    await failureOf(before.breaker.execute(fail));

    const { breaker } = load(START + 1_000, { onChange });
    breaker.restore(JSON.parse(storage.get("inventory") ?? "null"));

    expect(breaker.state).toBe("OPEN");
    expect(JSON.parse(storage.get("inventory") ?? "null")).toEqual(before.breaker.toJSON());
  });

  it("that throws is reported, and changes nothing", async () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const full = new Error("The storage is full.");
    const { breaker } = load(START, {
      onChange() {
        throw full;
      },
    });

    const failure = await failureOf(breaker.execute(fail));
    vi.unstubAllGlobals();

    expect(failure).toMatchObject({ message: "The supplier is down." });
    expect(breaker.state).toBe("OPEN");
    expect(reported).toHaveBeenCalledExactlyOnceWith(full);
  });
});
