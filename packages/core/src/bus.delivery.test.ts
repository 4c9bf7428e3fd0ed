import { beforeEach, describe, expect, it } from "vitest";
import { turnEnd } from "./fixtures/turn.js";
import { createPubSub, type PubSubBus } from "./index.js";
import { ManualClock } from "./testing/manual-clock.js";

let bus: PubSubBus;
let log: string[];

/** A handler that notes its name and the payload. */
function note(name: string): (message: { payload: unknown }) => void {
  return ({ payload }) => {
    log.push(`${name}${String(payload)}`);
  };
}

beforeEach(() => {
  // Time stands still: the time budget never ends a turn early, however slow the machine.
  bus = createPubSub({ clock: new ManualClock() });
  log = [];
});

describe("delivery", () => {
  it("calls no handler before publish returns, and then in a microtask", async () => {
    bus.subscribe("a", note("h"));

    bus.publish("a", 1);
    expect(log).toEqual([]);

    await Promise.resolve();
    expect(log).toEqual(["h1"]);
  });

  it("delivers all messages of a turn in one microtask", async () => {
    bus.subscribe("a", note("h"));
    bus.publish("a", 1);
    bus.publish("b", 2);
    bus.publish("a", 3);

    await Promise.resolve();

    expect(log).toEqual(["h1", "h3"]);
  });

  it("goes message by message in publish order, over topics", async () => {
    bus.subscribe("#", note("all"));
    bus.subscribe("a", note("a"));
    bus.subscribe("b", note("b"));

    bus.publish("b", 1);
    bus.publish("a", 2);
    bus.publish("b", 3);
    await turnEnd();

    expect(log).toEqual(["all1", "b1", "all2", "a2", "all3", "b3"]);
  });

  it("calls handlers in subscription order, whatever their patterns", async () => {
    bus.subscribe("a.b", note("exact"));
    bus.subscribe("a.#", note("open"));
    bus.subscribe("a.b", note("again"));
    bus.subscribe("+.b", note("plus"));
    bus.subscribe("#", note("all"));
    bus.subscribe("a.+", note("tail"));
    bus.subscribe("a.b", note("last"));

    bus.publish("a.b", 1);
    await turnEnd();

    expect(log).toEqual(["exact1", "open1", "again1", "plus1", "all1", "tail1", "last1"]);
  });

  it("calls a handler once for each time it was subscribed", async () => {
    const handler = note("h");
    const endFirst = bus.subscribe("a", handler);
    bus.subscribe("a", handler);

    bus.publish("a", 1);
    await turnEnd();
    expect(log).toEqual(["h1", "h1"]);

    endFirst();
    endFirst();
    bus.publish("a", 2);
    await turnEnd();
    expect(log).toEqual(["h1", "h1", "h2"]);
  });

  it("does not reach topics that only look alike", async () => {
    bus.subscribe("a.b", note("exact"));
    bus.subscribe("a.+", note("plus"));

    for (const topic of ["a", "a.b.c", "b.a", "a-b", "A.b"]) bus.publish(topic, topic);
    await turnEnd();

    expect(log).toEqual([]);
  });

  it("treats topics named like members of Object as any other", async () => {
    const topics = ["constructor", "__proto__", "hasOwnProperty", "toString", "__proto__.valueOf"];
    for (const topic of topics) bus.publish(topic, "early");
    for (const topic of topics) bus.subscribe(topic, note(`${topic}:`));
    bus.subscribe("__proto__.#", note("wild:"));

    for (const topic of topics) bus.publish(topic, 1);
    await turnEnd();

    expect(log).toEqual([
      "constructor:1",
      "__proto__:1",
      "wild:1",
      "hasOwnProperty:1",
      "toString:1",
      "__proto__.valueOf:1",
      "wild:1",
    ]);
    expect(bus.handlerCount("valueOf")).toBe(0);
  });

  it("delivers huge topics and payloads", async () => {
    const topic = Array.from({ length: 20_000 }, () => "segment").join(".");
    const payload = "x".repeat(1_000_000);
    const received: unknown[] = [];
    bus.subscribe("segment.#", (message) => received.push(message.payload));
    bus.subscribe(topic, (message) => received.push(message.topic));

    bus.publish(topic, payload);
    await turnEnd();

    expect(received).toEqual([payload, topic]);
  });

  it("finds its handlers also after a stream of unique topics", async () => {
    bus.subscribe("hot.+", note("h"));
    for (let n = 0; n < 20_000; n += 1) bus.publish(`hot.${n}`, "");
    await turnEnd();
    expect(log).toHaveLength(20_000);

    log = [];
    bus.subscribe("#", note("late"));
    bus.publish("hot.1", 1);
    bus.publish("hot.19999", 2);
    await turnEnd();

    expect(log).toEqual(["h1", "late1", "h2", "late2"]);
  });
});

describe("publishing within a handler", () => {
  it("appends to the queue", async () => {
    bus.subscribe("a", ({ payload }) => {
      log.push(`first${payload}`);
      if (payload === 1) bus.publish("a", 3);
      log.push(`first${payload} done`);
    });
    bus.subscribe("a", note("second"));

    bus.publish("a", 1);
    bus.publish("a", 2);
    await turnEnd();

    expect(log).toEqual([
      "first1",
      "first1 done",
      "second1",
      "first2",
      "first2 done",
      "second2",
      "first3",
      "first3 done",
      "second3",
    ]);
  });

  it("does not recurse, however long the chain", async () => {
    let depth = 0;
    let deepest = 0;
    const done = new Promise<number>((resolve) => {
      bus.subscribe("a", ({ payload }) => {
        depth += 1;
        deepest = Math.max(deepest, depth);
        if (payload < 20_000) bus.publish("a", payload + 1);
        else resolve(payload);
        depth -= 1;
      });
    });

    bus.publish("a", 1);

    expect(await done).toBe(20_000);
    expect(deepest).toBe(1);
  });
});

describe("subscribing within a handler", () => {
  it("brings only messages that are published afterwards", async () => {
    let subscribed = false;
    bus.subscribe("a", () => {
      if (subscribed) return;
      subscribed = true;
      bus.subscribe("a", note("late"));
      bus.subscribe("#", note("wild"));
      bus.publish("a", 3);
    });

    bus.publish("a", 1);
    bus.publish("a", 2);
    await turnEnd();

    expect(log).toEqual(["late3", "wild3"]);
  });

  it("brings nothing of what was published before in the same turn", async () => {
    bus.subscribe("a", note("early"));
    bus.publish("a", 1);
    bus.subscribe("a", note("late"));
    bus.publish("a", 2);

    await turnEnd();

    expect(log).toEqual(["early1", "early2", "late2"]);
  });

  it("brings nothing of what nobody waited for when it was published", async () => {
    bus.publish("a", 1);
    bus.subscribe("a", note("late"));

    await turnEnd();

    expect(log).toEqual([]);
  });
});
