import { describe, expect, expectTypeOf, it, vi } from "vitest";
import * as z from "zod";
import { defineTopics, once, scope } from "../index.js";
import { ManualClock } from "./manual-clock.js";
import { record } from "./recorder.js";
import { createTestBus } from "./test-bus.js";

const fail = (message: string) => () => {
  throw new Error(message);
};

describe("createTestBus", () => {
  it("makes a bus that takes the options of every bus", () => {
    const bus = createTestBus({ app: "shop", maxHandlersPerTopic: 0 });

    expect(bus.getStats()).toMatchObject({ app: "shop", handlerCount: 0 });
    expect(() => bus.subscribe("a", () => {})).toThrow(
      expect.objectContaining({ code: "HANDLER_LIMIT" }),
    );
  });

  it("has a clock that stands still, its own or one that is given", () => {
    const clock = new ManualClock(5_000);

    expect(createTestBus({ clock }).publish("a", 1).ts).toBe(5_000);
    expect(createTestBus().publish("a", 1).ts).toBe(1_700_000_000_000);
  });

  it("records what is published as soon as it is, also through a scope and by handlers", async () => {
    const bus = createTestBus({ rateLimit: { maxPerSecond: 3 } });
    bus.subscribe("ask", () => bus.publish("answer", 2));

    const ask = bus.publish("ask", 1, { scope: "page" });
    expect(bus.published.messages).toEqual([ask]);
    scope(bus, "cart").publish("scoped", 0);
    await bus.flush();
    bus.publish("over-the-limit", 3);

    expect(bus.published.topics).toEqual(["ask", "scoped", "answer"]);
  });

  it("does not record what came from elsewhere, or was refused", async () => {
    const bus = createTestBus();
    bus.getHooks().dispatchExternal({ id: "m-1", topic: "a", ts: 1, payload: 1 });

    expect(() => bus.publish("a..b", 1)).toThrow();
    await bus.flush();

    expect(bus.published.messages).toEqual([]);
  });

  it("may have its topics declared", async () => {
    const bus = createTestBus<{ "cart.added": { sku: string }; "cart.cleared": undefined }>();
    const added = record(bus, "cart.added");
    const all = record(bus, "cart.#");
    // @ts-expect-error no such topic
    record(bus, "order.#").stop();
    // @ts-expect-error not its payload
    bus.publish("cart.added", { sku: 1 });
    bus.publish("cart.added", { sku: "A-1" });
    await bus.flush();

    expectTypeOf(added.payloads).toEqualTypeOf<readonly { sku: string }[]>();
    expectTypeOf(all.topics).toEqualTypeOf<readonly ("cart.added" | "cart.cleared")[]>();
    expectTypeOf(bus.published.topics).toEqualTypeOf<readonly ("cart.added" | "cart.cleared")[]>();
    expect(added.last?.payload.sku).toBe("A-1");
  });

  it("has the topics of the schemas that it is given", () => {
    const topics = defineTopics({ "cart.added": z.object({ sku: z.string() }) });
    const bus = createTestBus({ topics });

    expectTypeOf(bus.published.payloads).toEqualTypeOf<readonly { sku: string }[]>();
    expect(() => bus.publish("cart.added", { sku: 1 as never })).toThrow("sku");
    expect(bus.published.messages).toEqual([]);
  });

  it("keeps diagnostics, and passes them on", async () => {
    const onDiagnostic = vi.fn();
    const bus = createTestBus({ onDiagnostic });
    bus.subscribe("a", () => {});

    bus.publish("a", 1);
    await bus.flush();

    expect(bus.diagnostics.map(({ type }) => type)).toEqual(["subscribe", "publish"]);
    expect(onDiagnostic.mock.calls.flat()).toEqual(bus.diagnostics);
  });
});

