// @vitest-environment happy-dom
import { createPubSub, joinPubSub, type PubSubBus, scope } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { isPatternError } from "../index.js";
import { failureOf, turns } from "../testing/promises.js";
import { openTabs } from "../testing/tabs.js";
import { Cqrs } from "./cqrs.js";
import type { CqrsContext } from "./handling.js";

let commandBus: PubSubBus;
let queryBus: PubSubBus;
let eventBus: PubSubBus;
let clock: ManualClock;
let cqrs: Cqrs;

beforeEach(() => {
  [commandBus, queryBus, eventBus] = ["commands", "queries", "events"].map((app) =>
    createPubSub({ app }),
  ) as [PubSubBus, PubSubBus, PubSubBus];
  clock = new ManualClock();
  cqrs = new Cqrs({ commandBus, queryBus, eventBus, clock });
});

const handlerCounts = (): number[] =>
  [commandBus, queryBus, eventBus].map((bus) => bus.handlerCount());

describe("sendCommand", () => {
  it("resolves with what the handler returns, and leaves nothing behind", async () => {
    cqrs.command("commands.order.create", async ({ items }) => ({ orderId: "o-1", items }));
    const before = handlerCounts();

    const result = await cqrs.sendCommand("commands.order.create", { items: [1] });

    expect(result).toEqual({ orderId: "o-1", items: [1] });
    expect(handlerCounts()).toEqual(before);
    expect(clock.timerCount).toBe(0);
  });

  it("rejects with what the handler threw", async () => {
    cqrs.command("commands.order.create", async ({ items }) => {
      if (!items.length) throw Object.assign(new RangeError("No items"), { code: "EMPTY" });
    });

    const failure = await failureOf(cqrs.sendCommand("commands.order.create", { items: [] }));

    expect(failure).toBeInstanceOf(RangeError);
    expect(failure).toMatchObject({ message: "No items", code: "EMPTY" });
    expect(isPatternError(failure, "REMOTE_ERROR")).toBe(true);
  });

  it.each([null, undefined, 0, "", false])("resolves with the result %s", async (value) => {
    cqrs.command("commands.x", () => value);

    expect(await cqrs.sendCommand("commands.x")).toBe(value);
  });

  it("resolves with undefined once published where only plain subscribers listen", async () => {
    const seen: unknown[] = [];
    commandBus.subscribe("commands.order.update", ({ payload }) => seen.push(payload));

    expect(await cqrs.sendCommand("commands.order.update", { orderId: "1" })).toBeUndefined();

    await turns();
    expect(seen).toEqual([{ orderId: "1" }]);
  });

  it("rejects at once where nobody listens; a wildcard subscriber is nobody", async () => {
    commandBus.subscribe("commands.#", () => {});

    expect(await failureOf(cqrs.sendCommand("commands.order.update"))).toMatchObject({
      code: "NO_HANDLER",
      method: "commands.order.update",
    });
    expect(await failureOf(cqrs.sendCommand("a..b"))).toMatchObject({ code: "INVALID_TOPIC" });
  });

  it("hands the handler an id of what it is to bring about", async () => {
    const ids: string[] = [];
    cqrs.command("commands.x", (_, { commandId, message }) => {
      ids.push(commandId === message.id ? "that of the message" : commandId);
    });

    await cqrs.sendCommand("commands.x", 1, { commandId: "cart 7/ü" });
    await cqrs.sendCommand("commands.x", 1);

    expect(ids).toEqual(["cart 7/ü", "that of the message"]);
    expect(await failureOf(cqrs.sendCommand("commands.x", 1, { commandId: "" }))).toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });

  it("times out, is aborted, and tells the handler", async () => {
    const contexts: CqrsContext[] = [];
    cqrs.command("commands.x", (_, context) => {
      contexts.push(context);
      return new Promise(() => {});
    });
    const before = handlerCounts();
    const stop = new AbortController();
    const timedOut = failureOf(cqrs.sendCommand("commands.x", 1, { timeout: 100 }));
    const aborted = failureOf(cqrs.sendCommand("commands.x", 1, { signal: stop.signal }));
    await turns();

    clock.advance(100);
    stop.abort();

    expect(await timedOut).toMatchObject({
      code: "REQUEST_TIMEOUT",
      message: "Request timeout: commands.x",
    });
    expect(await aborted).toBe(stop.signal.reason);
    await turns();
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(handlerCounts()).toEqual(before);
    expect(clock.timerCount).toBe(0);
  });

  it("already aborted sends nothing", async () => {
    const handler = vi.fn();
    cqrs.command("commands.x", handler);
    commandBus.subscribe("commands.plain", handler);

    for (const type of ["commands.x", "commands.plain"]) {
      const sent = cqrs.sendCommand(type, 1, { signal: AbortSignal.abort() });
      expect(await failureOf(sent)).toMatchObject({ name: "AbortError" });
    }
    await turns();

    expect(handler).not.toHaveBeenCalled();
  });

  it("is answered by a handler of another copy on the page", async () => {
    const copies = ["sending", "handling"].map((name) => joinPubSub({ app: "cqrs", name }));
    const [sending, handling] = copies.map(
      (bus) => new Cqrs({ commandBus: bus, queryBus: bus, eventBus: bus }),
    ) as [Cqrs, Cqrs];
    handling.command("commands.x", (n: number) => n * 2);
    handling.query("queries.x", (n: number) => n * 3);

    expect(await sending.sendCommand("commands.x", 7)).toBe(14);
    expect(await sending.executeQuery("queries.x", 7)).toBe(21);
    for (const bus of copies) bus.dispose();
  });

  it("is not carried out by the pages of other tabs", async () => {
    const { tabs } = openTabs(2);
    const runs: number[] = [];
    const objects = tabs.map(({ bus }, n) => {
      const object = new Cqrs({ commandBus: bus, queryBus: bus, eventBus: bus });
      object.command("commands.x", () => {
        runs.push(n);
      });
      return object;
    });

    await objects[0]?.sendCommand("commands.x");
    tabs[1]?.bus.publish("commands.x", 1);
    await turns();

    expect(runs).toEqual([0, 1]);
  });
});

