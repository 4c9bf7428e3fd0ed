import { beforeEach, describe, expect, it } from "vitest";
import { takeTurns } from "./fixtures/links.js";
import { turnEnd } from "./fixtures/turn.js";
import {
  type BusHooks,
  createPubSub,
  type DiagnosticEvent,
  isBusError,
  type Message,
  type PubSubBus,
} from "./index.js";

let bus: PubSubBus;
let hooks: BusHooks;
let events: DiagnosticEvent[];
let log: string[];

beforeEach(() => {
  events = [];
  log = [];
  bus = createPubSub({
    retention: { maxMessages: 5 },
    onDiagnostic: (event) => events.push(event),
  });
  hooks = bus.getHooks();
});

describe("onPublish", () => {
  it("is called inside publish with the message, also when nobody is subscribed", () => {
    const told: Message[] = [];
    hooks.onPublish((message) => told.push(message));

    const message = bus.publish("a", 1);

    expect(told).toHaveLength(1);
    expect(told[0]).toBe(message);
  });

  it("is not called for messages that stay in the page", () => {
    hooks.onPublish(({ payload }) => log.push(String(payload)));

    bus.publish("a", 1, { scope: "page" });
    bus.publish("a", 2);

    expect(log).toEqual(["2"]);
  });

  it("is not called for what was refused", () => {
    hooks.onPublish(() => log.push("told"));

    expect(() => bus.publish("a.+", 1)).toThrow();

    expect(log).toEqual([]);
  });

  it("is called once for each time it was added, until that is ended", () => {
    const listener = ({ payload }: Message) => log.push(String(payload));
    const end = hooks.onPublish(listener);
    hooks.onPublish(listener);

    bus.publish("a", 1);
    end();
    end();
    bus.publish("a", 2);

    expect(log).toEqual(["1", "1", "2"]);
  });

  it("is no longer called once an earlier listener ended it", () => {
    hooks.onPublish(() => end());
    const end = hooks.onPublish(() => log.push("later"));

    bus.publish("a", 1);

    expect(log).toEqual([]);
  });

  it("keeps publish order for a listener that publishes", async () => {
    const turns: unknown[] = [];
    hooks.onPublish(({ topic, payload }) => {
      if (topic === "a") bus.publish("b", payload);
    });
    takeTurns(bus, (messages) => turns.push(messages.map(({ topic }) => topic)));
    bus.subscribe("#", ({ topic, payload }) => log.push(`${topic}${payload}`));

    bus.publish("a", 1);
    bus.publish("a", 2);
    await turnEnd();

    expect(log).toEqual(["a1", "b1", "a2", "b2"]);
    expect(turns).toEqual([["a", "b", "a", "b"]]);
    expect((await bus.getHistory("#")).map(({ topic }) => topic)).toEqual(["a", "b", "a", "b"]);
  });

  it("changes nothing when it throws, and is reported", async () => {
    const boom = new Error("boom");
    hooks.onPublish(() => {
      throw boom;
    });
    hooks.onPublish(() => log.push("second listener"));
    bus.subscribe("a", () => log.push("handler"));

    expect(() => bus.publish("a", 1)).not.toThrow();
    await turnEnd();

    expect(log).toEqual(["second listener", "handler"]);
    expect(events).toContainEqual({
      type: "warning",
      code: "HOOK_FAILED",
      message: "An adapter's listener threw: Error: boom",
      details: boom,
    });
  });
});

