import { createPubSub, type Message, scope } from "@pubsub-mfe/core";
import { createTestBus, ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Saga, type SagaStep } from "../saga.js";
import { deferred, failureOf } from "../testing/promises.js";
import { settle } from "../testing/sagas.js";

let clock: ManualClock;
let events: [topic: string, payload: unknown][];
const bus = { publish: (topic: string, payload: unknown) => events.push([topic, payload]) };
let log: string[];

beforeEach(() => {
  clock = new ManualClock();
  events = [];
  log = [];
});

/** A step that says what becomes of it. */
function step(name: string, more: Partial<SagaStep> = {}): SagaStep {
  return {
    name,
    action: () => void log.push(name),
    compensation: () => void log.push(`undo ${name}`),
    ...more,
  };
}

function sagaOf(...steps: SagaStep[]): Saga {
  const saga = new Saga(bus, { clock });
  for (const each of steps) saga.addStep(each);
  return saga;
}

function fails(...thrown: unknown[]): Pick<SagaStep, "action"> {
  return {
    action: () => {
      throw thrown.length > 0 ? thrown[0] : new Error("no");
    },
  };
}

/** Lets time pass, timer by timer. */
async function pass(ms: number): Promise<void> {
  await settle();
  for (let left = ms; left > 0; left -= 50) {
    clock.advance(50);
    await settle();
  }
}

function topics(): string[] {
  return events.map(([topic]) => topic.replace("saga.", ""));
}

describe("regressions of the page", () => {
  it.each([[null], [undefined], [""], [0], ["a string"]])(
    "throw %j compensates",
    async (thrown) => {
      const result = await sagaOf(step("a"), step("b", fails(thrown))).execute();

      expect(result).toEqual({
        success: false,
        id: expect.any(String),
        error: thrown,
        compensated: ["a"],
        failedCompensations: [],
        stuck: false,
      });
      expect(log).toEqual(["a", "undo a"]);
      expect(events[1]).toEqual([
        "saga.failed",
        expect.objectContaining({ error: String(thrown), failure: expect.any(Object) }),
      ]);
    },
  );

  it("a bus that is disposed in the middle of a step stops no compensation", async () => {
    const real = createPubSub();
    const saga = new Saga(real).addStep(step("a")).addStep({
      name: "b",
      action: () => {
        real.dispose();
        throw new Error("no");
      },
    });

    expect(await saga.execute()).toMatchObject({ success: false, compensated: ["a"] });
    expect(log).toEqual(["a", "undo a"]);
  });

  it("a scope that is disposed, or a bus that throws, stops nothing either", async () => {
    const cart = scope(createPubSub(), "cart");
    cart.dispose();
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const broken = {
      publish: () => {
        throw new Error("broken");
      },
    };

    expect(await new Saga(cart).addStep(step("a")).execute()).toMatchObject({ success: true });
    expect(await new Saga(broken).addStep(step("b")).execute()).toMatchObject({ success: true });
    vi.unstubAllGlobals();
    expect(reported).toHaveBeenCalledTimes(2);
  });

  it("the same saga executed twice does its steps twice, and compensates what each did", async () => {
    let runs = 0;
    const saga = sagaOf(
      step("a"),
      step("b", {
        action: () => {
          runs += 1;
          if (runs === 2) throw new Error("no");
        },
      }),
    );

    expect(await saga.execute()).toMatchObject({ success: true });
    expect(log).toEqual(["a"]);
    expect(await saga.execute()).toMatchObject({ success: false, compensated: ["a"] });
    expect(log).toEqual(["a", "a", "undo a"]);
    expect(await saga.execute()).toMatchObject({ success: true });
  });

  it("executions at the same time do not know of each other", async () => {
    const hold = { x: deferred(), y: deferred() };
    const saga = new Saga<"x" | "y">(bus)
      .addStep({
        name: "a",
        action: async ({ input }) => {
          await hold[input].promise;
          return `a of ${input}`;
        },
        compensation: ({ results }) => log.push(`undo ${results.a}`),
      })
      .addStep({
        name: "b",
        action: ({ input, results }) => {
          if (input === "y") throw new Error("no");
          return `${results.a}, b of ${input}`;
        },
      });

    const [x, y] = [saga.execute("x", { id: "1" }), saga.execute("y", { id: "2" })];
    hold.y.resolve();
    expect(await y).toMatchObject({ success: false, id: "2", compensated: ["a"] });
    hold.x.resolve();

    expect(await x).toEqual({
      success: true,
      id: "1",
      results: { a: "a of x", b: "a of x, b of x" },
    });
    expect(log).toEqual(["undo a of y"]);
  });

  it("a compensation that fails is retried, then told, and the others are run", async () => {
    const error = new Error("refund refused");
    const refund = vi.fn(() => {
      throw error;
    });
    const running = sagaOf(
      step("a"),
      step("pay", { compensation: refund }),
      step("c", fails()),
    ).execute();

    await pass(600);

    const failedCompensations = [{ step: 2, name: "pay", error }];
    expect(await running).toMatchObject({
      success: false,
      stuck: true,
      compensated: ["a"],
      failedCompensations,
    });
    expect(refund).toHaveBeenCalledTimes(3);
    expect(topics()).toEqual([
      "step.completed",
      "step.completed",
      "failed",
      "compensation.failed",
      "step.compensated",
      "dead-letter",
    ]);
    expect(events[3]?.[1]).toMatchObject({ step: 2, stepName: "pay", error: "refund refused" });
    expect(events[5]?.[1]).toMatchObject({
      error: "no",
      steps: [{ step: 2, stepName: "pay", error: "refund refused" }],
    });
    expect(clock.timerCount).toBe(0);
  });

  it("two sagas on one bus are told apart by id", async () => {
    await Promise.all([
      sagaOf(step("a")).execute(undefined, { id: "one" }),
      sagaOf(step("b")).execute(undefined, { id: "two" }),
      new Saga(bus, { name: "other" }).addStep(step("c")).execute(undefined, { id: "one" }),
    ]);

    const completed = events.filter(([topic]) => topic === "saga.completed");
    expect(completed.map(([, payload]) => payload)).toEqual([
      { name: "saga", id: "one" },
      { name: "saga", id: "two" },
      { name: "other", id: "one" },
    ]);
    const ids = await Promise.all([sagaOf(step("d")).execute(), sagaOf(step("e")).execute()]);
    expect(new Set(ids.map(({ id }) => id)).size).toBe(2);
  });

  it("events are published to all tabs", async () => {
    const real = createPubSub();
    const left: Message[] = [];
    real.getHooks().onPublish((message) => left.push(message));

    await new Saga(real).addStep(step("a")).execute();

    expect(left.map(({ topic }) => topic)).toEqual(["saga.step.completed", "saga.completed"]);
  });
});