describe("executeQuery", () => {
  it("resolves with what the handler returns, whatever ids are in it", async () => {
    cqrs.query("queries.order.get", ({ orderId }) => ({ orderId }));
    const orderId = "a.b/+#ü ".repeat(50);

    expect(await cqrs.executeQuery("queries.order.get", { orderId })).toEqual({ orderId });
  });

  it("keeps 1,000 at once apart", async () => {
    const answers: (() => void)[] = [];
    cqrs.query(
      "queries.x",
      (n: number) => new Promise((resolve) => answers.push(() => resolve(n))),
    );
    const numbers = Array.from({ length: 1_000 }, (_, n) => n);
    const before = handlerCounts();

    const asked = Promise.all(numbers.map((n) => cqrs.executeQuery("queries.x", n)));
    // What a turn has no time for is delivered in the next task.
    while (answers.length < 1_000) await new Promise((resolve) => setTimeout(resolve));
    for (const answer of answers.reverse()) answer();

    expect(await asked).toEqual(numbers);
    expect(handlerCounts()).toEqual(before);
  });

  it("unanswered leaves nothing behind", async () => {
    queryBus.subscribe("queries.x", () => {});
    const before = handlerCounts();
    const asked = Array.from({ length: 100 }, () =>
      failureOf(cqrs.executeQuery("queries.x", 1, { timeout: 50 })),
    );
    await turns();

    clock.advance(50);

    for (const failure of await Promise.all(asked)) {
      expect(failure).toMatchObject({ code: "REQUEST_TIMEOUT" });
    }
    expect(handlerCounts()).toEqual(before);
    expect(clock.timerCount).toBe(0);
  });

  it("waits for what is asked after a position", async () => {
    const waits: unknown[] = [];
    let arrive = (): void => {};
    const projection = {
      waitFor: (position: unknown) => {
        waits.push(position);
        return new Promise<void>((resolve) => {
          arrive = resolve;
        });
      },
    };
    cqrs.query("queries.x", () => "fresh", { projection });
    expect(await cqrs.executeQuery("queries.x")).toBe("fresh");
    const settled = vi.fn();

    const asked = cqrs.executeQuery("queries.x", 1, { after: "p-7" as never });
    void asked.then(settled);
    await turns();
    expect(waits).toEqual(["p-7"]);
    expect(settled).not.toHaveBeenCalled();
    arrive();

    expect(await asked).toBe("fresh");
  });

  it("has the timeout that it is asked with, also while it waits for a position", async () => {
    const waitFor = vi.fn(() => new Promise(() => {}));
    cqrs.query("queries.x", () => 1, { projection: { waitFor } });
    const options = { after: "p-7" as never, timeout: 20_000 };
    const asked = failureOf(cqrs.executeQuery("queries.x", 1, options));
    await turns();

    expect(waitFor.mock.calls[0]?.slice(1)).toMatchObject([{ timeout: Infinity }]);
    clock.advance(20_000);
    expect(await asked).toMatchObject({ code: "REQUEST_TIMEOUT" });
  });

  it("asked after a position of a handler without a projection says what to do", async () => {
    cqrs.query("queries.x", () => 1);

    expect(
      await failureOf(cqrs.executeQuery("queries.x", 1, { after: "p-7" as never })),
    ).toMatchObject({ message: expect.stringContaining("names no projection to wait for") });
  });
});

