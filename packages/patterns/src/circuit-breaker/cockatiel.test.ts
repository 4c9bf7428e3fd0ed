import { ManualClock } from "@pubsub-mfe/core/testing";
import {
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  ConstantBackoff,
  CountBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleAll,
  handleWhen,
  type ICircuitBreakerOptions,
  isBulkheadRejectedError,
  isTaskCancelledError,
  retry,
  SamplingBreaker,
  TimeoutStrategy,
  timeout,
  wrap,
} from "cockatiel";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CircuitBreaker, type CircuitBreakerOptions, isPatternError } from "../circuit-breaker.js";
import { fail, ok } from "../testing/circuits.js";
import { deferred, failureOf } from "../testing/promises.js";

/*
 * The same calls, one after the other, through this breaker and cockatiel's: each call must have the same
 * outcome, and leave the same state. What is left out, because the two differ there on purpose:
 *
 * - Calls that overlap. Cockatiel has calls wait that come while the probes run, where this one rejects
 *   them at once. Results of calls begun in an earlier state count there, and not here.
 * - More probes of which some may fail. Cockatiel waits for all of them, this one decides as soon as it can.
 * - Errors that the policy does not handle (`isFailure` here). Cockatiel counts them as nothing while closed
 *   and as a success when half-open; here they are a success in both.
 * - Isolation. Cockatiel keeps the failures from before it, here the count begins anew.
 * - A rate that is met exactly. Cockatiel opens above its threshold, this one from its rate on: the
 *   threshold is given a little lower.
 * - The windows of the SamplingBreaker. Cockatiel's begin with a call and move on by one a call, however
 *   long the pause was: what is older than its duration may still count. Those here are of fixed time,
 *   so the time between two calls is one window or nothing.
 */
describe("calls one after the other go as with cockatiel's", () => {
  interface Call {
    readonly waitMs: number;
    readonly fails: boolean;
  }

  const STATES = {
    [CircuitState.Closed]: "CLOSED",
    [CircuitState.Open]: "OPEN",
    [CircuitState.HalfOpen]: "HALF_OPEN",
    [CircuitState.Isolated]: "ISOLATED",
  } as const;
  const A_LITTLE = 1e-9;
  const rates = fc.constantFrom(0.1, 0.25, 1 / 3, 0.5, 0.6, 0.75, 1);

  function calls(...waits: number[]): fc.Arbitrary<Call[]> {
    const call = fc.record({ waitMs: fc.constantFrom(...waits), fails: fc.boolean() });
    return fc.array(call, { size: "max", maxLength: 80 });
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  async function compare(
    ours: CircuitBreakerOptions,
    theirs: ICircuitBreakerOptions,
    taken: readonly Call[],
  ): Promise<void> {
    const clock = new ManualClock();
    vi.setSystemTime(clock.now());
    const told: string[] = [];
    const publish = (topic: string): void => void told.push(topic);
    const breaker = new CircuitBreaker("ours", { ...ours, clock, bus: { publish } });
    const policy = circuitBreaker(handleAll, theirs);
    const changes: string[] = [];
    policy.onStateChange((state) => {
      changes.push(
        `circuit.${STATES[state]
          .toLowerCase()
          .replace("_", "-")
          .replace(/^open$/, "opened")}`,
      );
    });
    for (const { waitMs, fails } of taken) {
      clock.advance(waitMs);
      vi.setSystemTime(clock.now());
      const fn = fails ? fail : ok;
      const outcomes = await Promise.allSettled([breaker.execute(fn), policy.execute(fn)]);
      const [here, there] = outcomes.map((outcome) =>
        outcome.status === "fulfilled"
          ? outcome.value
          : /is OPEN|breaker is open/.test(outcome.reason.message)
            ? "not made"
            : outcome.reason.message,
      );
      expect(here).toBe(there);
      expect(breaker.state).toBe(STATES[policy.state]);
    }
    expect(told).toEqual(changes);
  }

  it("ConsecutiveBreaker, with several probes and an open time that grows", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        calls(0, 1, 99, 100, 101, 250, 400),
        (threshold, probes, taken) =>
          compare(
            { threshold, probes, timeout: 100, growth: 2, maxTimeout: 500 },
            {
              breaker: new ConsecutiveBreaker(threshold),
              halfOpenAfter: new DelegateBackoff(({ attempt }) =>
                Math.min(100 * 2 ** (attempt - 1), 500),
              ),
              halfOpenSampling: { calls: probes, threshold: 0 },
            },
            taken,
          ),
      ),
    );
  });

  it("CountBreaker", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        rates,
        calls(0, 1, 99, 100, 101),
        (size, minimum, failureRate, taken) => {
          const minimumCalls = Math.min(size, minimum);
          const threshold = failureRate - A_LITTLE;
          return compare(
            { window: { calls: size, minimumCalls, failureRate }, timeout: 100 },
            {
              breaker: new CountBreaker({ threshold, size, minimumNumberOfCalls: minimumCalls }),
              halfOpenAfter: 100,
            },
            taken,
          );
        },
      ),
    );
  });

  it("SamplingBreaker, at most one of its windows apart", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        rates,
        calls(0, 0, 1_000),
        (minimumCalls, failureRate, taken) =>
          compare(
            { window: { ms: 10_000, minimumCalls, failureRate }, timeout: 3_000 },
            {
              breaker: new SamplingBreaker({
                threshold: failureRate - A_LITTLE,
                duration: 10_000,
                // It multiplies by the duration again, which must not end up above the whole number.
                minimumRps: (minimumCalls - 0.5) / 10,
              }),
              halfOpenAfter: 3_000,
            },
            taken,
          ),
      ),
    );
  });
});

