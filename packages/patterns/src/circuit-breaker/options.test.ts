import { createPubSub } from "@pubsub-mfe/core";
import { beforeEach, describe, expect, it } from "vitest";
import { CircuitBreaker, type CircuitBreakerOptions, isPatternError } from "../index.js";
import { type Circuits, fail, ok, setUpCircuits } from "../testing/circuits.js";
import { failureOf } from "../testing/promises.js";

let clock: Circuits["clock"];
let recorded: Circuits["recorded"];

beforeEach(() => {
  ({ clock, recorded } = setUpCircuits());
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
    [{ probeTimeout: "1s" }, 'probeTimeout is "1s": it must be a number from 1 to Infinity.'],
    [{ probeTimeout: 0 }, "probeTimeout is 0: it must be a number from 1 to Infinity."],
    [{ window: {} }, "window.ms is undefined: it must be given where window.calls is not"],
    [{ window: { calls: 5, ms: 5 } }, "window.ms is 5: it must be given where window.calls is not"],
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

  it.each([
    ["timeout", [5]],
    ["bus", [5, 1_000]],
  ])("by position say how they go where there is no %s", (_, args) => {
    const create = CircuitBreaker as new (...args: unknown[]) => CircuitBreaker;

    expect(() => new create("inventory", ...args)).toThrow(
      "threshold is 5: it must be followed by a timeout and a bus",
    );
  });

  it("take the time of the bus", async () => {
    const bus = createPubSub({ clock });
    const breaker = new CircuitBreaker("inventory", 1, 1_000, bus);
    await failureOf(breaker.execute(fail));

    clock.advance(999);
    expect(await failureOf(breaker.execute(ok))).toMatchObject({ retryAfterMs: 1 });
    clock.advance(1);
    expect(await breaker.execute(ok)).toBe("ok");
  });

  it("have the defaults of the page", async () => {
    const breaker = new CircuitBreaker("inventory", { clock });
    for (let n = 0; n < 5; n += 1) await failureOf(breaker.execute(fail));

    expect(await failureOf(breaker.execute(ok))).toMatchObject({ retryAfterMs: 60_000 });
  });
});
