import { beforeEach, describe, expect, it } from "vitest";
import { turnEnd } from "../fixtures/turn.js";
import {
  createPubSub,
  type DiagnosticEvent,
  InvalidArgumentError,
  InvalidTopicError,
  type PubSubBus,
  type RetentionConfig,
} from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";

let clock: ManualClock;
let bus: PubSubBus;
let events: DiagnosticEvent[];

function create(retention: RetentionConfig): void {
  clock = new ManualClock(1_000);
  events = [];
  bus = createPubSub({ clock, retention, onDiagnostic: (event) => events.push(event) });
}

async function history(pattern: string, query?: Parameters<PubSubBus["getHistory"]>[1]) {
  return (await bus.getHistory(pattern, query)).map(({ payload }) => payload as unknown);
}

function replay(pattern: string, count: number | "latest"): unknown[] {
  const received: unknown[] = [];
  bus.subscribe(pattern, ({ payload }) => received.push(payload), { replay: count })();
  return received;
}

function gaps(): DiagnosticEvent[] {
  return events.filter(({ type }) => type === "gap");
}

describe("maxMessages", () => {
  beforeEach(() => create({ maxMessages: 3 }));

  it("keeps the newest messages over all topics", async () => {
    for (let n = 1; n <= 5; n += 1) bus.publish(n % 2 ? "odd" : "even", n);

    expect(await history("#")).toEqual([3, 4, 5]);
    expect(await history("odd")).toEqual([3, 5]);
    expect(bus.getStats()).toMatchObject({ retentionBufferSize: 3, retentionBufferCapacity: 3 });
  });

  it("keeps the very messages that were published", async () => {
    const message = bus.publish("a", { n: 1 });

    expect((await bus.getHistory("a"))[0]).toBe(message);
  });

  it("keeps nothing at 0", async () => {
    create({ maxMessages: 0 });

    bus.publish("a", 1);

    expect(await history("a")).toEqual([]);
    expect(replay("a", 1)).toEqual([]);
    expect(bus.getStats().retentionBufferSize).toBe(0);
  });
});

describe("perTopic", () => {
  it("limits each topic of a pattern, and leaves others alone", async () => {
    create({ maxMessages: 10, perTopic: { "mouse.+": 2 } });

    for (let n = 1; n <= 3; n += 1) {
      bus.publish("mouse.move", `move ${n}`);
      bus.publish("mouse.click", `click ${n}`);
      bus.publish("key", `key ${n}`);
    }

    expect(await history("#")).toEqual([
      "key 1",
      "move 2",
      "click 2",
      "key 2",
      "move 3",
      "click 3",
      "key 3",
    ]);
  });

  it("takes the smallest limit where several patterns match", async () => {
    create({ maxMessages: 10, perTopic: { "#": 3, "a.#": 1, "a.b": 2 } });

    for (let n = 1; n <= 4; n += 1) {
      bus.publish("a.b", `ab${n}`);
      bus.publish("c", `c${n}`);
    }

    expect(await history("a.b")).toEqual(["ab4"]);
    expect(await history("c")).toEqual(["c2", "c3", "c4"]);
  });

  it("keeps nothing of a topic at 0", async () => {
    create({ maxMessages: 10, perTopic: { secret: 0 } });

    bus.publish("secret", 1);
    bus.publish("open", 2);

    expect(await history("#")).toEqual([2]);
  });

  it("counts right when maxMessages takes messages of a limited topic away", async () => {
    create({ maxMessages: 3, perTopic: { a: 2 } });

    for (const [n, topic] of ["a", "b", "b", "b", "a", "a", "b", "a"].entries()) {
      bus.publish(topic, n);
    }

    expect(await history("#")).toEqual([5, 6, 7]);
    expect(await history("a")).toEqual([5, 7]);
  });
});

describe("ttlMs", () => {
  beforeEach(() => create({ maxMessages: 10, ttlMs: 100, perTopic: { a: 2 }, latest: ["#"] }));

  it("keeps a message to the last millisecond, and no longer", async () => {
    bus.publish("a", 1);

    clock.advance(100);
    expect(await history("a")).toEqual([1]);
    expect(replay("a", 1)).toEqual([1]);
    expect(bus.getStats().retentionBufferSize).toBe(1);

    clock.advance(1);
    expect(await history("a")).toEqual([]);
    expect(replay("a", 1)).toEqual([]);
    expect(replay("a", "latest")).toEqual([]);
    expect(bus.getStats().retentionBufferSize).toBe(0);
  });

  it("forgets the old and keeps the young", async () => {
    bus.publish("a", 1);
    bus.publish("b", 2);
    await turnEnd(); // the time of a message is that of its turn
    clock.advance(60);
    bus.publish("a", 3);
    await turnEnd();
    clock.advance(60);
    bus.publish("a", 4);

    expect(await history("#")).toEqual([3, 4]);
    expect(replay("#", "latest")).toEqual([4]);
  });

  it("does not call what expired a gap", () => {
    bus.publish("a", 1);
    clock.advance(101);

    replay("a", 5);
    replay("a", "latest");

    expect(gaps()).toEqual([]);
  });
});