describe("execute", () => {
  it("takes the steps as they are when it begins", async () => {
    const hold = deferred();
    const saga = sagaOf(step("a", { action: () => hold.promise }));
    const running = saga.execute();
    saga.addStep(step("b"));
    hold.resolve();

    expect(await running).toMatchObject({ success: true });
    expect(log).toEqual([]);
    await saga.execute();
    expect(log).toEqual(["b"]);
  });

  it("without steps is done at once", async () => {
    expect(await new Saga(bus).execute()).toMatchObject({ success: true, results: {} });
    expect(topics()).toEqual(["completed"]);
  });

  it("keeps results of any value, and leaves out those of nothing", async () => {
    const saga = new Saga(bus)
      .addStep({ name: "a", action: () => null })
      .addStep({ name: "__proto__", action: () => 1 })
      .addStep({ name: "c", action: () => {} })
      .addStep({ action: () => "unnamed" });

    const result = await saga.execute();

    expect(result.success && Object.entries(result.results)).toEqual([
      ["4", "unnamed"],
      ["a", null],
      ["__proto__", 1],
    ]);
  });

  it("hands out keys that are the same whenever a step runs, and none twice", async () => {
    const keys: unknown[] = [];
    const saga = new Saga(bus, { name: "check/out" })
      .addStep({
        name: "pay",
        action: ({ idempotencyKey }) => keys.push(idempotencyKey),
        compensation: ({ idempotencyKey, actionKey }) => keys.push([idempotencyKey, actionKey]),
      })
      .addStep({ ...fails(), name: "b" });

    await saga.execute(undefined, { id: "cart 7/\ud800é" });

    const key = "check%2Fout/cart%207%2F%ud800%C3%A9/pay";
    expect(keys).toEqual([key, [`${key}/compensation`, key]]);
  });

  it("rejects an id that is none, and knows bad steps when they are added", async () => {
    const saga = sagaOf(step("a"));
    expect(await failureOf(saga.execute(undefined, { id: "" }))).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: 'The id of an execution is "": it must be a string that is not empty.',
    });
    const bad: unknown[] = [
      null,
      {},
      step("a"),
      step("b", { timeout: -1 }),
      step("b", { retry: { attempts: 0 } }),
      step("b", { retry: { attempts: 2, jitter: 2 } }),
      step("b", { compensationRetry: { attempts: 1.5 } }),
      step("b", { resume: "later" as "run" }),
      { name: "", action: () => {} },
      { name: "b", action: () => {}, compensation: 1 },
    ];
    for (const each of bad) {
      expect(() => saga.addStep(each as SagaStep)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT" }),
      );
    }
    saga.addStep(step("p", { pivot: true }));
    expect(() => saga.addStep(step("q", { pivot: true }))).toThrow("that of one step only");
    expect(() => new Saga({} as never)).toThrow("The bus is an object");
    expect(() => new Saga(bus, { name: "" })).toThrow("The name of a saga");
  });
});

