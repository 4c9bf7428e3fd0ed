import { getEventListeners, setMaxListeners } from "node:events";
import { createPubSub } from "@pubsub-mfe/core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CircuitProbeTimeoutError } from "../circuit-breaker.js";
import { type Circuits, fail, ok, runMicrotasks, setUpCircuits } from "../testing/circuits.js";
import { deferred, failureOf } from "../testing/promises.js";

let clock: Circuits["clock"];
let recorded: Circuits["recorded"];
let create: Circuits["create"];
let createDue: Circuits["createDue"];

beforeEach(() => {
  const circuits = setUpCircuits();
  ({ clock, recorded } = circuits);
  // Most of what follows needs no more than one failure to open a circuit.
  create = (options) => circuits.create({ threshold: 1, ...options });
  createDue = (options) => circuits.createDue({ threshold: 1, ...options });
});

/** A call that the test ends. */
function slowly(): {
  readonly fn: () => Promise<string>;
  readonly succeed: () => void;
  readonly fail: () => void;
} {
  const end = deferred<Error | undefined>();
  return {
    fn: async () => {
      const error = await end.promise;
      if (error) throw error;
      return "late";
    },
    succeed: () => end.resolve(undefined),
    fail: () => end.resolve(new Error("late")),
  };
}

describe("results of calls begun in an earlier state change nothing", () => {
  it("a late success does not close a half-open circuit", async () => {
    const breaker = create();
    const early = slowly();
    const late = breaker.execute(early.fn);
    await failureOf(breaker.execute(fail));
    clock.advance(1_000);
    const probe = slowly();
    const probing = breaker.execute(probe.fn);

    early.succeed();

    expect(await late).toBe("late");
    expect(breaker.state).toBe("HALF_OPEN");
    probe.succeed();
    await probing;
    expect(recorded.topics()).toEqual(["opened", "half-open", "closed"]);
  });

  it("late failures do not open a circuit that has closed again, nor prolong an open one", async () => {
    const breaker = create({ threshold: 3 });
    const early = Array.from({ length: 12 }, slowly);
    const late = early.map(({ fn }) => breaker.execute(fn).catch(() => {}));
    for (const call of early.splice(0, 3)) call.fail();
    await runMicrotasks();
    expect(breaker.state).toBe("OPEN");
    const { retryAt } = breaker.metrics;
    clock.advance(500);
    for (const call of early.splice(0, 4)) call.fail();
    await runMicrotasks();
    expect(breaker.metrics).toMatchObject({ retryAt, consecutiveFailures: 3 });
    clock.advance(500);
    await breaker.execute(ok);

    for (const call of early) call.fail();
    await Promise.all(late);

    expect(breaker.state).toBe("CLOSED");
    expect(breaker.metrics).toMatchObject({ consecutiveFailures: 0, failures: 3, ignored: 9 });
    expect(recorded.topics()).toEqual(["opened", "half-open", "closed"]);
  });

  it("nor do failures from before a reset, though the state is the same", async () => {
    const breaker = create({ threshold: 2 });
    const early = [slowly(), slowly()];
    const late = early.map(({ fn }) => failureOf(breaker.execute(fn)));
    breaker.reset();

    for (const call of early) call.fail();
    await Promise.all(late);

    expect(breaker.state).toBe("CLOSED");
  });

  it("nor the probe of one half-open time in the next", async () => {
    const breaker = await createDue({ probes: 2 });
    const first = slowly();
    const late = breaker.execute(first.fn);
    await failureOf(breaker.execute(fail));
    clock.advance(1_000);
    const probing = breaker.execute(ok);

    first.succeed();
    await Promise.all([late, probing]);

    expect(breaker.state).toBe("HALF_OPEN");
  });
});

describe("the caller's own abort counts as nothing", () => {
  it("but a call that had failed before has failed, though nobody heard of it yet", async () => {
    const breaker = create({ threshold: 1 });
    const controller = new AbortController();
    let goDown!: (reason: Error) => void;
    const supplier = new Promise((_, reject) => {
      goDown = reject;
    });
    const call = failureOf(breaker.execute(() => supplier, { signal: controller.signal }));

    goDown(new Error("The supplier is down."));
    await null;
    controller.abort();

    expect(await call).toMatchObject({ message: "The supplier is down." });
    expect(breaker.state).toBe("OPEN");
    expect(breaker.metrics).toMatchObject({ failures: 1, ignored: 0 });
  });

  it("in a closed circuit, neither as a failure nor as a success", async () => {
    const breaker = create({ threshold: 2 });
    await failureOf(breaker.execute(fail));
    const controller = new AbortController();
    const aborted = failureOf(
      breaker.execute(
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
        { signal: controller.signal },
      ),
    );
    controller.abort();
    expect(await aborted).toMatchObject({ name: "AbortError" });
    expect(breaker.state).toBe("CLOSED");

    await failureOf(breaker.execute(fail));

    expect(breaker.state).toBe("OPEN");
  });

  it("of a probe frees its place for the next call", async () => {
    const breaker = await createDue();
    const controller = new AbortController();
    const probing = failureOf(
      breaker.execute(() => new Promise(() => {}), { signal: controller.signal }),
    );
    controller.abort("left");
    expect(await probing).toBe("left");
    expect(breaker.state).toBe("HALF_OPEN");

    await breaker.execute(ok);

    expect(breaker.state).toBe("CLOSED");
    expect(recorded.topics()).toEqual(["opened", "half-open", "closed"]);
  });
});