describe("plain handlers that follow the convention", () => {
  // As the page "Advanced patterns" writes them.
  it("work beside it", async () => {
    const orders = [{ orderId: "1", customerId: "user-456" }];
    queryBus.subscribe("queries.orders.list", async (message) => {
      const { customerId } = message.payload;
      const correlationId = message.meta?.correlationId || message.id;
      const found = orders.filter((order) => order.customerId === customerId);
      eventBus.publish(`queries.orders.list.result.${correlationId}`, found);
    });

    const listed = await cqrs.executeQuery<typeof orders>("queries.orders.list", {
      customerId: "user-456",
      status: "pending",
    });

    expect(listed).toEqual(orders);
  });

  it("may answer null", async () => {
    queryBus.subscribe("queries.x", ({ meta }) => {
      eventBus.publish(`queries.x.result.${meta?.correlationId}`, null);
    });

    expect(await cqrs.executeQuery("queries.x")).toBeNull();
  });

  it("ask as well: who publishes a query with an id of its own hears its result", async () => {
    cqrs.query("queries.x", (n: number) => n * 2);
    const heard = new Promise((resolve) => {
      eventBus.subscribe("queries.x.result.mine", ({ payload }) => resolve(payload));
    });

    queryBus.publish("queries.x", 7, { correlationId: "mine" });

    expect(await heard).toBe(14);
  });

  it("and what fails for somebody who waits for nothing is reported by the bus", async () => {
    const errors: unknown[] = [];
    const bus = createPubSub({
      onDiagnostic: (event) => event.type === "handler-error" && errors.push(event.error.message),
    });
    const object = new Cqrs({ commandBus: bus, queryBus: bus, eventBus: bus });
    object.command("commands.x", () => {
      throw new Error("no");
    });

    bus.publish("commands.x", 1);
    await turns();

    expect(errors).toEqual(["no"]);
  });
});

describe("handlers", () => {
  it("are one a type and page, and may come after another has ended", async () => {
    const end = cqrs.command("commands.x", () => 1);
    const other = new Cqrs({ commandBus, queryBus, eventBus });

    expect(() => other.command("commands.x", () => 2)).toThrow(
      '"commands.x" has a handler on this page already',
    );
    end();
    end();
    other.command("commands.x", () => 2);

    expect(await cqrs.sendCommand("commands.x")).toBe(2);
  });

  it("still answer what they were asked before they ended", async () => {
    let finish = (_: unknown): void => {};
    const end = cqrs.command("commands.x", () => new Promise((resolve) => (finish = resolve)));
    const sent = cqrs.sendCommand("commands.x");
    await turns();

    end();
    finish("done");

    expect(await sent).toBe("done");
    expect(handlerCounts()).toEqual([0, 0, 0]);
  });

  it.each([
    ["commands.+", () => 1, {}, "is a pattern"],
    ["commands.x", 1, {}, 'The handler of "commands.x" is 1: it must be a function.'],
    ["commands.x", () => 1, { projection: {} }, "projection is an object: it must be a projection"],
  ])("are refused: %s, %s, %o", (type, handler, options, message) => {
    expect(() => cqrs.query(type, handler as never, options as never)).toThrow(message);
    expect(handlerCounts()).toEqual([0, 0, 0]);
  });
});