describe("a step that takes too long", () => {
  it("takes the time of its bus, unless it is given another", async () => {
    const testBus = createTestBus();
    const saga = new Saga(testBus).addStep({ timeout: 1_000, action: () => new Promise(() => {}) });

    const execution = saga.execute();
    await testBus.advance(1_000);

    expect(await execution).toMatchObject({ error: { code: "SAGA_STEP_TIMEOUT" } });
  });

  it("fails by its timeout, and its signal aborts", async () => {
    let signal: AbortSignal | undefined;
    const running = sagaOf(
      step("a"),
      step("b", {
        timeout: 1_000,
        action: (context) => {
          signal = context.signal;
          return new Promise(() => {});
        },
      }),
    ).execute();

    await pass(1_000);

    const result = await running;
    expect(result).toMatchObject({
      success: false,
      error: { code: "SAGA_STEP_TIMEOUT", step: "b", timeoutMs: 1_000, retryable: true },
      compensated: ["a"],
    });
    expect(signal?.reason).toBe(!result.success && result.error);
    expect(clock.timerCount).toBe(0);
  });

  it("is compensated itself with compensateOnFailure, without a result", async () => {
    const undone = vi.fn();
    const running = new Saga(bus, { clock })
      .addStep({ name: "a", action: () => 1 })
      .addStep({
        name: "pay",
        timeout: 100,
        compensateOnFailure: true,
        action: () => new Promise<string>(() => {}),
        compensation: ({ results, actionKey }) => undone({ ...results }, actionKey),
      })
      .execute(undefined, { id: "x" });

    await pass(100);

    expect(await running).toMatchObject({ success: false, compensated: ["pay"] });
    expect(undone).toHaveBeenCalledExactlyOnceWith({ a: 1 }, "saga/x/pay");
  });

  it("may be a compensation, which is tried again then", async () => {
    let tries = 0;
    const running = sagaOf(
      step("a", {
        timeout: 100,
        compensation: () => (++tries === 1 ? new Promise(() => {}) : undefined),
      }),
      step("b", fails()),
    ).execute();

    await pass(400);

    expect(await running).toMatchObject({ compensated: ["a"], failedCompensations: [] });
    expect(tries).toBe(2);
  });
});

describe("retry", () => {
  it("tries again, each time later, with the same key", async () => {
    const tried: unknown[] = [];
    const running = sagaOf(
      step("a", {
        retry: { attempts: 4, delay: 100, growth: 3, maxDelay: 500 },
        action: ({ attempt, idempotencyKey }) => {
          tried.push([clock.monotonic(), attempt, idempotencyKey]);
          if (attempt < 4) throw new Error("not yet");
        },
      }),
    ).execute(undefined, { id: "x" });

    await pass(1_000);

    expect(await running).toMatchObject({ success: true });
    expect(tried).toEqual([
      [0, 1, "saga/x/a"],
      [100, 2, "saga/x/a"],
      [400, 3, "saga/x/a"],
      [900, 4, "saga/x/a"],
    ]);
    expect(topics()).toEqual(["step.completed", "completed"]);
  });

  it("adds chance to the wait where it is told to", async () => {
    const saga = new Saga(bus, { clock, random: () => 0.5 }).addStep({
      retry: { attempts: 2, delay: 100, jitter: 1 },
      ...fails(),
    });
    const running = saga.execute();
    await settle();

    expect(clock.nextTimerMs).toBe(150);
    await pass(150);
    expect(await running).toMatchObject({ success: false });
  });

  it.each([
    ["what says that it is not retryable", { retryable: false }, undefined],
    ["what a predicate refuses", { code: 402 }, (e: unknown) => (e as { code: number }).code > 500],
  ])("does not try again %s", async (_, error, retryable) => {
    const action = vi.fn(() => Promise.reject(error));
    const retry = { attempts: 3, ...(retryable && { retryable }) };

    expect(await sagaOf(step("a", { retry, action })).execute()).toMatchObject({ error });
    expect(action).toHaveBeenCalledTimes(1);
  });

  it("takes a predicate that throws for a no, and reports it", async () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const bug = new Error("bug");
    const retryable = (): never => {
      throw bug;
    };

    const result = await sagaOf(
      step("a", { retry: { attempts: 3, retryable }, ...fails() }),
    ).execute();
    vi.unstubAllGlobals();

    expect(result).toMatchObject({ success: false });
    expect(reported).toHaveBeenCalledExactlyOnceWith(bug);
  });
});

