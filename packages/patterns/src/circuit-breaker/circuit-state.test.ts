import { createPubSub } from "@pubsub-mfe/core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type CircuitBreaker, CircuitIsolatedError, CircuitOpenError } from "../index.js";
import { type Circuits, fail, ok, setUpCircuits } from "../testing/circuits.js";
import { failureOf } from "../testing/promises.js";

let clock: Circuits["clock"];
let recorded: Circuits["recorded"];
let create: Circuits["create"];
let createOpen: Circuits["createOpen"];
let createDue: Circuits["createDue"];

beforeEach(() => {
  ({ clock, recorded, create, createOpen, createDue } = setUpCircuits());
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
