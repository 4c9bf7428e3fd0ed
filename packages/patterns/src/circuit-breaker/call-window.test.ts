import { beforeEach, describe, expect, it } from "vitest";
import { type Circuits, fail, ok, setUpCircuits } from "../testing/circuits.js";
import { failureOf } from "../testing/promises.js";

let clock: Circuits["clock"];
let recorded: Circuits["recorded"];
let create: Circuits["create"];
let createDue: Circuits["createDue"];

beforeEach(() => {
  ({ clock, recorded, create, createDue } = setUpCircuits());
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
