import { ManualClock } from "@pubsub-mfe/core/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { CircuitBreaker, type CircuitBreakerOptions } from "../circuit-breaker.js";
import { recordingBus, runMicrotasks } from "../testing/circuits.js";

/** What a test does to a breaker; `nth` chooses among the calls, or isolations, that are open. */
type Step =
  | { do: "call" }
  | { do: "succeed" | "fail" | "abort" | "end isolation"; nth: number }
  | { do: "advance"; ms: number }
  | { do: "isolate" | "reset" | "reload" };

type Settings = Required<
  Pick<
    CircuitBreakerOptions,
    "threshold" | "timeout" | "growth" | "maxTimeout" | "probes" | "requiredSuccesses"
  >
> & {
  readonly probeTimeout: number;
  readonly window: WindowSettings | undefined;
};

interface WindowSettings {
  readonly calls?: number;
  readonly ms?: number;
  readonly minimumCalls: number;
  readonly failureRate: number;
  readonly slowCallMs: number;
  readonly slowCallRate: number;
}

interface ModelCall {
  readonly period: object;
  readonly startMs: number;
  end: "open" | "succeeded" | "failed" | "aborted" | "timed out";
}

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
    (chosen): Settings => ({
      ...chosen,
      requiredSuccesses: Math.min(chosen.requiredSuccesses, chosen.probes),
      timeout: 100,
      maxTimeout: 300,
      probeTimeout: 200,
    }),
  );

/**
 * A circuit breaker as one would explain it: it keeps all that happened, and looks through it.
 * Times are of the wall clock.
 */
class Model {
  state = "CLOSED";
  nowMs: number;
  readonly told: string[] = [];
  readonly calls: ModelCall[] = [];
  isolations: object[] = [];
  #settings: Settings;
  /** The time between two changes of state. */
  #period = {};
  #inARow = 0;
  #openings = 0;
  #retryAt = 0;
  /** All calls that count since the circuit closed. */
  #ended: { atMs: number; failed: boolean; slow: boolean }[] = [];

  constructor(nowMs: number, chosen: Settings) {
    this.nowMs = nowMs;
    this.#settings = chosen;
  }

  /** @returns whether the call is made */
  call(): boolean {
    if (this.state === "OPEN" && this.nowMs >= this.#retryAt) this.#become("HALF_OPEN");
    const isLetIn =
      this.state === "CLOSED" ||
      (this.state === "HALF_OPEN" && this.#probes("aborted").length < this.#settings.probes);
    if (isLetIn) this.calls.push({ period: this.#period, startMs: this.nowMs, end: "open" });
    return isLetIn;
  }

  end(call: ModelCall, how: ModelCall["end"]): void {
    call.end = how;
    if (call.period !== this.#period || how === "aborted") return;
    const failed = how !== "succeeded";
    const slow = this.nowMs - call.startMs > (this.#settings.window?.slowCallMs ?? Infinity);
    this.#inARow = failed ? this.#inARow + 1 : 0;
    if (this.state === "HALF_OPEN") {
      this.#endProbe(call, slow);
    } else {
      this.#ended.push({ atMs: this.nowMs, failed, slow });
      if ((failed || slow) && this.#isTooMuch()) this.#open();
    }
  }

  /** Lets time pass, which ends the probes whose time is up. */
  advance(ms: number): void {
    const endMs = this.nowMs + ms;
    const hung = this.calls.filter((call) => call.end === "open" && this.#probeOf.has(call));
    for (const call of hung.sort((a, b) => a.startMs - b.startMs)) {
      const dueMs = call.startMs + this.#settings.probeTimeout;
      if (dueMs > endMs) continue;
      this.nowMs = dueMs;
      this.end(call, "timed out");
    }
    this.nowMs = endMs;
  }

  readonly #probeOf = new Set<ModelCall>();

  /** A call was made while the circuit was half-open: its time is limited. */
  markProbe(call: ModelCall): void {
    if (this.state === "HALF_OPEN") this.#probeOf.add(call);
  }

  isolate(): void {
    this.isolations.push({});
    if (this.state !== "ISOLATED") this.#become("ISOLATED");
  }

  endIsolation(isolation: object): void {
    this.isolations = this.isolations.filter((other) => other !== isolation);
    if (this.isolations.length === 0) this.#close();
  }

  reset(): void {
    this.isolations = [];
    if (this.state === "CLOSED") this.#period = {};
    this.#close();
  }

  /** What another page has of it that restores what this one saved. */
  reloaded(): Model {
    const next = new Model(this.nowMs, this.#settings);
    next.#inARow = this.#inARow;
    if (this.state === "OPEN" || this.state === "HALF_OPEN") {
      next.#openings = this.#openings;
      next.#retryAt = this.state === "OPEN" ? this.#retryAt : this.nowMs;
      next.#become("OPEN");
    }
    return next;
  }

  #slow = new Set<ModelCall>();

  #endProbe(call: ModelCall, slow: boolean): void {
    if (slow) this.#slow.add(call);
    const { probes, requiredSuccesses } = this.#settings;
    const passed = this.#probes("open", "aborted", "failed", "timed out").filter(
      (other) => !this.#slow.has(other),
    ).length;
    const failed = this.#probes("open", "aborted").length - passed;
    if (failed > probes - requiredSuccesses) this.#open();
    else if (passed >= requiredSuccesses) {
      this.#close();
      this.#ended = [{ atMs: this.nowMs, failed: false, slow: false }];
    }
  }

  /** The calls of this half-open time, but for those that ended so. */
  #probes(...without: ModelCall["end"][]): ModelCall[] {
    return this.calls.filter(
      ({ period, end }) => period === this.#period && !without.includes(end),
    );
  }

  #isTooMuch(): boolean {
    const { threshold, window } = this.#settings;
    if (this.#inARow >= threshold) return true;
    if (!window) return false;
    const slotMs = (window.ms ?? 0) / 10;
    const slotOf = (ms: number): number => Math.floor((ms - this.startMs) / slotMs);
    const inWindow = this.#ended.filter(
      ({ atMs }, n) =>
        (window.calls !== undefined && n >= this.#ended.length - window.calls) ||
        (window.ms !== undefined && slotOf(atMs) > slotOf(this.nowMs) - 10),
    );
    const total = inWindow.length;
    if (total < window.minimumCalls) return false;
    const failed = inWindow.filter((call) => call.failed).length;
    const slow = inWindow.filter((call) => call.slow).length;
    return failed >= window.failureRate * total || slow >= window.slowCallRate * total;
  }

  /** When the page was loaded: slots of a window of time are counted from there. */
  startMs = 0;

  #open(): void {
    const { timeout, growth, maxTimeout } = this.#settings;
    this.#retryAt = this.nowMs + Math.min(timeout * growth ** this.#openings, maxTimeout);
    this.#openings += 1;
    this.#become("OPEN");
  }

  #close(): void {
    this.#inARow = this.#openings = 0;
    this.#ended = [];
    if (this.state !== "CLOSED") this.#become("CLOSED");
  }

  #become(state: string): void {
    this.state = state;
    this.#period = {};
    this.told.push(state);
  }
}

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
function load(wallMs: number, chosen: Settings) {
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
      let model = new Model(page.clock.now(), chosen);
      model.startMs = page.clock.now();

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
          if (isLetIn) model.markProbe(model.calls.at(-1) as ModelCall);
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
          model.startMs = page.clock.now();
        }
        await runMicrotasks();
        expect(page.breaker.state).toBe(model.state);
        expect(page.recorded.topics().map((topic) => STATES[topic])).toEqual(model.told);
      }
    }),
    { numRuns: 300 },
  );
});
