import { beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import {
  createSagaManager,
  defineSaga,
  isPatternError,
  registerError,
  type SagaDefinition,
  type SagaHandle,
  type SagaResult,
  type SagaStep,
} from "../../saga.js";
import { deferred, failureOf } from "../../testing/promises.js";
import { Origin, type SagaTab } from "../../testing/sagas.js";

let origin: Origin;
let log: string[];

beforeEach(() => {
  origin = new Origin();
  log = [];
});

function step(name: string, more: Partial<SagaStep> = {}): SagaStep {
  return {
    name,
    action: () => void log.push(name),
    compensation: () => void log.push(`undo ${name}`),
    ...more,
  };
}

function saga(...steps: SagaStep[]): SagaDefinition {
  return defineSaga("checkout", { version: 1, steps });
}

const fails = {
  action: () => {
    throw new Error("no");
  },
};

/** Opens a tab that has the saga registered. */
function tabWith(definition: SagaDefinition): SagaTab {
  const tab = origin.open();
  tab.sagas.register(definition);
  return tab;
}

async function outcome<T>(handle: Promise<SagaHandle<T>>, ms = 500): Promise<SagaResult<T>> {
  const { done } = await handle;
  await origin.pass(ms);
  return await done;
}

describe("start", () => {
  it("runs the checkout example once, of three tabs that start it at the same time", async () => {
    const steps = (tab: SagaTab) =>
      saga(
        ...["stock", "payment", "status", "mail"].map((name) => ({
          name,
          action: ({ idempotencyKey }: { idempotencyKey: string }) => tab.request(idempotencyKey),
        })),
      );
    const tabs = [origin.open(), origin.open(), origin.open()];
    for (const tab of tabs) tab.sagas.register(steps(tab));

    const handles = await Promise.all(
      tabs.flatMap(({ sagas }) => [
        sagas.start("checkout", { total: 5 }, { id: "cart-7" }),
        sagas.start("checkout", { total: 5 }, { id: "cart-7" }),
      ]),
    );
    await origin.pass(500);

    expect(await Promise.all(handles.map(({ done }) => done))).toEqual(
      handles.map(() => ({ success: true, id: "cart-7", results: {} })),
    );
    expect(handles.filter(({ isJoined }) => !isJoined)).toHaveLength(1);
    expect([...origin.server.requests.values()]).toEqual([1, 1, 1, 1]);
    expect(origin.server.requests.has("checkout/cart-7/payment")).toBe(true);
    expect((await origin.journal()).filter((type) => type === "begun")).toHaveLength(1);
    expect(tabs.flatMap(({ warnings }) => warnings)).toEqual([]);
    const completed = tabs.flatMap(({ events }) =>
      events.filter(([topic]) => topic === "saga.completed"),
    );
    expect(completed).toEqual([["saga.completed", { name: "checkout", id: "cart-7" }]]);
  });

  it("rejects where nobody can have a lock, and begins nothing", async () => {
    const error = Object.assign(new Error("no https"), { code: "LOCKS_UNAVAILABLE" });
    const tab = origin.open({ locks: { hold: () => Promise.reject(error) } });
    tab.sagas.register(saga(step("a")));

    expect(await failureOf(tab.sagas.start("checkout", 1, { id: "1" }))).toBe(error);
    expect(await tab.sagas.list()).toEqual([]);
    tab.sagas.dispose();

    const other = tabWith(saga(step("a")));
    expect(await outcome(other.sagas.start("checkout", 2, { id: "1" }))).toMatchObject({
      success: true,
    });
    expect(other.codes()).toEqual([]);
  });

  it("settles the handle with results, or the error, also where it is not run", async () => {
    class CardError extends Error {
      override readonly name = "CardError";
      readonly code = 402;
    }
    registerError(CardError, { name: "CardError" });
    const definition = saga(
      step("a", { action: () => ({ id: 1 }) }),
      step("b", {
        action: ({ input, results }) => {
          if (input === "bad") throw new CardError("refused");
          return `${input} ${results.a.id}`;
        },
      }),
    );
    const [runs, other] = [tabWith(definition), tabWith(definition)];
    await origin.pass(0);

    const good = await other.sagas.start("checkout", "good", { id: "1" });
    const bad = await other.sagas.start(definition, "bad", { id: "2" });
    await origin.pass(500);

    expect(await good.result).toEqual({ a: { id: 1 }, b: "good 1" });
    expect(await good.done).toMatchObject({ success: true });
    const error = await failureOf(bad.result);
    expect(error).toBeInstanceOf(CardError);
    expect(await bad.done).toEqual({
      success: false,
      id: "2",
      error,
      compensated: ["a"],
      failedCompensations: [],
      stuck: false,
    });
    expect(other.events).toEqual([]);
    expect(runs.events.map(([topic]) => topic)).toContain("saga.failed");
  });

  it("settles hundreds of handles, each by a few reads of its journal", async () => {
    const streams = origin.streams.open();
    const read = vi.spyOn(streams, "read");
    const { clock } = origin;
    const locks = origin.open().locks;
    const sagas = createSagaManager({ streams, locks, clock });
    const ids = Array.from({ length: 200 }, (_, n) => `${n}`);
    const handles = await Promise.all(
      ids.map((id) => sagas.start(saga(step("a"), step("b")), 1, { id })),
    );
    await origin.pass(100);
    tabWith(saga(step("a"), step("b")));
    await origin.pass(1_000);

    for (const { done } of handles) expect(await done).toMatchObject({ success: true });
    expect(read.mock.calls.length).toBeLessThan(200 * 4);
    sagas.dispose();
  });

  it("joins what has ended, with the first input, and tells that another was given", async () => {
    const tab = tabWith(saga(step("a", { action: ({ input }) => input })));
    await outcome(tab.sagas.start("checkout", { n: 1, of: [1, 2] }, { id: "1" }));

    const again = await tab.sagas.start("checkout", { n: 1, of: [1, 2] }, { id: "1" });
    expect([again.isJoined, tab.codes()]).toEqual([true, []]);
    const other = await tab.sagas.start("checkout", { n: 2, of: [1, 2] }, { id: "1" });

    expect(await other.result).toEqual({ a: { n: 1, of: [1, 2] } });
    expect(tab.codes()).toEqual(["SAGA_INPUT_DIFFERS"]);
  });

  it.each([["a/b"], ["__proto__"], ["\ud800"], ["#"], ["cart 7\n"], ["x".repeat(3_000)]])(
    "takes %j for an id",
    async (id) => {
      const keys: string[] = [];
      const tab = tabWith(
        saga(step("a", { action: ({ idempotencyKey }) => keys.push(idempotencyKey) })),
      );

      expect(await outcome(tab.sagas.start("checkout", 1, { id }))).toMatchObject({
        success: true,
        id,
      });
      expect(await tab.sagas.get("checkout", id)).toMatchObject({ id, status: "completed" });
      expect((await tab.sagas.list()).map((state) => state.id)).toEqual([id]);
      expect(keys).toHaveLength(1);
      expect(keys[0]).toMatch(/^checkout\/[\x21-\x2e\x30-\x7e]+\/a$/);
    },
  );

  it("keeps ids and names apart that look alike when they are joined", async () => {
    const keys: string[] = [];
    const action: SagaStep["action"] = ({ idempotencyKey }) => keys.push(idempotencyKey);
    const tab = origin.open();
    for (const name of ["a", "a/b", "a%2Fb"]) {
      tab.sagas.register(defineSaga(name, { version: 1, steps: [{ name: "c", action }] }));
      for (const id of ["c", "b/c", "b%2Fc"]) await tab.sagas.start(name, 1, { id });
    }
    await origin.pass(500);

    expect(new Set(keys).size).toBe(9);
    expect(await tab.sagas.list({ name: "a" })).toHaveLength(3);
    expect(await tab.sagas.list({ status: "completed" })).toHaveLength(9);
  });

  it("lists one that ends meanwhile once, whichever it is by then", async () => {
    const running = deferred();
    const tab = tabWith(saga(step("a", { action: () => running.promise })));
    await tab.sagas.start("checkout", 1, { id: "7" });
    await origin.pass(50);
    const streams = origin.streams.open();
    const read = streams.rows.bind(streams);
    // Between what the list reads and what it may read next, the saga ends.
    streams.rows = (projection) => {
      const rows = read(projection);
      return Object.assign(Object.create(rows), {
        checkpoint: () => rows.checkpoint(),
        list: async (range: object) => {
          const found = await rows.list(range);
          running.resolve();
          await origin.pass(100);
          await tab.sagas.list();
          return found;
        },
      });
    };
    const observer = origin.open({ streams });

    expect(await observer.sagas.list()).toMatchObject([{ id: "7" }]);
  });

  it("refuses what it cannot do, by name", async () => {
    const tab = tabWith(saga(step("a")));
    const { sagas } = tab;

    const code = async (promise: Promise<unknown>) =>
      ((await failureOf(promise)) as { code: string }).code;
    expect(await code(sagas.start("checkout", 1, {} as never))).toBe("INVALID_ARGUMENT");
    expect(await code(sagas.start("checkout", 1, { id: "" }))).toBe("INVALID_ARGUMENT");
    expect(await code(sagas.start("other", 1, { id: "1" }))).toBe("UNKNOWN_SAGA");
    const error = await failureOf(
      sagas.start("checkout", { cart: { onPay: () => {} } }, { id: "1" }),
    );
    expect(isPatternError(error, "SAGA_UNCLONEABLE")).toBe(true);
    expect((error as Error).message).toBe(
      'The input of the saga "checkout" cannot be stored: its "cart.onPay" cannot be cloned. Leave out functions, DOM nodes and the like.',
    );
    expect(() => createSagaManager({} as never)).toThrow("streams is undefined");
    expect(() => sagas.register({} as never)).toThrow("what defineSaga gave");
    expect(() => sagas.register(saga(step("a")))).toThrow("give other steps another version");
    expect(() => defineSaga("x", { version: 0, steps: [step("a")] })).toThrow("version");
    expect(() => defineSaga("x", { version: 1, steps: [] })).toThrow("one step at least");
    expect(() => defineSaga("", { version: 1, steps: [step("a")] })).toThrow("name of a saga");
  });

  it("of several versions starts the highest, and each runs its own", async () => {
    const tab = origin.open();
    const version = (n: number) =>
      defineSaga("checkout", { version: n, steps: [{ name: "v", action: () => n }] });
    tab.sagas.register(version(2));
    tab.sagas.register(version(10));

    const newest = await tab.sagas.start("checkout", 1, { id: "new" });
    const older = await tab.sagas.start(version(2), 1, { id: "old" });
    await origin.pass(500);

    expect([await newest.result, await older.result]).toEqual([{ v: 10 }, { v: 2 }]);
    expect(tab.warnings).toEqual([]);
  });

  it("versions that different tabs have do not wait for each other", async () => {
    const version = (n: number, action: () => unknown) =>
      defineSaga("checkout", { version: n, steps: [{ name: "v", action }] });
    const [old, young] = [origin.open(), origin.open()];
    old.sagas.register(version(1, () => new Promise(() => {})));
    await old.sagas.start("checkout", 1, { id: "old" });
    await origin.pass(100);
    young.sagas.register(version(2, () => "two"));

    expect(await outcome(young.sagas.start("checkout", 1, { id: "new" }))).toMatchObject({
      results: { v: "two" },
    });
  });
});

describe("what a step returns", () => {
  it("is what the next steps get in any tab: a copy", async () => {
    class Receipt {
      readonly id = 7;
    }
    let seen: unknown;
    const receipt = new Receipt();
    const tab = tabWith(
      saga(
        step("a", { action: () => receipt }),
        step("b", {
          action: ({ results }) => {
            seen = results.a;
          },
        }),
      ),
    );

    await outcome(tab.sagas.start("checkout", 1, { id: "1" }));

    expect(seen).toEqual({ id: 7 });
    expect(seen).not.toBe(receipt);
    expect(seen).not.toBeInstanceOf(Receipt);
  });

  it("and cannot be stored is told by name; the step, which was done, is compensated as well", async () => {
    const tab = tabWith(saga(step("a"), step("pay", { action: () => ({ then2: () => {} }) })));

    const result = await outcome(tab.sagas.start("checkout", 1, { id: "1" }));

    expect(result).toMatchObject({ success: false, compensated: ["pay", "a"] });
    expect(!result.success && result.error).toMatchObject({
      code: "SAGA_UNCLONEABLE",
      message: expect.stringContaining('What the step "pay" returned of the saga "checkout"'),
    });
  });

  it("as an error with what cannot be stored is stored without that", async () => {
    const error = Object.assign(new Error("no"), { code: "X", data: { fn: () => {} } });
    const tab = tabWith(saga(step("a", { action: () => Promise.reject(error) })));

    const result = await outcome(tab.sagas.start("checkout", 1, { id: "1" }));

    expect(result).toMatchObject({ success: false, error: { message: "no", code: "X" } });
  });
});

describe("a step that was done, could not be stored, and failed when it was tried again", () => {
  it("is undone: it was done once", async () => {
    let tries = 0;
    const tab = tabWith(
      saga(
        step("a", {
          retry: { attempts: 2, delay: 0, retryable: () => true },
          action: () => {
            tries += 1;
            if (tries === 1) return () => {};
            throw new Error("declined");
          },
        }),
      ),
    );

    const result = await outcome(tab.sagas.start("checkout", 1, { id: "7" }), 1_000);

    expect(result.success).toBe(false);
    expect([tries, log]).toEqual([2, ["undo a"]]);
  });
});

describe("cancel", () => {
  it("aborts the step under way in whatever tab, and has all undone", async () => {
    let signal: AbortSignal | undefined;
    const definition = saga(
      step("a"),
      step("b", {
        action: (context) => {
          signal = context.signal;
          return new Promise(() => {});
        },
      }),
    );
    const [runs, other] = [tabWith(definition), tabWith(definition)];
    const { done } = await runs.sagas.start("checkout", 1, { id: "1" });
    await origin.pass(100);

    await other.sagas.cancel("1");
    await origin.pass(100);

    expect(await done).toMatchObject({
      success: false,
      error: { code: "SAGA_CANCELLED", id: "1" },
      compensated: ["a"],
    });
    expect(signal?.aborted).toBe(true);
    await other.sagas.cancel("checkout", "1");
    expect((await origin.journal()).filter((type) => type === "cancel.requested")).toHaveLength(1);
  });

  it("holds also when the tab is lost before it has heard of it", async () => {
    const definition = saga(step("a"), step("b", { action: () => new Promise(() => {}) }));
    const [runs, other] = [tabWith(definition), origin.open()];
    await runs.sagas.start("checkout", 1, { id: "1" });
    await origin.pass(100);

    runs.crash();
    await other.sagas.cancel("checkout", "1");
    other.sagas.register(definition);
    await origin.pass(500);

    expect((await other.sagas.get("1"))?.status).toBe("failed");
    expect(log).toEqual(["a", "undo a"]);
    const journal = await origin.journal();
    expect(journal.slice(journal.indexOf("cancel.requested") + 1)).toEqual([
      ...["step.failed", "compensation.started", "compensation.done", "ended"],
    ]);
  });

  it("is refused from the pivot on, and of what is completed", async () => {
    const hold = deferred();
    const tab = tabWith(
      saga(step("a"), step("pay", { pivot: true, action: () => hold.promise }), step("c")),
    );
    await tab.sagas.start("checkout", 1, { id: "1" });
    await origin.pass(100);

    const refused = await failureOf(tab.sagas.cancel("1"));
    expect(refused).toMatchObject({ code: "SAGA_STATE", status: "running" });
    expect(String(refused)).toContain('its step "pay" has begun');
    hold.resolve();
    await origin.pass(100);
    expect(await failureOf(tab.sagas.cancel("1"))).toMatchObject({ status: "completed" });
    expect(await failureOf(tab.sagas.cancel("2"))).toMatchObject({ code: "UNKNOWN_SAGA" });
    expect(log).toEqual(["a", "c"]);
  });

  it("between the decision for a step and its writing wins", async () => {
    const tab = tabWith(saga(step("a"), step("b", { pivot: true })));
    const other = origin.open();
    tab.onAppend = (moment, type) => {
      if (moment === "before" && type === "step.started" && log.length === 1) {
        return other.sagas.cancel("checkout", "1");
      }
      return undefined;
    };

    const result = await outcome(tab.sagas.start("checkout", 1, { id: "1" }));

    const journal = await origin.journal();
    expect(journal).toContain("cancel.requested");
    expect(result).toMatchObject({ success: false, compensated: ["a"] });
    expect(log).toEqual(["a", "undo a"]);
  });
});

describe("what is stuck", () => {
  it("by a compensation is listed, told, and goes on by retry", async () => {
    let works = false;
    const refund = vi.fn(() => {
      if (!works) throw new Error("refund refused");
    });
    const tab = tabWith(saga(step("pay", { compensation: refund }), step("b", fails)));
    const result = await outcome(tab.sagas.start("checkout", 1, { id: "1" }), 1_000);

    expect(result).toMatchObject({
      success: false,
      stuck: true,
      failedCompensations: [{ step: 1, name: "pay", error: new Error("refund refused") }],
    });
    expect(tab.codes()).toEqual(["SAGA_STUCK"]);
    expect(tab.events.map(([topic]) => topic)).toContain("saga.dead-letter");
    const [dead, ...others] = await tab.sagas.list({ status: "stuck" });
    expect(others).toEqual([]);
    expect(dead).toMatchObject({
      id: "1",
      steps: [
        { name: "pay", status: "compensation-failed", attempts: 1, compensationAttempts: 3 },
        { name: "b", status: "failed", failure: { message: "no" } },
      ],
    });
    expect(await failureOf(tab.sagas.forget("1"))).toMatchObject({ code: "SAGA_STATE" });

    works = true;
    await tab.sagas.retry("1");
    await origin.pass(500);

    expect((await tab.sagas.get("1"))?.status).toBe("failed");
    expect(refund).toHaveBeenCalledTimes(4);
    expect(await failureOf(tab.sagas.retry("1"))).toMatchObject({ code: "SAGA_STATE" });
    expect(await tab.sagas.list({ status: "stuck" })).toEqual([]);
  });

  it("after the pivot goes forward by retry, from another tab too", async () => {
    let works = false;
    const definition = saga(
      step("pay", { pivot: true }),
      step("mail", {
        retry: { attempts: 2, delay: 10 },
        action: () => {
          if (!works) throw new Error("no mail");
          return "sent";
        },
      }),
    );
    const [runs, other] = [tabWith(definition), origin.open()];
    const result = await outcome(runs.sagas.start("checkout", 1, { id: "1" }));
    expect(result).toMatchObject({ success: false, stuck: true, compensated: [] });
    expect(await failureOf(other.sagas.cancel("1"))).toMatchObject({ code: "SAGA_STATE" });

    works = true;
    await other.sagas.retry("1");
    const { result: results } = await other.sagas.join("1");
    await origin.pass(500);

    expect((await other.sagas.get("1"))?.status).toBe("completed");
    expect(await (await other.sagas.join("1")).result).toEqual({ mail: "sent" });
    await results.catch(() => {});
    expect(log).toEqual(["pay"]);
  });

  it("a stuck one survives the tab that was", async () => {
    const definition = saga(
      step("a", { compensation: () => Promise.reject(new Error("never")) }),
      step("b", fails),
    );
    const first = tabWith(definition);
    await outcome(first.sagas.start("checkout", 1, { id: "1" }), 1_000);
    first.crash();

    const next = tabWith(definition);
    await origin.pass(1_000);

    expect((await next.sagas.list({ status: "stuck" })).map(({ id }) => id)).toEqual(["1"]);
    expect(next.warnings).toEqual([]);
  });
});

describe("a step that was begun when its tab was lost", () => {
  async function lose(more: Partial<SagaStep>): Promise<SagaTab> {
    const hang = { action: () => new Promise(() => {}) };
    const runs = tabWith(saga(step("a"), step("b", { ...more, ...hang })));
    await runs.sagas.start("checkout", 1, { id: "1" });
    await origin.pass(100);
    runs.crash();
    const next = tabWith(saga(step("a"), step("b", more)));
    await origin.pass(500);
    return next;
  }

  it.each([[{}], [{ resume: "run" }], [{ compensateOnFailure: true }]] as const)(
    "runs again with %j",
    async (more) => {
      const next = await lose(more);

      expect((await next.sagas.get("1"))?.status).toBe("completed");
      expect(log).toEqual(["a", "b"]);
    },
  );

  it('is compensated with resume: "compensate"', async () => {
    const next = await lose({ resume: "compensate" });

    expect(await next.sagas.get("1")).toMatchObject({
      status: "failed",
      failure: { code: "SAGA_INTERRUPTED" },
    });
    expect(log).toEqual(["a", "undo b", "undo a"]);
  });

  it("and was cancelled since is compensated as well where it is not to run again", async () => {
    const hang = { action: () => new Promise(() => {}) };
    const of = (more: object) => saga(step("a"), step("b", { ...more, resume: "compensate" }));
    const runs = tabWith(of(hang));
    await runs.sagas.start("checkout", 1, { id: "1" });
    await origin.pass(100);
    runs.crash();
    const next = origin.open();
    await next.sagas.cancel("checkout", "1");
    next.sagas.register(of({}));
    await origin.pass(500);

    expect(await next.sagas.get("1")).toMatchObject({ failure: { code: "SAGA_CANCELLED" } });
    expect(log).toEqual(["a", "undo b", "undo a"]);
  });

  it("each time is waited with, so that a step that takes its tab with it does not take all", async () => {
    const begun: number[] = [];
    const definition = saga(
      step("b", {
        action: () => {
          begun.push(origin.clock.monotonic());
          return new Promise(() => {});
        },
      }),
    );
    const first = tabWith(definition);
    await first.sagas.start("checkout", 1, { id: "1" });
    await origin.pass(100);
    for (let n = 0; n < 5; n += 1) {
      origin.tabs.at(-1)?.crash();
      tabWith(definition);
      await origin.pass(5_000);
    }
    expect(begun).toEqual([0, 100, 5_100, 11_100, 17_100, 24_100]);

    origin.tabs.at(-1)?.crash();
    const last = tabWith(definition);
    await origin.pass(1_000);
    await last.sagas.cancel("1");
    await origin.pass(100);

    expect(begun).toHaveLength(6);
    expect((await last.sagas.get("1"))?.status).toBe("failed");
  });

  it("runs again where it is the pivot", async () => {
    const next = await lose({ resume: "compensate", pivot: true });

    expect((await next.sagas.get("1"))?.status).toBe("completed");
  });
});

describe("get, list and resumeAll", () => {
  it("tell how far sagas are, with attempts and times", async () => {
    const hold = deferred();
    const tab = tabWith(
      saga(
        step("a"),
        step("b", {
          retry: { attempts: 3, delay: 1_000 },
          action: ({ attempt }) => (attempt === 1 ? Promise.reject(new Error("no")) : hold.promise),
        }),
        step("c"),
      ),
    );
    const startedAt = origin.clock.now();
    await tab.sagas.start("checkout", { n: 1 }, { id: "1" });
    await origin.pass(1_000);

    expect(await tab.sagas.get("1")).toMatchObject({
      name: "checkout",
      id: "1",
      version: 1,
      status: "running",
      input: { n: 1 },
      startedAt,
      changedAt: startedAt + 1_000,
      steps: [
        { name: "a", status: "done", attempts: 1, startedAt },
        { name: "b", status: "started", attempts: 2, failure: { message: "no" }, startedAt },
        { name: "c", status: "pending", attempts: 0 },
      ],
    });
    expect(await tab.sagas.resumeAll()).toMatchObject([{ id: "1" }]);
    expect(await tab.sagas.list({ status: "running", name: "checkout" })).toHaveLength(1);
    expect(await tab.sagas.list({ name: "check" })).toEqual([]);
    hold.resolve();
    await origin.pass(0);
    expect(await tab.sagas.resumeAll()).toEqual([]);
    expect(await tab.sagas.get("2")).toBeUndefined();
    expect(await tab.sagas.get("checkout", "2")).toBeUndefined();
  });

  it("an id that several names have needs a name", async () => {
    const tab = tabWith(saga(step("a")));
    tab.sagas.register(defineSaga("other", { version: 1, steps: [step("a")] }));
    await tab.sagas.start("checkout", 1, { id: "1" });
    await tab.sagas.start("other", 1, { id: "1" });
    await origin.pass(100);

    expect(await failureOf(tab.sagas.get("1"))).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(await tab.sagas.get("other", "1")).toMatchObject({ name: "other" });
  });

  it("hundreds of sagas, in several tabs that look at the same time, are all there", async () => {
    const definition = saga(step("a"));
    const tabs = [tabWith(definition), tabWith(definition), tabWith(definition)];
    const ids = Array.from({ length: 150 }, (_, n) => `${n}`);

    await Promise.all(
      ids.map((id, n) => (tabs[n % 3] as SagaTab).sagas.start("checkout", n, { id })),
    );
    await origin.pass(200);

    for (const { sagas } of tabs) {
      const states = await sagas.list({ status: "completed" });
      expect(states.map(({ revision }) => revision)).toEqual(ids.map(() => 4));
      expect(await sagas.resumeAll()).toEqual([]);
    }
    expect(log).toHaveLength(150);
  });

  it("tabs that look at the same time, again and again, count nothing twice", async () => {
    const definition = saga(step("a", { retry: { attempts: 20, delay: 10, growth: 1 }, ...fails }));
    const tabs = [tabWith(definition), tabWith(definition), tabWith(definition)];
    await (tabs[0] as SagaTab).sagas.start("checkout", 1, { id: "1" });

    for (let n = 0; n < 20; n += 1) {
      await Promise.all(tabs.map(({ sagas }) => sagas.list()));
      await origin.pass(10);
    }

    const [state] = await (tabs[0] as SagaTab).sagas.list();
    expect(state).toEqual(await (tabs[1] as SagaTab).sagas.get("1"));
    expect(state?.steps[0]?.attempts).toBe(20);
  });

  it("a journal that is deleted under its saga ends it, told", async () => {
    const hold = deferred();
    const tab = tabWith(saga(step("a", { action: () => hold.promise }), step("b")));
    const { done } = await tab.sagas.start("checkout", 1, { id: "1" });
    await origin.pass(100);

    await origin.streams.deleteAll();
    hold.resolve();
    await origin.pass(3_000);

    expect(log).toEqual([]);
    expect(tab.codes()).toEqual(["SAGA_JOURNAL_FAILED"]);
    await tab.sagas.start("checkout", 1, { id: "other" });
    await origin.pass(100);
    expect(await failureOf(done)).toMatchObject({ code: "UNKNOWN_SAGA" });
  });

  it("a journal that somebody else deleted is left out", async () => {
    const hold = deferred();
    const tab = tabWith(saga(step("a", { action: () => hold.promise })));
    await tab.sagas.start("checkout", 1, { id: "1" });
    await origin.pass(100);

    await origin.streams.open().delete("saga/checkout/1");
    hold.resolve();
    await origin.pass(3_000);

    expect(tab.codes()).toEqual(["SAGA_JOURNAL_FAILED"]);
    expect(await tab.sagas.list()).toEqual([]);
  });

  it("are right after the store was deleted under them", async () => {
    const tab = tabWith(saga(step("a")));
    await outcome(tab.sagas.start("checkout", 1, { id: "1" }));
    await origin.streams.deleteAll();

    expect(await tab.sagas.list()).toEqual([]);
    expect(await outcome(tab.sagas.start("checkout", 2, { id: "1" }))).toMatchObject({
      success: true,
    });
    expect((await tab.sagas.list()).map(({ input }) => input)).toEqual([2]);
  });

  it("forget leaves alone a saga that has its id by then", async () => {
    let hangs = false;
    const definition = saga(
      step("a", { action: () => (hangs ? new Promise(() => {}) : undefined) }),
    );
    const runner = tabWith(definition);
    await outcome(runner.sagas.start("checkout", 1, { id: "7" }));
    const forgetting = origin.open();
    await forgetting.sagas.list();
    hangs = true;
    // It stands still as soon as the journal is gone.
    const goOn = deferred();
    forgetting.onWake = async () => {
      if ((await origin.entries()).length > 0) return;
      forgetting.onWake = undefined;
      await goOn.promise;
    };
    const forgotten = forgetting.sagas.forget("checkout", "7");
    while (forgetting.onWake) await origin.pass(50);
    await runner.sagas.start("checkout", 2, { id: "7" });
    await origin.pass(200);
    goOn.resolve();
    await forgotten;

    expect((await runner.sagas.list()).map(({ id }) => id)).toEqual(["7"]);
    hangs = false;
    runner.crash();
    const next = tabWith(definition);
    await origin.pass(20_000, 1_000);
    expect(await next.sagas.get("checkout", "7")).toMatchObject({ status: "completed" });
  });

  it("forget leaves nothing of one that has ended", async () => {
    const tab = tabWith(saga(step("a")));
    await outcome(tab.sagas.start("checkout", 1, { id: "1" }));

    await tab.sagas.forget("1");

    expect([await tab.sagas.list(), await origin.journal()]).toEqual([[], []]);
    const again = await tab.sagas.start("checkout", 1, { id: "1" });
    await origin.pass(100);
    expect(again.isJoined).toBe(false);
    expect(log).toEqual(["a", "a"]);
  });
});

describe("diagnostics", () => {
  it("tell of steps that changed under one version, and the saga waits", async () => {
    const first = tabWith(saga(step("a"), step("b", { action: () => new Promise(() => {}) })));
    await first.sagas.start("checkout", 1, { id: "1" });
    await origin.pass(100);
    first.crash();

    const next = tabWith(saga(step("a"), step("x"), step("b")));
    await origin.pass(2_000);

    expect(next.codes()).toEqual(["SAGA_STEPS_CHANGED"]);
    expect(log).toEqual(["a"]);
  });

  it("tell of a journal that cannot be written, which is tried again", async () => {
    const tab = tabWith(saga(step("a")));
    let failures = 0;
    tab.onAppend = (moment) => {
      if (moment === "after" && log.length === 1 && failures < 2) {
        failures += 1;
        throw new Error("The disk is full");
      }
    };

    const result = await outcome(tab.sagas.start("checkout", 1, { id: "1" }), 5_000);

    expect(result).toMatchObject({ success: true });
    expect(tab.codes()).toEqual(["SAGA_JOURNAL_FAILED", "SAGA_JOURNAL_FAILED"]);
    expect((await origin.journal()).filter((type) => type === "ended")).toHaveLength(1);
  });

  it("tell of locks that are not to be had, as an uncaught error when nobody listens", async () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const error = Object.assign(new Error("no https"), { code: "LOCKS_UNAVAILABLE" });
    const locks = { hold: () => Promise.reject(error) };
    const tab = origin.open({ locks, onDiagnostic: undefined });
    tab.sagas.register(saga(step("a")));
    await origin.pass(10_000);
    vi.unstubAllGlobals();

    expect(reported).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({
        message: 'The sagas "checkout" are not run here: no https',
        cause: error,
      }),
    );
    tab.sagas.dispose();
  });

  it("tell of turns that are older than those that were, as when only the locks were deleted", async () => {
    const fence = { name: "saga:checkout/1", epoch: 4 };
    await origin.streams.open().append("saga", [], { fence });
    const tab = tabWith(saga(step("a")));
    await tab.sagas.start("checkout", 1, { id: "1" });

    await origin.pass(2_500);
    expect(tab.codes()).toEqual([]);
    await origin.pass(6_000);

    expect(tab.codes()).toEqual(["SAGA_NOT_RUN"]);
    expect(tab.warnings[0]?.message).toContain("is at epoch 4, and the append came with 3");
    expect((await tab.sagas.get("1"))?.status).toBe("completed");
  });

  it("of a listener that throws go to the platform, and change nothing", async () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const bug = new Error("bug");
    const tab = origin.open({
      onDiagnostic: () => {
        throw bug;
      },
    });
    tab.sagas.register(saga(step("a", { compensation: fails.action }), step("b", fails)));

    expect(await outcome(tab.sagas.start("checkout", 1, { id: "1" }), 1_000)).toMatchObject({
      stuck: true,
    });
    vi.unstubAllGlobals();
    expect(reported).toHaveBeenCalledWith(bug);
  });
});