describe("retry without a delay", () => {
  it("goes on however often it is tried, though what would grow becomes infinite", async () => {
    let tries = 0;
    const executed = sagaOf({
      name: "a",
      retry: { attempts: 1_100, delay: 0 },
      action: () => {
        tries += 1;
        if (tries < 1_090) throw new Error("not yet");
      },
    }).execute();
    const isOver = vi.fn();
    void executed.then(isOver);

    for (let n = 0; n < 1_200 && isOver.mock.calls.length === 0; n += 1) {
      await new Promise((resolve) => setTimeout(resolve));
      clock.advance(1);
    }

    expect(tries).toBe(1_090);
    expect(await executed).toMatchObject({ success: true });
  });
});

describe("signal", () => {
  it("that has aborted before: nothing is done or published", async () => {
    const reason = new Error("too late");

    const result = await sagaOf(step("a")).execute(1, { signal: AbortSignal.abort(reason) });

    expect(result).toMatchObject({ success: false, error: reason, compensated: [] });
    expect([log, events]).toEqual([[], []]);
  });

  it("aborts the step under way, and what was done is compensated", async () => {
    const stop = new AbortController();
    let inner: AbortSignal | undefined;
    const running = sagaOf(
      step("a"),
      step("b", {
        retry: { attempts: 5 },
        action: ({ signal }) => {
          inner = signal;
          return new Promise(() => {});
        },
      }),
    ).execute(undefined, { signal: stop.signal });
    await settle();

    stop.abort("enough");

    expect(await running).toMatchObject({ error: "enough", compensated: ["a"] });
    expect(inner?.reason).toBe("enough");
  });

  it("ends the wait between two attempts", async () => {
    const stop = new AbortController();
    const running = sagaOf(
      step("a"),
      step("b", { ...fails(), retry: { attempts: 5, delay: 60_000 } }),
    ).execute(undefined, { signal: stop.signal });
    await settle();

    stop.abort("enough");

    expect(await running).toMatchObject({ error: "enough", compensated: ["a"] });
    expect(clock.timerCount).toBe(0);
  });

  it("between two steps, and after the last, compensates all that was done", async () => {
    const stop = new AbortController();
    const result = await sagaOf(
      step("a"),
      step("b", { action: () => stop.abort("enough") }),
    ).execute(undefined, { signal: stop.signal });

    expect(result).toMatchObject({ success: false, error: "enough" });
    expect(log).toContain("undo a");
  });

  it("does not stop a compensation", async () => {
    const stop = new AbortController();
    const hold = deferred();
    const running = sagaOf(
      step("a", { compensation: () => hold.promise }),
      step("b", fails()),
    ).execute(undefined, { signal: stop.signal });
    await settle();

    stop.abort("enough");
    hold.resolve();

    expect(await running).toMatchObject({ error: new Error("no"), compensated: ["a"] });
  });
});

describe("pivot", () => {
  it("after it steps are tried until they succeed, and a signal changes nothing", async () => {
    const stop = new AbortController();
    let tries = 0;
    const running = sagaOf(
      step("a"),
      step("pivot", { pivot: true }),
      step("c", {
        action: () => {
          stop.abort("too late");
          tries += 1;
          if (tries < 9) throw Object.assign(new Error("not yet"), { retryable: false });
        },
      }),
    ).execute(undefined, { signal: stop.signal });

    await pass(150_000);

    expect(await running).toMatchObject({ success: true });
    expect(tries).toBe(9);
    expect(log).toEqual(["a", "pivot"]);
  });

  it("after it a step that never succeeds is told as stuck, and nothing is compensated", async () => {
    const error = new Error("never");
    const action = vi.fn(() => Promise.reject(error));
    const running = sagaOf(
      step("a"),
      step("pivot", { pivot: true }),
      step("c", { action, retry: { attempts: 3, delay: 10 } }),
    ).execute();

    await pass(200);

    expect(await running).toMatchObject({
      success: false,
      stuck: true,
      error,
      compensated: [],
      failedCompensations: [],
    });
    expect(action).toHaveBeenCalledTimes(3);
    expect(log).toEqual(["a", "pivot"]);
    expect(topics()).toEqual(["step.completed", "step.completed", "dead-letter"]);
    expect(events[2]?.[1]).toMatchObject({ error: "never", steps: [{ step: 3, stepName: "c" }] });
  });

  it("that fails itself is compensated like any other", async () => {
    const result = await sagaOf(step("a"), step("pivot", { pivot: true, ...fails() })).execute();

    expect(result).toMatchObject({ success: false, compensated: ["a"], stuck: false });
  });
});