describe("flush", () => {
  it("waits for what handlers publish in return, also after an await", async () => {
    const bus = createTestBus();
    bus.subscribe("a", async ({ payload }) => {
      for (let n = 0; n < 20; n += 1) await null;
      if (payload < 10) bus.publish("a", payload + 1);
    });
    const all = record(bus, "#");

    bus.publish("a", 1);
    await bus.flush();

    expect(all.payloads).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(bus.clock.monotonic()).toBe(0);
  });

  it("waits for the later tasks of a drain that runs out of time", async () => {
    const bus = createTestBus();
    const called: number[] = [];
    // Each takes longer than a turn may; none of their tasks ends with a message that is delivered.
    for (let n = 0; n < 40; n += 1) {
      bus.subscribe("slow", () => {
        bus.clock.advance(50);
        called.push(n);
      });
    }

    bus.publish("slow", 1);
    await bus.flush();

    expect(called).toHaveLength(40);
  });

  it("works with fake timers", async () => {
    vi.useFakeTimers();
    try {
      const bus = createTestBus();
      const all = record(bus, "#");
      bus.publish("a", 1);
      await bus.flush();
      expect(all.payloads).toEqual([1]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("comes to an end on a bus that was disposed", async () => {
    const bus = createTestBus();
    bus.subscribe("a", () => bus.dispose());

    bus.publish("a", 1);
    bus.publish("a", 2);
    await bus.flush();

    expect(bus.getStats().messageCount.dispatched).toBe(1);
  });

  it("rejects when handlers answer each other for ever, and does not hang", async () => {
    const bus = createTestBus();
    bus.subscribe("ping", () => bus.publish("pong", 1));
    bus.subscribe("pong", () => bus.publish("ping", 1));

    bus.publish("ping", 1);

    await expect(bus.flush()).rejects.toThrow(
      "100000 messages were published in one task. Do handlers answer each other without end? The last topics: ping, pong.",
    );
    await bus.flush();
    bus.clear();
    bus.publish("ping", 2);
    await bus.flush();
    expect(bus.published.last?.payload).toBe(2);
  });
});

describe("the error of a handler", () => {
  it("makes flush reject with it, once", async () => {
    const bus = createTestBus();
    const error = new Error("no");
    bus.subscribe("a", () => Promise.reject(error));
    const all = record(bus, "#");

    bus.publish("a", 1);

    await expect(bus.flush()).rejects.toBe(error);
    expect(all.payloads).toEqual([1]);
    await bus.flush();
  });

  it("comes with those of others", async () => {
    const bus = createTestBus();
    bus.subscribe("a", fail("first"));
    bus.subscribe("a", fail("second"));

    bus.publish("a", 1);
    const failure: unknown = await bus.flush().catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(AggregateError);
    expect(failure).toMatchObject({
      message: "2 handlers failed:\n  Error: first\n  Error: second",
      errors: [new Error("first"), new Error("second")],
    });
  });

  it("makes advance reject", async () => {
    const bus = createTestBus();
    bus.subscribe("a", fail("in time"));
    bus.clock.setTimer(() => void bus.publish("a", 1), 10);

    await bus.advance(9);
    await expect(bus.advance(1)).rejects.toThrow("in time");
  });

  it("is thrown uncaught while nobody waits for a flush", async () => {
    const uncaught: unknown[] = [];
    const enqueue = queueMicrotask;
    vi.spyOn(globalThis, "queueMicrotask").mockImplementation((fn) =>
      enqueue(() => {
        try {
          fn();
        } catch (error) {
          uncaught.push(error);
        }
      }),
    );
    const bus = createTestBus();
    bus.subscribe("a", fail("unseen"));

    const delivered = once(bus, "a");
    bus.publish("a", 1);
    await delivered;
    await bus.flush();

    expect(uncaught).toEqual([new Error("unseen")]);
  });

  it("is collected where that is asked for", async () => {
    const bus = createTestBus({ handlerErrors: "collect" });
    bus.subscribe("a", fail("expected"));

    bus.publish("a", 1);
    await bus.flush();

    expect(bus.diagnostics).toContainEqual(
      expect.objectContaining({ type: "handler-error", error: new Error("expected") }),
    );
  });

  it("is told of an adapter's listener as well", async () => {
    const bus = createTestBus();
    bus.getHooks().onPublish(fail("adapter"));
    const flushed = expect(bus.flush()).rejects.toThrow("adapter");

    bus.publish("a", 1);

    await flushed;
  });
});

describe("advance", () => {
  it("fires timers in order, each at its moment, and flushes between them", async () => {
    const bus = createTestBus();
    const log: string[] = [];
    const all = record(bus, "#");
    bus.subscribe("tick", async ({ payload }) => {
      await null;
      log.push(`${payload} at ${bus.clock.monotonic()}`);
      bus.clock.setTimer(() => log.push(`set by ${payload}, at ${bus.clock.monotonic()}`), 5);
    });
    bus.clock.setTimer(() => void bus.publish("tick", "late"), 20);
    bus.clock.setTimer(() => void bus.publish("tick", "early"), 10);
    bus.clock.setTimer(() => void bus.publish("tick", "also early"), 10);

    bus.publish("tick", "first");
    await bus.advance(24);

    expect(log).toEqual([
      "first at 0",
      "set by first, at 5",
      "early at 10",
      "also early at 10",
      "set by early, at 15",
      "set by also early, at 15",
      "late at 20",
    ]);
    expect(bus.clock.monotonic()).toBe(24);
    expect(all.messages.map(({ ts }) => ts - 1_700_000_000_000)).toEqual([0, 10, 10, 20]);
  });

  it("lets a wait time out", async () => {
    const bus = createTestBus();
    const waiting = expect(
      once(bus, "a", { timeout: 5_000, clock: bus.clock }),
    ).rejects.toMatchObject({ code: "WAIT_TIMEOUT" });

    await bus.advance(5_000);

    await waiting;
    expect(bus.clock.timerCount).toBe(0);
  });

  it("refuses a time that is none", async () => {
    await expect(createTestBus().advance(-1)).rejects.toThrow("The clock is to advance by -1");
  });
});