describe("a hung probe", () => {
  it("counts as failed after its limit, aborts its signal, and its late result changes nothing", async () => {
    const breaker = await createDue({ probeTimeout: 3_000 });
    const probe = slowly();
    const reasons: unknown[] = [];
    const probing = failureOf(
      breaker.execute(({ signal }) => {
        signal.addEventListener("abort", () => reasons.push(signal.reason));
        return probe.fn();
      }),
    );
    clock.advance(2_999);
    await runMicrotasks();
    expect(breaker.state).toBe("HALF_OPEN");

    clock.advance(1);
    const error = await probing;

    expect(breaker.state).toBe("OPEN");
    expect(error).toBeInstanceOf(CircuitProbeTimeoutError);
    expect(error).toMatchObject({ code: "CIRCUIT_PROBE_TIMEOUT", timeoutMs: 3_000 });
    expect(reasons).toEqual([error]);
    probe.succeed();
    await runMicrotasks();
    expect(breaker.state).toBe("OPEN");
    expect(recorded.topics()).toEqual(["opened", "half-open", "opened"]);
  });

  it("counts as failed whatever isFailure says of errors", async () => {
    const breaker = create({ isFailure: () => false });
    breaker.restore({ ...breaker.toJSON(), state: "OPEN" });
    clock.advance(1_000);
    const probing = failureOf(breaker.execute(() => new Promise(() => {})));
    expect(breaker.state).toBe("HALF_OPEN");

    clock.advance(30_000);
    await probing;

    expect(breaker.state).toBe("OPEN");
  });

  it("that fails after its limit leaves no unhandled rejection", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const breaker = await createDue();
    const probe = slowly();
    const probing = failureOf(breaker.execute(probe.fn));
    clock.advance(30_000);
    await probing;

    probe.fail();
    // Node tells of a rejection once the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve));

    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("a window", () => {
  it("does not open the circuit below its minimum of calls", async () => {
    const window = { ms: 10_000, minimumCalls: 5 };
    const breaker = create({ window, threshold: undefined });

    for (let n = 0; n < 4; n += 1) await failureOf(breaker.execute(fail));
    expect(breaker.state).toBe("CLOSED");
    await failureOf(breaker.execute(fail));

    expect(breaker.state).toBe("OPEN");
  });

  it("does not remember an outage from before a long pause", async () => {
    const window = { ms: 10_000, minimumCalls: 5 };
    const breaker = create({ window, threshold: undefined });
    for (let n = 0; n < 4; n += 1) await failureOf(breaker.execute(fail));

    clock.advance(1e13);
    await failureOf(breaker.execute(fail));

    expect(breaker.state).toBe("CLOSED");
  });
});

describe("events", () => {
  it("are one per transition, though many calls fail at once", async () => {
    const breaker = create({ threshold: 5 });

    await Promise.all(Array.from({ length: 50 }, () => failureOf(breaker.execute(fail))));
    clock.advance(1_000);
    await Promise.allSettled(Array.from({ length: 50 }, () => breaker.execute(ok)));

    expect(recorded.topics()).toEqual(["opened", "half-open", "closed"]);
    expect(breaker.metrics).toMatchObject({ transitions: 3, rejected: 49, ignored: 45 });
  });

  it("do not stop when the bus is disposed meanwhile", async () => {
    const bus = createPubSub();
    const breaker = await createDue({ bus });
    bus.dispose();

    expect(await breaker.execute(ok)).toBe("ok");
    expect(breaker.state).toBe("CLOSED");
  });
});

describe("nothing is left behind", () => {
  it("on the caller's signal by 1,000 calls that end, fail, hang as probes, or are aborted", async () => {
    const breaker = create({ threshold: Infinity });
    const { signal } = new AbortController();
    for (let n = 0; n < 1_000; n += 1) {
      await breaker.execute(n % 2 ? ok : fail, { signal }).catch(() => {});
    }
    const due = await createDue();
    const hung = failureOf(due.execute(() => new Promise(() => {}), { signal }));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    clock.advance(30_000);
    await hung;

    const controller = new AbortController();
    setMaxListeners(1_000, controller.signal);
    const calls = Array.from({ length: 1_000 }, () =>
      failureOf(breaker.execute(() => new Promise(() => {}), controller)),
    );
    controller.abort();
    await Promise.all(calls);

    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    expect(breaker.metrics.ignored).toBe(1_000);
  });

  it("of timers by probes that end, fail, hang or are aborted", async () => {
    const breaker = await createDue({ probes: 4, requiredSuccesses: 1 });
    const controller = new AbortController();
    const hang = (): Promise<never> => new Promise(() => {});
    const calls = [
      breaker.execute(fail),
      breaker.execute(hang),
      breaker.execute(hang, controller),
    ].map((call) => failureOf(call));
    expect(clock.timerCount).toBe(3);

    controller.abort();
    clock.advance(30_000);
    await Promise.all(calls);
    await breaker.execute(ok);

    expect(clock.timerCount).toBe(0);
    expect(breaker.state).toBe("CLOSED");
  });
});
