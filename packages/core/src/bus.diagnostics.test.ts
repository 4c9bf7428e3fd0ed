import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { turnEnd } from "./fixtures/turn.js";
import {
  BusError,
  createPubSub,
  type DiagnosticEvent,
  InvalidTopicError,
  isBusError,
  type PubSubBus,
} from "./index.js";
import { ManualClock } from "./testing/manual-clock.js";

describe("onDiagnostic", () => {
  let clock: ManualClock;
  let events: DiagnosticEvent[];
  let bus: PubSubBus;

  beforeEach(() => {
    clock = new ManualClock();
    events = [];
    bus = createPubSub({ clock, onDiagnostic: (event) => events.push(event) });
  });

  it("tells of subscriptions that come and go", () => {
    bus.subscribe("a", () => {});
    const end = bus.subscribe("a", () => {});
    end();
    end();

    expect(events).toEqual([
      { type: "subscribe", pattern: "a", handlerCount: 1 },
      { type: "subscribe", pattern: "a", handlerCount: 2 },
      { type: "unsubscribe", pattern: "a", handlerCount: 1 },
    ]);
  });

  it("tells of a message when it has reached its handlers, and how long they took", async () => {
    bus.subscribe("a", () => clock.advance(2));
    bus.subscribe("+", () => clock.advance(3));
    bus.subscribe("a", () => {}, { sourceFilter: { include: ["nobody"] } });
    events = [];

    const messages = [bus.publish("a", 1), bus.publish("b", 2)];
    expect(events).toEqual([]);
    await turnEnd();

    expect(events).toEqual([
      { type: "publish", topic: "a", messageId: messages[0]?.id, handlerCount: 2, durationMs: 5 },
      { type: "publish", topic: "b", messageId: messages[1]?.id, handlerCount: 1, durationMs: 3 },
    ]);
  });

  it("does not count handlers that ended before the message reached them", async () => {
    const end = bus.subscribe("a", () => {});
    bus.subscribe("a", () => {});
    bus.subscribe("a", () => {});
    bus.publish("a", 1);
    end();

    await turnEnd();

    expect(events.at(-1)).toMatchObject({ type: "publish", handlerCount: 2 });
    expect(bus.getStats().messageCount.dispatched).toBe(2);
  });

  it("tells of messages that reach nobody", async () => {
    const { id } = bus.publish("a", 1);
    await turnEnd();

    expect(events).toEqual([
      { type: "publish", topic: "a", messageId: id, handlerCount: 0, durationMs: 0 },
    ]);
  });

  it("leaves the pause out of the duration when handlers go on in a later task", async () => {
    const done = new Promise<void>((resolve) => {
      for (let n = 0; n < 20; n += 1) {
        bus.subscribe("a", () => {
          clock.advance(5);
          if (n === 19) resolve();
        });
      }
    });
    events = [];

    const { id } = bus.publish("a", 1);
    await Promise.resolve();
    clock.advance(1_000);
    await done;
    await turnEnd();

    expect(events).toEqual([
      { type: "publish", topic: "a", messageId: id, handlerCount: 20, durationMs: 100 },
    ]);
  });

  it("tells of a refused topic with the error itself", () => {
    const topics = ["", "a..b"];
    const thrown = topics.map((topic) => catchError(() => bus.publish(topic, 1)));

    expect(thrown.every((error) => error instanceof InvalidTopicError)).toBe(true);
    expect(events).toEqual(
      thrown.map((error) => ({
        type: "warning",
        code: "INVALID_TOPIC",
        message: error.message,
        details: error,
      })),
    );
  });

  it("tells of a refused pattern, in subscribe and getHistory", async () => {
    catchError(() => bus.subscribe("a.#.b", () => {}));
    await expect(bus.getHistory("a..b")).rejects.toThrow(InvalidTopicError);

    expect(events).toMatchObject([
      { type: "warning", code: "INVALID_TOPIC", details: { topic: "a.#.b" } },
      { type: "warning", code: "INVALID_TOPIC", details: { topic: "a..b" } },
    ]);
  });

  it("may publish and subscribe", async () => {
    const received: unknown[] = [];
    let reacted = false;
    bus = createPubSub({
      clock,
      onDiagnostic: ({ type }) => {
        if (type !== "publish" || reacted) return;
        reacted = true;
        bus.subscribe("b", ({ payload }) => received.push(payload));
        bus.publish("b", 2);
      },
    });

    bus.publish("a", 1);
    await turnEnd();

    expect(received).toEqual([2]);
  });

  describe("when it throws", () => {
    let reportError: ReturnType<typeof vi.fn>;

    beforeEach(() => {
      reportError = vi.fn();
      vi.stubGlobal("reportError", reportError);
    });

    afterEach(() => {
      vi.unstubAllGlobals();
    });

    it("harms nothing, and the platform hears of it", async () => {
      const boom = new Error("boom");
      const received: unknown[] = [];
      bus = createPubSub({
        clock,
        onDiagnostic: () => {
          throw boom;
        },
      });

      const end = bus.subscribe("a", ({ payload }) => received.push(payload));
      bus.subscribe("a", () => {
        throw new Error("handler");
      });
      bus.publish("a", 1);
      bus.publish("a", 2);
      await turnEnd();
      end();

      expect(received).toEqual([1, 2]);
      // Of two subscriptions, two failures, two messages and one ending.
      expect(reportError.mock.calls).toEqual(Array.from({ length: 7 }, () => [boom]));
    });
  });
});

