import { ManualClock } from "@pubsub-mfe/core/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { CircuitBreaker, type CircuitBreakerOptions } from "../circuit-breaker.js";
import {
  CircuitModel,
  type ModelCall,
  type ModelSettings,
  type WindowSettings,
} from "../testing/circuit-model.js";
import { recordingBus, runMicrotasks } from "../testing/circuits.js";

/** What a test does to a breaker; `nth` chooses among the calls, or isolations, that are open. */
type Step =
  | { do: "call" }
  | { do: "succeed" | "fail" | "abort" | "end isolation"; nth: number }
  | { do: "advance"; ms: number }
  | { do: "isolate" | "reset" | "reload" };

const nth = fc.nat({ max: 20 });
const one = <Do extends string>(word: Do) => fc.constant({ do: word });
const steps = fc.array(
  fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
    { weight: 10, arbitrary: one("call") },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("succeed" as const), nth }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant("fail" as const), nth }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("abort" as const), nth }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("end isolation" as const), nth }) },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("advance" as const),
        ms: fc.oneof(fc.constantFrom(0, 1, 50, 99, 100, 101, 199, 200), fc.nat({ max: 1_000 })),
      }),
    },
    { weight: 1, arbitrary: one("isolate") },
    { weight: 1, arbitrary: one("reset") },
    { weight: 1, arbitrary: one("reload") },
  ),
  { size: "max", maxLength: 80 },
);

const windows = fc
  .record({
    calls: fc.integer({ min: 1, max: 6 }),
    ms: fc.constantFrom(undefined, 100, 500),
    minimumCalls: fc.integer({ min: 1, max: 6 }),
    failureRate: fc.constantFrom(0.3, 0.5, 1),
    slowCallMs: fc.constantFrom(50, Infinity),
    slowCallRate: fc.constantFrom(0.5, 1),
  })
  .map(({ calls, ms, minimumCalls, ...rates }): WindowSettings => {
    if (ms !== undefined) return { ms, minimumCalls, ...rates };
    return { calls, minimumCalls: Math.min(minimumCalls, calls), ...rates };
  });
const settings = fc
  .record({
    threshold: fc.constantFrom(1, 2, 3, Infinity),
    growth: fc.constantFrom(1, 2),
    probes: fc.integer({ min: 1, max: 3 }),
    requiredSuccesses: fc.integer({ min: 1, max: 3 }),
    window: fc.option(windows, { nil: undefined }),
  })
  .map(
    (chosen): ModelSettings => ({
      ...chosen,
      requiredSuccesses: Math.min(chosen.requiredSuccesses, chosen.probes),
      timeout: 100,
      maxTimeout: 300,
      probeTimeout: 200,
    }),
  );

const STATES: Readonly<Record<string, string>> = {
  opened: "OPEN",
  "half-open": "HALF_OPEN",
  closed: "CLOSED",
  isolated: "ISOLATED",
};

interface OpenCall {
  readonly succeed: () => void;
  readonly fail: () => void;
  readonly abort: () => void;
}

/** One page with a breaker. */
function load(wallMs: number, chosen: ModelSettings) {
  const clock = new ManualClock(wallMs);
  const recorded = recordingBus();
  const { bus } = recorded;
  const window = chosen.window as CircuitBreakerOptions["window"];
  const breaker = new CircuitBreaker("model", { ...chosen, window, bus, clock });
  const calls: OpenCall[] = [];
  const ends: (() => void)[] = [];
  return { clock, recorded, breaker, calls, ends };
}

it("does what its model does, whatever happens in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(settings, steps, async (chosen, taken) => {
      let page = load(1_700_000_000_000, chosen);
      let model = new CircuitModel(page.clock.now(), chosen);

      for (const step of taken) {
        const open = model.calls.flatMap((call, n) => (call.end === "open" ? [n] : []));
        if (step.do === "call") {
          let isCalled = false;
          const controller = new AbortController();
          page.breaker
            .execute(
              () =>
                new Promise((resolve, reject) => {
                  isCalled = true;
                  page.calls.push({
                    succeed: () => resolve("done"),
                    fail: () => reject(null),
                    abort: () => controller.abort(),
                  });
                }),
              controller,
            )
            .catch(() => {});
          const isLetIn = model.call();
          expect(isCalled).toBe(isLetIn);
        } else if (step.do === "succeed" || step.do === "fail" || step.do === "abort") {
          const n = open[step.nth % open.length];
          if (n !== undefined) {
            page.calls[n]?.[step.do]();
            const how = ({ succeed: "succeeded", fail: "failed", abort: "aborted" } as const)[
              step.do
            ];
            model.end(model.calls[n] as ModelCall, how);
          }
        } else if (step.do === "advance") {
          // In steps: what a timer sets off runs before more time passes.
          for (let ms = step.ms; ms > 0; ) {
            const next = Math.min(ms, Math.max(0, page.clock.nextTimerMs - page.clock.monotonic()));
            page.clock.advance(next);
            await runMicrotasks();
            ms -= next;
          }
          model.advance(step.ms);
        } else if (step.do === "isolate") {
          page.ends.push(page.breaker.isolate());
          model.isolate();
        } else if (step.do === "end isolation") {
          const n = step.nth % model.isolations.length;
          if (model.isolations.length > 0) {
            page.ends.splice(n, 1)[0]?.();
            model.endIsolation(model.isolations[n] as object);
          }
        } else if (step.do === "reset") {
          page.breaker.reset();
          page.ends.length = 0;
          model.reset();
        } else {
          const saved = JSON.stringify(page.breaker);
          page = load(page.clock.now(), chosen);
          page.breaker.restore(JSON.parse(saved));
          model = model.reloaded();
        }
        await runMicrotasks();
        expect(page.breaker.state).toBe(model.state);
        expect(page.recorded.topics().map((topic) => STATES[topic])).toEqual(model.told);
      }
    }),
    { numRuns: 300 },
  );
});
