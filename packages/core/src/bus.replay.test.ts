import { beforeEach, describe, expect, it } from "vitest";
import { turnEnd } from "./fixtures/turn.js";
import { createPubSub, type DiagnosticEvent, type PubSubBus } from "./index.js";

describe("replay", () => {
  let bus: PubSubBus;
  let events: DiagnosticEvent[];
  let received: string[];

  beforeEach(() => {
    events = [];
    received = [];
    bus = createPubSub({
      retention: { maxMessages: 10 },
      onDiagnostic: (event) => events.push(event),
    });
  });

  const receive = ({ topic, payload }: { topic: string; payload: unknown }) => {
    received.push(`${topic}=${String(payload)}`);
  };

  it("delivers the last so many messages that match, synchronously and oldest first", () => {
    bus.publish("a.x", 1);
    bus.publish("b", 2);
    bus.publish("a.y", 3);
    bus.publish("a.x", 4);

    bus.subscribe("a.#", receive, { replay: 2 });

    expect(received).toEqual(["a.y=3", "a.x=4"]);
  });

  it("delivers fewer where there are no more, and tells of no gap", () => {
    bus.publish("a", 1);

    bus.subscribe("a", receive, { replay: 5 });

    expect(received).toEqual(["a=1"]);
    expect(events.filter(({ type }) => type === "gap")).toEqual([]);
  });

  it("delivers nothing unless asked to", () => {
    bus.publish("a", 1);

    bus.subscribe("a", receive);
    bus.subscribe("a", receive, { replay: 0 });

    expect(received).toEqual([]);
  });

  it("delivers the newest message of each topic for latest, in publish order", () => {
    bus.publish("a", 1);
    bus.publish("b", 2);
    bus.publish("c.d", 3);
    bus.publish("a", 4);

    bus.subscribe("+", receive, { replay: "latest" });

    expect(received).toEqual(["b=2", "a=4"]);
  });

  it("does nothing on a bus that keeps nothing", () => {
    bus = createPubSub();
    bus.publish("a", 1);

    bus.subscribe("a", receive, { replay: 5 });
    bus.subscribe("a", receive, { replay: "latest" });

    expect(received).toEqual([]);
  });

  it("comes before live messages, and brings none of them twice", async () => {
    bus.publish("a", 1);
    bus.subscribe("a", receive, { replay: 5 });
    bus.publish("a", 2);
    await turnEnd();

    expect(received).toEqual(["a=1", "a=2"]);
  });

  it("delivers live what a handler publishes meanwhile", async () => {
    bus.publish("a", 1);
    bus.publish("a", 2);
    bus.subscribe(
      "a",
      (message) => {
        receive(message);
        if (message.payload === 1) bus.publish("a", 3);
      },
      { replay: 5 },
    );
    expect(received).toEqual(["a=1", "a=2"]);

    await turnEnd();

    expect(received).toEqual(["a=1", "a=2", "a=3"]);
  });

  it("reaches the new handler only", async () => {
    bus.subscribe("a", receive);
    bus.publish("a", 1);
    await turnEnd();

    bus.subscribe("a", () => {}, { replay: 1 });
    await turnEnd();

    expect(received).toEqual(["a=1"]);
  });

  it.each([
    [{ include: ["cart"] }, ["m=cart"]],
    [{ exclude: ["cart"] }, ["m=shop", "m=none"]],
    [{ include: ["cart", "shop"], exclude: ["cart"] }, ["m=shop"]],
    [{ include: [] }, []],
    [{ exclude: [] }, ["m=cart", "m=shop", "m=none"]],
    [{}, ["m=cart", "m=shop", "m=none"]],
  ])("honours the source filter %o, as live messages do", async (sourceFilter, expected) => {
    const publishAll = () => {
      for (const source of ["cart", "shop"]) bus.publish("m", source, { source });
      bus.publish("m", "none");
    };
    publishAll();

    bus.subscribe("m", receive, { replay: 3, sourceFilter });
    expect(received).toEqual(expected);

    received = [];
    publishAll();
    await turnEnd();
    expect(received).toEqual(expected);
  });

  it("looks past messages that the source filter leaves out", () => {
    bus.publish("a", 1, { source: "cart" });
    bus.publish("a", 2, { source: "shop" });
    bus.publish("a", 3, { source: "shop" });

    bus.subscribe("a", receive, { replay: 1, sourceFilter: { include: ["cart"] } });
    bus.subscribe("a", receive, { replay: "latest", sourceFilter: { include: ["cart"] } });

    expect(received).toEqual(["a=1", "a=1"]);
  });

  it("goes on after a handler that throws or rejects, and reports it", async () => {
    const boom = new Error("boom");
    const messages = [1, 2, 3].map((n) => bus.publish("a", n));

    bus.subscribe(
      "a",
      (message) => {
        receive(message);
        if (message.payload === 1) throw boom;
        return message.payload === 2 ? Promise.reject(boom) : undefined;
      },
      { replay: 3 },
    );
    await turnEnd();

    expect(received).toEqual(["a=1", "a=2", "a=3"]);
    const failures = events.filter(({ type }) => type === "handler-error");
    expect(failures).toEqual([
      {
        type: "handler-error",
        topic: "a",
        messageId: messages[0]?.id,
        error: boom,
        handlerIndex: -1,
      },
      {
        type: "handler-error",
        topic: "a",
        messageId: messages[1]?.id,
        error: boom,
        handlerIndex: -1,
      },
    ]);
  });

  it("replays all that is retained for Infinity, and tells what is not", () => {
    for (let n = 1; n <= 14; n += 1) bus.publish("a", n);

    bus.subscribe("a", receive, { replay: Number.POSITIVE_INFINITY });

    expect(received).toHaveLength(10);
    expect(events).toContainEqual({
      type: "gap",
      kind: "replay",
      from: "a",
      count: 4,
    });
  });

  it("counts no dispatch: those are of live messages", () => {
    bus.publish("a", 1);

    bus.subscribe("a", receive, { replay: 1 });

    expect(bus.getStats().messageCount).toEqual({ published: 1, dispatched: 0 });
  });
});

describe("sourceFilter", () => {
  it("works on wildcards and is read once", async () => {
    const bus = createPubSub();
    const received: unknown[] = [];
    const include = ["cart"];
    bus.subscribe("#", ({ payload }) => received.push(payload), { sourceFilter: { include } });

    include[0] = "shop";
    bus.publish("a", 1, { source: "cart" });
    bus.publish("b.c", 2, { source: "shop" });
    bus.publish("b.c", 3, { meta: { source: "cart" } });
    await turnEnd();

    expect(received).toEqual([1, 3]);
  });
});