describe("inside of cockatiel's policies", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("a retry waits as long as the open circuit says", async () => {
    const breaker = new CircuitBreaker("inventory", { threshold: 1, timeout: 1_000 });
    await failureOf(breaker.execute(fail));
    const policy = retry(
      handleWhen((error) => isPatternError(error, "CIRCUIT_OPEN")),
      {
        maxAttempts: 3,
        backoff: new DelegateBackoff(({ result }) =>
          "error" in result && isPatternError(result.error, "CIRCUIT_OPEN")
            ? result.error.retryAfterMs
            : 0,
        ),
      },
    );
    const fn = vi.fn(ok);

    const call = policy.execute(() => breaker.execute(fn));
    await vi.advanceTimersByTimeAsync(999);
    expect(fn).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);

    expect(await call).toBe("ok");
    expect(breaker.state).toBe("CLOSED");
  });

  it("a retry that leaves an open circuit alone stops when it opens", async () => {
    const breaker = new CircuitBreaker("inventory", { threshold: 2, timeout: 1_000 });
    const policy = retry(
      handleWhen((error) => !isPatternError(error, "CIRCUIT_OPEN")),
      {
        maxAttempts: 10,
        backoff: new ConstantBackoff(1),
      },
    );
    const fn = vi.fn(fail);

    const call = failureOf(policy.execute(() => breaker.execute(fn)));
    await vi.advanceTimersByTimeAsync(100);

    expect(isPatternError(await call, "CIRCUIT_OPEN")).toBe(true);
    expect(fn).toHaveBeenCalledTimes(2);
  });

  it("a wrap of several hands its signal on", async () => {
    const breaker = new CircuitBreaker("inventory", { threshold: 1, timeout: 1_000 });
    const policy = wrap(
      retry(
        handleWhen((error) => !isPatternError(error)),
        {
          maxAttempts: 2,
          backoff: new ConstantBackoff(1),
        },
      ),
      bulkhead(1),
    );
    const controller = new AbortController();
    const signals: AbortSignal[] = [];

    const call = failureOf(
      policy.execute(
        ({ signal }) =>
          breaker.execute(
            (call) => {
              signals.push(call.signal);
              return new Promise(() => {});
            },
            { signal },
          ),
        controller.signal,
      ),
    );
    await vi.advanceTimersByTimeAsync(0);
    controller.abort(new Error("left the page"));
    await vi.advanceTimersByTimeAsync(0);

    expect(await call).toEqual(new Error("left the page"));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(breaker.state).toBe("CLOSED");
  });

  it("a timeout around it is the caller's own abort, and counts as nothing", async () => {
    const breaker = new CircuitBreaker("inventory", { threshold: 1, timeout: 1_000 });
    const policy = timeout(100, TimeoutStrategy.Cooperative);

    const call = failureOf(
      policy.execute(({ signal }) => breaker.execute(() => new Promise(() => {}), { signal })),
    );
    await vi.advanceTimersByTimeAsync(100);

    await call;
    expect(breaker.state).toBe("CLOSED");
    expect(breaker.metrics).toMatchObject({ ignored: 1, failures: 0 });
  });
});

describe("cockatiel's policies inside of it", () => {
  it("a call that their timeout ends is a failure", async () => {
    vi.useFakeTimers();
    const breaker = new CircuitBreaker("inventory", { threshold: 1, timeout: 1_000 });
    const policy = timeout(100, TimeoutStrategy.Aggressive);

    const call = failureOf(
      breaker.execute(({ signal }) => policy.execute(() => new Promise(() => {}), signal)),
    );
    await vi.advanceTimersByTimeAsync(100);

    expect(isTaskCancelledError(await call)).toBe(true);
    expect(breaker.state).toBe("OPEN");
    vi.useRealTimers();
  });

  it("a full bulkhead says nothing of the supplier, when isFailure says so", async () => {
    const breaker = new CircuitBreaker("inventory", {
      threshold: 1,
      isFailure: (error) => !isBulkheadRejectedError(error),
    });
    const policy = bulkhead(1);
    const first = deferred();
    const through = (fn: () => unknown) =>
      breaker.execute(({ signal }) => policy.execute(async () => fn(), signal));

    const under = through(() => first.promise);
    expect(isBulkheadRejectedError(await failureOf(through(ok)))).toBe(true);
    expect(breaker.state).toBe("CLOSED");
    first.resolve();
    await under;
    await failureOf(through(fail));

    expect(breaker.state).toBe("OPEN");
  });
});