describe("the end", () => {
  it("by dispose gives up what is open, tells who waits, and leaves nothing", async () => {
    const other = new Cqrs({ commandBus, queryBus, eventBus, clock });
    cqrs.command("commands.x", () => new Promise(() => {}));
    other.query("queries.x", () => new Promise(() => {}));
    const own = failureOf(cqrs.executeQuery("queries.x"));
    const others = failureOf(other.sendCommand("commands.x"));
    await turns();

    cqrs.dispose();
    cqrs.dispose();

    expect(await own).toMatchObject({ name: "CqrsDisposedError", code: "DISPOSED" });
    expect(await others).toMatchObject({ name: "CqrsDisposedError", code: "DISPOSED" });
    expect(await failureOf(cqrs.sendCommand("commands.x"))).toMatchObject({ code: "DISPOSED" });
    expect(() => cqrs.command("commands.y", () => 1)).toThrow("was disposed");
    other.dispose();
    expect(handlerCounts()).toEqual([0, 0, 0]);
    expect(clock.timerCount).toBe(0);
  });

  it("of a bus or scope does the same", async () => {
    const part = scope(queryBus, "orders");
    const object = new Cqrs({ commandBus, queryBus: part, eventBus, clock });
    object.query("queries.x", () => new Promise(() => {}));
    const own = failureOf(object.executeQuery("queries.x"));
    const others = failureOf(cqrs.executeQuery("queries.x"));
    await turns();

    part.dispose();

    expect(await own).toMatchObject({ name: "ScopeDisposedError" });
    expect(await others).toMatchObject({ name: "ScopeDisposedError" });
    expect(handlerCounts()).toEqual([0, 0, 0]);
  });

  it("of a handler in the turn of an ask is told at once, for it never heard of it", async () => {
    for (const end of ["off", "dispose"] as const) {
      const handling = new Cqrs({ commandBus, queryBus, eventBus });
      const run = vi.fn();
      const off = handling.command("commands.x", run);
      const sent = failureOf(cqrs.sendCommand("commands.x", 1, { timeout: Infinity }));

      if (end === "off") off();
      else handling.dispose();

      expect(await sent).toMatchObject({ code: "NO_HANDLER" });
      expect(run).not.toHaveBeenCalled();
    }
    await turns();
    expect(handlerCounts()).toEqual([0, 0, 0]);
  });

  it("of a handler of its own will, as it is asked, leaves it its answer", async () => {
    const off = cqrs.command("commands.x", async () => {
      off();
      await turns();
      return "done";
    });

    expect(await cqrs.sendCommand("commands.x", 1, { timeout: Infinity })).toBe("done");
  });

  it("of an object whose handler was ended, and still works, is told as well", async () => {
    const contexts: CqrsContext[] = [];
    const handling = new Cqrs({ commandBus, queryBus, eventBus });
    const off = handling.command("commands.x", (_, context) => {
      contexts.push(context);
      return new Promise(() => {});
    });
    const sent = failureOf(cqrs.sendCommand("commands.x"));
    await turns();

    off();
    handling.dispose();

    expect(await sent).toMatchObject({ code: "DISPOSED" });
    expect(contexts[0]?.signal.aborted).toBe(true);
  });

  it("takes buses alone", () => {
    expect(() => new Cqrs({ commandBus, queryBus } as never)).toThrow(
      "eventBus is undefined: it must be a bus, or a scope of one.",
    );
  });
});

describe("contracts", () => {
  interface Commands {
    "commands.order.create"(payload: { items: string[] }): { orderId: string };
  }
  interface Queries {
    "queries.order.get"(payload: { orderId: string }): { total: number } | null;
  }

  it("type payloads and results", async () => {
    const typed = new Cqrs<Commands, Queries>({ commandBus, queryBus, eventBus });
    typed.command("commands.order.create", ({ items }) => ({ orderId: items.join() }));
    typed.query("queries.order.get", async () => null);

    const created = await typed.sendCommand("commands.order.create", { items: ["a"] });
    const order = await typed.executeQuery("queries.order.get", { orderId: "a" }, { timeout: 9 });

    expectTypeOf(created).toEqualTypeOf<{ orderId: string }>();
    expectTypeOf(order).toEqualTypeOf<{ total: number } | null>();
    expect([created, order]).toEqual([{ orderId: "a" }, null]);
  });

  it("do not compile with what is not in them", () => {
    const mistakes = (typed: Cqrs<Commands, Queries>): void => {
      // @ts-expect-error no such command
      void typed.sendCommand("commands.order.delete");
      // @ts-expect-error a wrong payload
      void typed.sendCommand("commands.order.create", { items: [1] });
      // @ts-expect-error a query is no command
      void typed.sendCommand("queries.order.get", { orderId: "a" });
      // @ts-expect-error a wrong result
      typed.query("queries.order.get", () => ({ total: "9" }));
    };

    expect(mistakes).toBeTypeOf("function");
  });
});
