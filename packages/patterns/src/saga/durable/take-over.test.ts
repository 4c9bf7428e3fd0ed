import { beforeEach, describe, expect, it } from "vitest";
import { defineSaga, type SagaDefinition } from "../../saga.js";
import { deferred } from "../../testing/promises.js";
import { Origin, type SagaTab } from "../../testing/sagas.js";

let origin: Origin;

beforeEach(() => {
  origin = new Origin();
});

/** Reserves, pays and sends; what is undone asks the server, too. */
function checkout(tab: SagaTab, hooks: { pay?: () => Promise<unknown> } = {}): SagaDefinition {
  return defineSaga("checkout", {
    version: 1,
    steps: ["stock", "pay", "mail"].map((name) => ({
      name,
      action: async ({ idempotencyKey }) => {
        await tab.request(idempotencyKey);
        if (name === "pay") await hooks.pay?.();
        return `${name} done`;
      },
      compensation: ({ idempotencyKey }) => tab.request(idempotencyKey),
    })),
  });
}

const keys = ["checkout/cart-7/stock", "checkout/cart-7/pay", "checkout/cart-7/mail"];
const results = { stock: "stock done", pay: "pay done", mail: "mail done" };
const never = (): Promise<never> => new Promise(() => {});

describe("the tab that runs a saga", () => {
  it("crashes in the middle of a step: another goes on, with the same key", async () => {
    const [a, b] = [origin.open(), origin.open()];
    a.sagas.register(checkout(a, { pay: never }));
    await origin.pass(0);
    b.sagas.register(checkout(b));
    await a.sagas.start("checkout", { total: 5 }, { id: "cart-7" });
    const { done } = await b.sagas.start("checkout", { total: 5 }, { id: "cart-7" });
    await origin.pass(100);
    expect(origin.server.log).toEqual(keys.slice(0, 2));

    a.crash();
    await origin.pass(1_000);

    expect(await done).toEqual({ success: true, id: "cart-7", results });
    expect([...origin.server.requests]).toEqual([
      [keys[0], 1],
      [keys[1], 2],
      [keys[2], 1],
    ]);
  });

  it("freezes in the middle of an action and is stolen from: thawed, it writes nothing more", async () => {
    const [a, b] = [origin.open(), origin.open()];
    const answer = deferred();
    const signals: AbortSignal[] = [];
    a.sagas.register(
      defineSaga("checkout", {
        version: 1,
        steps: [
          {
            name: "pay",
            action: async ({ idempotencyKey, signal }) => {
              signals.push(signal);
              await a.request(idempotencyKey);
              await a.wait(answer.promise);
              return "too late";
            },
          },
        ],
      }),
    );
    await a.sagas.start("checkout", 1, { id: "cart-7" });
    await origin.pass(100);
    b.sagas.register(
      defineSaga("checkout", {
        version: 1,
        steps: [{ name: "pay", action: ({ idempotencyKey }) => b.request(idempotencyKey) }],
      }),
    );
    await a.locks.freeze({ silently: true });
    answer.resolve();

    await origin.pass(7_000);
    const { done } = await b.sagas.start("checkout", 1, { id: "cart-7" });
    await origin.pass(0);
    expect(await done).toMatchObject({ success: true });
    const journal = await origin.journal();
    a.locks.thaw();
    await origin.pass(3_000);

    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await origin.journal()).toEqual(journal);
    expect(journal).toEqual(["begun", "step.started", "step.started", "step.done", "ended"]);
    expect([...origin.server.requests]).toEqual([["checkout/cart-7/pay", 2]]);
    expect(a.warnings).toEqual([]);
  });

  it("freezes before its end is written: the journal refuses the old turn", async () => {
    const [a, b] = [origin.open(), origin.open()];
    const answer = deferred();
    a.sagas.register(checkout(a, { pay: () => a.wait(answer.promise) }));
    await a.sagas.start("checkout", 1, { id: "cart-7" });
    await origin.pass(100);
    const inB = deferred();
    b.sagas.register(checkout(b, { pay: () => b.wait(inB.promise) }));
    await a.locks.freeze({ silently: true });
    answer.resolve();
    await origin.pass(7_000);
    expect(origin.server.requests.get("checkout/cart-7/pay")).toBe(2);

    // B is in the middle of the step, and A has its answer.
    a.locks.thaw();
    await origin.pass(500);
    expect(await origin.journal()).toEqual([
      ...["begun", "step.started", "step.done", "step.started", "step.started"],
    ]);

    inB.resolve();
    await origin.pass(100);
    expect((await b.sagas.get("cart-7"))?.status).toBe("completed");
    expect([...origin.server.requests.keys()]).toEqual(keys);
    expect(origin.server.requests.get("checkout/cart-7/mail")).toBe(1);
  });

  it("freezes before it writes, and its successor has nothing to write: it is refused all the same", async () => {
    const [a, b] = [origin.open(), origin.open()];
    a.sagas.register(checkout(a));
    a.onAppend = async (moment, type) => {
      if (moment !== "before" || type !== "step.done") return;
      await a.locks.freeze({ silently: true });
      // It writes before it hears that it was stolen from.
      await a.wait(Promise.resolve());
    };
    await a.sagas.start("checkout", 1, { id: "cart-7" });
    await origin.pass(100);
    b.sagas.register(
      defineSaga("checkout", { version: 1, steps: [{ name: "other", action: () => {} }] }),
    );
    await origin.pass(7_000);
    expect(b.codes()).toEqual(["SAGA_STEPS_CHANGED"]);

    a.locks.thaw();
    await origin.pass(500);

    expect(await origin.journal()).toEqual(["begun", "step.started"]);
    expect([...origin.server.requests]).toEqual([["checkout/cart-7/stock", 1]]);
  });

  it("goes into the back/forward cache: another takes over, and when it is back it waits its turn", async () => {
    const [a, b] = [origin.open(), origin.open()];
    const answer = deferred();
    a.sagas.register(checkout(a, { pay: () => a.wait(answer.promise) }));
    await origin.pass(0);
    b.sagas.register(checkout(b));
    const { done } = await a.sagas.start("checkout", 1, { id: "cart-7" });
    await origin.pass(100);

    a.locks.hide();
    await a.locks.freeze();
    await origin.pass(500);
    expect((await b.sagas.get("cart-7"))?.status).toBe("completed");
    answer.resolve();
    a.locks.thaw();
    a.locks.show();
    await origin.pass(500);

    expect(await done).toMatchObject({ success: true });
    expect((await origin.journal()).filter((type) => type === "ended")).toHaveLength(1);
    b.crash();
    const { done: next } = await a.sagas.start("checkout", 2, { id: "cart-8" });
    await origin.pass(500);
    expect(await next).toMatchObject({ success: true, id: "cart-8" });
  });

  it("comes back from the back/forward cache alone: it goes on itself", async () => {
    const a = origin.open();
    let calls = 0;
    a.sagas.register(checkout(a, { pay: () => (calls++ === 0 ? never() : Promise.resolve()) }));
    const { done } = await a.sagas.start("checkout", 1, { id: "cart-7" });
    await origin.pass(100);

    a.locks.hide();
    await origin.pass(100);
    a.locks.show();
    await origin.pass(500);

    expect(await done).toMatchObject({ success: true });
    expect(origin.server.requests.get("checkout/cart-7/pay")).toBe(2);
  });
});

