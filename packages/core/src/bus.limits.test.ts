import { describe, expect, it } from "vitest";
import { turnEnd } from "./fixtures/turn.js";
import {
  createPubSub,
  type DiagnosticEvent,
  HandlerLimitError,
  InvalidArgumentError,
  isBusError,
  type SubscribeOptions,
} from "./index.js";

const handler = () => {};
const internal = { [Symbol.for("@pubsub-mfe/internal")]: true } as SubscribeOptions;

describe("maxHandlersPerTopic", () => {
  it("is 50 by default, for each pattern by itself", () => {
    const bus = createPubSub();
    for (let n = 0; n < 50; n += 1) {
      bus.subscribe("a", handler);
      bus.subscribe("a.#", handler);
    }

    expect(() => bus.subscribe("a", handler)).toThrow(HandlerLimitError);
    expect(() => bus.subscribe("a.#", handler)).toThrow(HandlerLimitError);
    expect(() => bus.subscribe("a.+", handler)).not.toThrow();
    expect(bus.handlerCount()).toBe(101);
  });

  it("throws with the numbers, and with them as fields", () => {
    const bus = createPubSub({ maxHandlersPerTopic: 1 });
    bus.subscribe("a", handler);

    const error = caught(() => bus.subscribe("a", handler));

    expect(isBusError(error, "HANDLER_LIMIT")).toBe(true);
    expect(error).toMatchObject({
      name: "HandlerLimitError",
      pattern: "a",
      maxHandlers: 1,
      message:
        '"a" already has 1 handlers, the most that maxHandlersPerTopic allows. ' +
        "Is something subscribed again and again without being unsubscribed? If not, raise maxHandlersPerTopic.",
    });
  });

  it("tells diagnostics before it throws", () => {
    const events: DiagnosticEvent[] = [];
    const bus = createPubSub({
      maxHandlersPerTopic: 0,
      onDiagnostic: (event) => events.push(event),
    });

    expect(() => bus.subscribe("a.+", handler)).toThrow(HandlerLimitError);

    expect(events).toEqual([
      {
        type: "limit-exceeded",
        limitType: "max-handlers",
        pattern: "a.+",
        currentCount: 0,
        maxAllowed: 0,
      },
    ]);
  });

  it("leaves a handler out with a diagnostic where told to warn", async () => {
    const events: DiagnosticEvent[] = [];
    const received: string[] = [];
    const bus = createPubSub({
      maxHandlersPerTopic: 1,
      onMaxHandlersExceeded: "warn",
      retention: { maxMessages: 1 },
      onDiagnostic: (event) => events.push(event),
    });
    bus.publish("a", 1);
    bus.subscribe("a", () => received.push("first"));

    const end = bus.subscribe("a", () => received.push("second"), { replay: 1 });
    end();
    bus.publish("a", 2);
    await turnEnd();

    expect(received).toEqual(["first"]);
    expect(bus.handlerCount("a")).toBe(1);
    expect(events.filter(({ type }) => type === "limit-exceeded")).toEqual([
      {
        type: "limit-exceeded",
        limitType: "max-handlers",
        pattern: "a",
        currentCount: 1,
        maxAllowed: 1,
      },
    ]);
  });

  it("gives a place back when a subscription ends", () => {
    const bus = createPubSub({ maxHandlersPerTopic: 2 });
    bus.subscribe("a", handler);
    const end = bus.subscribe("a", handler);

    end();
    bus.subscribe("a", handler);

    expect(bus.handlerCount("a")).toBe(2);
    expect(() => bus.subscribe("a", handler)).toThrow(HandlerLimitError);
  });

  it("does not count what libraries subscribe, before or after", () => {
    const bus = createPubSub({ maxHandlersPerTopic: 1 });

    bus.subscribe("a", handler, internal);
    bus.subscribe("a", handler, internal);
    bus.subscribe("a", handler);
    bus.subscribe("a", handler, internal);

    expect(bus.handlerCount("a")).toBe(4);
    expect(() => bus.subscribe("a", handler)).toThrow(HandlerLimitError);
  });

  it("delivers to what libraries subscribe like to anybody", async () => {
    const received: unknown[] = [];
    const bus = createPubSub({ maxHandlersPerTopic: 0 });
    const end = bus.subscribe("a", ({ payload }) => received.push(payload), internal);

    bus.publish("a", 1);
    await turnEnd();
    end();
    bus.publish("a", 2);
    await turnEnd();

    expect(received).toEqual([1]);
  });

  it("may be without a bound", () => {
    const bus = createPubSub({ maxHandlersPerTopic: Number.POSITIVE_INFINITY });
    for (let n = 0; n < 200; n += 1) bus.subscribe("a", handler);

    expect(bus.handlerCount("a")).toBe(200);
  });

  it.each([-1, Number.NaN])("cannot be %s", (maxHandlersPerTopic) => {
    const error = caught(() => createPubSub({ maxHandlersPerTopic }));

    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toBe(
      `maxHandlersPerTopic is ${maxHandlersPerTopic}: it must be a number, 0 or more. For no limit pass Infinity.`,
    );
  });
});

function caught(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown.");
}