describe("latest", () => {
  it("keeps the newest message of each topic, whatever maxMessages says", () => {
    create({ maxMessages: 1, latest: ["state.#"] });

    bus.publish("state.user", "anna");
    bus.publish("state.cart", "empty");
    bus.publish("state.user", "ben");
    bus.publish("noise", 1);
    bus.publish("noise", 2);

    expect(replay("state.#", "latest")).toEqual(["empty", "ben"]);
    expect(replay("#", "latest")).toEqual(["empty", "ben", 2]);
    expect(gaps()).toEqual([]);
  });

  it("is for the replay of the latest alone", async () => {
    create({ maxMessages: 0, latest: ["a"] });

    bus.publish("a", 1);

    expect(await history("a")).toEqual([]);
    expect(replay("a", 1)).toEqual([]);
    expect(replay("a", "latest")).toEqual([1]);
  });

  it("follows the 10,000 topics that were published last", () => {
    create({ maxMessages: 0, latest: ["#"] });
    bus.publish("first", "first");
    bus.publish("second", "second");
    for (let n = 0; n < 9_998; n += 1) bus.publish(`unique.${n}`, n);
    bus.publish("first", "first again");
    expect(replay("#", "latest")).toHaveLength(10_000);

    bus.publish("one.more", "last");

    expect(replay("+", "latest")).toEqual(["first again"]);
    expect(replay("#", "latest")).toHaveLength(10_000);
  });
});

describe("a gap diagnostic", () => {
  beforeEach(() => {
    create({ maxMessages: 2 });
    for (let n = 1; n <= 5; n += 1) bus.publish(`a.${n}`, n);
  });

  it("tells how many of the messages asked for were dropped", () => {
    expect(replay("a.#", 4)).toEqual([4, 5]);

    expect(gaps()).toEqual([{ type: "gap", kind: "replay", from: "a.#", count: 2 }]);
  });

  it("counts no more than were dropped", () => {
    expect(replay("a.#", 100)).toEqual([4, 5]);

    expect(gaps()).toEqual([{ type: "gap", kind: "replay", from: "a.#", count: 3 }]);
  });

  it("comes only when what was asked for is not there", () => {
    replay("a.#", 2);
    replay("b", 5);
    replay("a.5", 5);

    expect(gaps()).toEqual([]);
  });

  it("counts topics for the replay of the latest", () => {
    bus.publish("a.1", "again");

    expect(replay("a.+", "latest")).toEqual([5, "again"]);

    expect(gaps()).toEqual([{ type: "gap", kind: "replay", from: "a.+", count: 3 }]);
  });

  it("knows of the 1,000 topics that were dropped from last", () => {
    create({ maxMessages: 0 });
    for (let n = 1; n <= 1_500; n += 1) bus.publish(`unique.${n}`, n);

    replay("unique.1", 1);
    expect(gaps()).toEqual([]);

    replay("unique.1500", 1);
    replay("#", 5_000);
    expect(gaps()).toMatchObject([
      { from: "unique.1500", count: 1 },
      { from: "#", count: 1_000 },
    ]);
  });

  it("comes before the messages", () => {
    const order: string[] = [];
    bus = createPubSub({
      retention: { maxMessages: 1 },
      onDiagnostic: ({ type }) => order.push(type),
    });
    bus.publish("a", 1);
    bus.publish("a", 2);

    bus.subscribe("a", () => order.push("handler"), { replay: 2 });

    expect(order).toEqual(["subscribe", "gap", "handler"]);
  });
});

describe("a retention that cannot be", () => {
  it.each<[RetentionConfig, string]>([
    [
      { maxMessages: -1 },
      "retention.maxMessages is -1: it must be a whole number of messages, 0 or more.",
    ],
    [
      { maxMessages: 1.5 },
      "retention.maxMessages is 1.5: it must be a whole number of messages, 0 or more.",
    ],
    [
      {} as RetentionConfig,
      "retention.maxMessages is undefined: it must be a whole number of messages, 0 or more.",
    ],
    [
      { maxMessages: 1, perTopic: { "a.#": Number.NaN } },
      'retention.perTopic["a.#"] is NaN: it must be a whole number of messages, 0 or more.',
    ],
    [
      { maxMessages: 1, ttlMs: 0 },
      "retention.ttlMs is 0: it must be more than 0 milliseconds. For no limit leave it out.",
    ],
    [
      { maxMessages: 1, ttlMs: Number.NaN },
      "retention.ttlMs is NaN: it must be more than 0 milliseconds. For no limit leave it out.",
    ],
    [
      { maxMessages: 1, latest: "a" as unknown as string[] },
      'retention.latest is "a": it must be an array.',
    ],
  ])("is refused: %o", (retention, message) => {
    expect(() => createPubSub({ retention })).toThrow(new InvalidArgumentError(message));
  });

  it("names a pattern that is none", () => {
    expect(() => create({ maxMessages: 1, perTopic: { "a.#.b": 1 } })).toThrow(InvalidTopicError);
    expect(() => create({ maxMessages: 1, latest: ["a..b"] })).toThrow(InvalidTopicError);
  });
});