describe("a tab without the saga", () => {
  it("tells that it waits, and runs it once it is registered", async () => {
    const [a, b] = [origin.open(), origin.open()];
    a.sagas.register(checkout(a, { pay: never }));
    await a.sagas.start("checkout", 1, { id: "cart-7" });
    await origin.pass(100);
    b.sagas.register(
      defineSaga("checkout", { version: 2, steps: [{ name: "all", action: () => {} }] }),
    );
    await origin.pass(3_000);
    expect(b.codes()).toEqual([]);
    expect((await b.sagas.get("cart-7"))?.status).toBe("running");

    a.crash();
    await origin.pass(2_500);

    expect(b.codes()).toEqual(["SAGA_VERSION_MISSING"]);
    expect(b.warnings[0]?.details).toEqual({ name: "checkout", version: 1, ids: ["cart-7"] });
    expect((await b.sagas.list({ status: "waiting" })).map(({ id }) => id)).toEqual(["cart-7"]);
    b.sagas.register(checkout(b));
    await origin.pass(500);
    expect((await b.sagas.get("cart-7"))?.status).toBe("completed");
  });

  it("tells it also when it has no saga at all, and one of several does", async () => {
    const a = origin.open();
    a.sagas.register(checkout(a, { pay: never }));
    await a.sagas.start("checkout", 1, { id: "cart-7" });
    await origin.pass(100);
    const others = [origin.open(), origin.open()];

    a.crash();
    await origin.pass(6_000);

    expect(others.flatMap((tab) => tab.codes())).toContain("SAGA_VERSION_MISSING");
  });

  it("keeps quiet while another tab has it, and when that registers it late", async () => {
    const [a, b, c] = [origin.open(), origin.open(), origin.open()];
    a.sagas.register(checkout(a, { pay: never }));
    b.sagas.register(defineSaga("other", { version: 1, steps: [{ action: () => {} }] }));
    await a.sagas.start("checkout", 1, { id: "cart-7" });
    await origin.pass(2_000);

    a.crash();
    await origin.pass(600);
    c.sagas.register(checkout(c));
    await origin.pass(5_000);

    expect((await b.sagas.get("cart-7"))?.status).toBe("completed");
    expect([...b.codes(), ...c.codes()]).toEqual([]);
  });
});