describe("dispatchExternal", () => {
  const external: Message = {
    id: "elsewhere-1",
    topic: "a.b",
    ts: 5,
    payload: { n: 1 },
    schemaVersion: "a@1",
    meta: { source: "other-tab" },
  };

  it("delivers to handlers in a microtask, with every field", async () => {
    const received: Message[] = [];
    bus.subscribe("a.+", (message) => received.push(message));

    hooks.dispatchExternal(external);
    expect(received).toEqual([]);
    await turnEnd();

    expect(received).toEqual([external]);
    expect(received[0]?.payload).toBe(external.payload);
  });

  it("delivers in order with what is published here", async () => {
    bus.subscribe("#", ({ payload }) => log.push(JSON.stringify(payload)));

    bus.publish("x", 1);
    hooks.dispatchExternal(external);
    bus.publish("x", 2);
    await turnEnd();

    expect(log).toEqual(["1", '{"n":1}', "2"]);
  });

  it("neither retains the message, nor passes it on, nor counts it as published", async () => {
    hooks.onPublish(() => log.push("onPublish"));
    takeTurns(bus, () => log.push("link"));
    bus.subscribe("#", () => log.push("handler"));

    hooks.dispatchExternal(external);
    await turnEnd();

    expect(log).toEqual(["handler"]);
    expect(await bus.getHistory("#")).toEqual([]);
    expect(bus.getStats().messageCount).toEqual({ published: 0, dispatched: 1 });
  });

  it("honours source filters", async () => {
    bus.subscribe("#", () => log.push("without"), { sourceFilter: { exclude: ["other-tab"] } });
    bus.subscribe("#", () => log.push("with"), { sourceFilter: { include: ["other-tab"] } });

    hooks.dispatchExternal(external);
    await turnEnd();

    expect(log).toEqual(["with"]);
  });

  it("makes a frozen envelope of the known fields alone", async () => {
    const received: Message[] = [];
    bus.subscribe("#", (message) => received.push(message));
    const raw = { ...external, extra: true, meta: { source: "x" } };

    hooks.dispatchExternal(raw);
    raw.meta.source = "changed";
    await turnEnd();

    expect(received).toEqual([{ ...external, meta: { source: "x" } }]);
    expect(Object.isFrozen(received[0])).toBe(true);
    expect(Object.isFrozen(received[0]?.meta)).toBe(true);
    expect(Object.isFrozen(raw)).toBe(false);
  });

  it.each([
    [null, "null is not a message: pass an object."],
    ["text", '"text" is not a message: pass an object.'],
    [{ ...external, id: "" }, 'Not a message: its id is "", not a string of 1 to 256 characters.'],
    [{ ...external, id: 1 }, "Not a message: its id is 1, not a string of 1 to 256 characters."],
    [
      { ...external, topic: "a.#" },
      'Not a message: its topic is "a.#", not a topic like cart.item.added.',
    ],
    [
      { ...external, topic: undefined },
      "Not a message: its topic is undefined, not a topic like cart.item.added.",
    ],
    [
      { ...external, ts: Number.NaN },
      "Not a message: its ts is NaN, not a time in milliseconds since the epoch.",
    ],
    [
      { ...external, ts: "5" },
      'Not a message: its ts is "5", not a time in milliseconds since the epoch.',
    ],
    [{ ...external, schemaVersion: 1 }, "Not a message: its schemaVersion is 1, not a string."],
    [{ ...external, meta: null }, "Not a message: its meta is null, not an object."],
    [{ ...external, meta: [] }, "Not a message: its meta is an array, not an object."],
  ])("refuses what is malformed: %o", async (value, message) => {
    bus.subscribe("#", () => log.push("handler"));
    let thrown: unknown;

    try {
      hooks.dispatchExternal(value as Message);
    } catch (error) {
      thrown = error;
    }
    await turnEnd();

    expect(isBusError(thrown, "INVALID_MESSAGE")).toBe(true);
    expect((thrown as Error).message).toBe(message);
    expect(log).toEqual([]);
    expect(events.filter(({ type }) => type === "warning")).toEqual([
      { type: "warning", code: "INVALID_MESSAGE", message, details: thrown },
    ]);
  });

  it("does not let a __proto__ key through to prototypes", async () => {
    const received: Message[] = [];
    bus.subscribe("#", (message) => received.push(message));

    const meta = JSON.parse('{"__proto__":{"source":"evil"}}') as Record<string, unknown>;
    hooks.dispatchExternal({ ...external, meta });
    await turnEnd();

    expect(received[0]?.meta?.source).toBeUndefined();
    expect(Object.keys(received[0]?.meta ?? {})).toEqual(["__proto__"]);
  });
});

describe("notifyAdapterAttached and notifyAdapterDetached", () => {
  it("tell diagnostics", () => {
    hooks.notifyAdapterAttached("history");
    hooks.notifyAdapterDetached("history");

    expect(events).toEqual([
      { type: "link", domain: "history", state: "attached" },
      { type: "link", domain: "history", state: "detached" },
    ]);
  });
});