describe("dispose", () => {
  it("lets go of everything: another tab goes on, and nothing is left", async () => {
    let signal: AbortSignal | undefined;
    const runs = tabWith(
      saga(
        step("a", {
          action: (context) => {
            signal = context.signal;
            return new Promise(() => {});
          },
        }),
      ),
    );
    const { done, result } = await runs.sagas.start("checkout", 1, { id: "1" });
    await origin.pass(1_500);
    const next = origin.open();

    runs.sagas.dispose();
    runs.sagas.dispose();
    await origin.pass(100);

    expect(await failureOf(done)).toMatchObject({ code: "DISPOSED" });
    expect(await failureOf(result)).toMatchObject({ name: "SagaManagerDisposedError" });
    expect(signal?.aborted).toBe(true);
    expect(await failureOf(runs.sagas.start("checkout", 1, { id: "2" }))).toMatchObject({
      code: "DISPOSED",
    });
    expect(() => runs.sagas.register(saga(step("a")))).toThrow("disposed");
    expect(await failureOf(runs.sagas.list())).toMatchObject({ code: "DISPOSED" });
    next.sagas.register(saga(step("a")));
    await origin.pass(500);
    expect((await next.sagas.get("1"))?.status).toBe("completed");

    next.sagas.dispose();
    await origin.pass(0);
    expect(origin.locked()).toEqual([]);
    expect(origin.clock.timerCount).toBe(0);
    expect(runs.locks.listeners.size + next.locks.listeners.size).toBe(0);
    expect(runs.warnings).toEqual([]);
  });

  it("of a registration alone lets another tab run it", async () => {
    const a = origin.open();
    const unregister = a.sagas.register(saga(step("x", { action: () => new Promise(() => {}) })));
    await a.sagas.start("checkout", 1, { id: "1" });
    await origin.pass(100);
    const b = tabWith(saga(step("x")));

    unregister();
    unregister();
    await origin.pass(500);

    expect((await b.sagas.get("1"))?.status).toBe("completed");
    expect(await failureOf(a.sagas.start("checkout", 1, { id: "2" }))).toMatchObject({
      code: "UNKNOWN_SAGA",
    });
  });

  it("several managers on one page are as several tabs", async () => {
    const tab = origin.open();
    const others = [1, 2].map(() =>
      createSagaManager({ streams: origin.streams.open(), locks: tab.locks, clock: origin.clock }),
    );
    const managers = [tab.sagas, ...others];
    for (const sagas of managers) sagas.register(saga(step("a")));

    const handles = await Promise.all(
      managers.map((sagas) => sagas.start("checkout", 1, { id: "1" })),
    );
    await origin.pass(500);

    for (const { done } of handles) expect(await done).toMatchObject({ success: true });
    expect(log).toEqual(["a"]);
    expectTypeOf(handles).toExtend<SagaHandle<unknown>[]>();
    for (const sagas of managers) sagas.dispose();
  });
});