describe("debug", () => {
  let written: ReturnType<typeof vi.spyOn>;

  beforeEach(() => {
    written = vi.spyOn(console, "debug").mockImplementation(() => {});
  });

  it("writes every event to the console", async () => {
    const events: DiagnosticEvent[] = [];
    const bus = createPubSub({ debug: true, onDiagnostic: (event) => events.push(event) });

    bus.subscribe("a", () => {});
    bus.publish("a", 1);
    await turnEnd();

    expect(events.map(({ type }) => type)).toEqual(["subscribe", "publish"]);
    expect(written.mock.calls).toEqual(events.map((event) => ["[@pubsub-mfe/core]", event]));
  });

  it("is silent when off", async () => {
    const bus = createPubSub();
    bus.subscribe("a", () => {});
    bus.publish("a", 1);
    await turnEnd();

    expect(written).not.toHaveBeenCalled();
  });

  it("does not stop delivery when the console throws", async () => {
    vi.stubGlobal("reportError", vi.fn());
    written.mockImplementation(() => {
      throw new Error("console");
    });
    const received: unknown[] = [];
    const bus = createPubSub({ debug: true });
    bus.subscribe("a", ({ payload }) => received.push(payload));

    bus.publish("a", 1);
    bus.publish("a", 2);
    await turnEnd();
    vi.unstubAllGlobals();

    expect(received).toEqual([1, 2]);
  });

  it("freezes plain objects and arrays of payloads all the way down", () => {
    const bus = createPubSub({ debug: true });
    const payload = { list: [{ n: 1 }], bare: Object.create(null) as object, none: null };

    bus.publish("a", payload);

    expect([payload, payload.list, payload.list[0], payload.bare].every(Object.isFrozen)).toBe(
      true,
    );
  });
});

describe("isBusError", () => {
  it("knows an error by its brand, also one of another copy of the package", async () => {
    const error = catchError(() => createPubSub().publish("", 1));
    vi.resetModules();
    const copy = await import("./index.js");
    const foreign = catchError(() => copy.createPubSub().publish("", 1));
    expect(foreign).not.toBeInstanceOf(BusError);

    for (const each of [error, foreign]) {
      expect(isBusError(each)).toBe(true);
      expect(isBusError(each, "INVALID_TOPIC")).toBe(true);
      expect(isBusError(each, "BUS_DISPOSED")).toBe(false);
    }
  });

  it.each([
    undefined,
    null,
    "INVALID_TOPIC",
    new Error("INVALID_TOPIC"),
    { code: "ENOENT" },
    { code: "INVALID_TOPIC" },
    { code: "constructor" },
    { code: 5 },
    { code: undefined },
  ])("is false for %o", (value) => {
    expect(isBusError(value)).toBe(false);
  });
});

function catchError(fn: () => unknown): Error {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown.");
}
