import { beforeEach, describe, expect, it } from "vitest";
import { takeTurns } from "./fixtures/links.js";
import { turnEnd } from "./fixtures/turn.js";
import { createPubSub, type DiagnosticEvent, type Message, type PubSubBus } from "./index.js";
import { ManualClock } from "./testing/manual-clock.js";

describe("a link, at the end of the turn", () => {
  let clock: ManualClock;
  let bus: PubSubBus;
  let events: DiagnosticEvent[];
  let turns: unknown[][];

  const take = (messages: readonly Message[]) => {
    turns.push(messages.map(({ payload }) => payload));
  };

  beforeEach(() => {
    clock = new ManualClock();
    events = [];
    turns = [];
    bus = createPubSub({ clock, onDiagnostic: (event) => events.push(event) });
  });

  it("is called once a turn with its messages in order, also when nobody is subscribed", async () => {
    takeTurns(bus, take);

    bus.publish("a", 1);
    bus.publish("b", 2);
    expect(turns).toEqual([]);
    await turnEnd();
    bus.publish("a", 3);
    await turnEnd();

    expect(turns).toEqual([[1, 2], [3]]);
  });

  it("is called before any handler of the turn, in whatever order they came", async () => {
    bus.subscribe("a", ({ payload }) => turns.push([`handler ${payload}`]));
    bus.publish("a", 1);
    takeTurns(bus, take);
    bus.publish("a", 2);

    await turnEnd();

    expect(turns).toEqual([[2], ["handler 1"], ["handler 2"]]);
  });

  it("sees what handlers publish before handlers of that do", async () => {
    takeTurns(bus, take);
    bus.subscribe("a", ({ payload }) => {
      turns.push([`handler ${payload.n}`]);
      if (payload.n < 3) bus.publish("a", { n: payload.n + 1 });
      payload.n = "spoiled";
    });
    takeTurns(bus, (messages) => turns.push([`link ${messages.map(({ payload }) => payload.n)}`]));

    bus.publish("a", { n: 1 });
    await turnEnd();

    expect(turns.filter(([entry]) => typeof entry === "string")).toEqual([
      ["link 1"],
      ["handler 1"],
      ["link 2"],
      ["handler 2"],
      ["link 3"],
      ["handler 3"],
    ]);
  });

  it("gets only messages that were published since it was added", async () => {
    takeTurns(bus, () => {});
    bus.publish("a", 1);
    takeTurns(bus, take);
    bus.publish("a", 2);
    await turnEnd();
    bus.publish("a", 3);
    await turnEnd();

    expect(turns).toEqual([[2], [3]]);
  });

  it("is not called for a turn without a message for it", async () => {
    takeTurns(bus, () => {});
    bus.publish("a", 1);
    takeTurns(bus, take);

    await turnEnd();

    expect(turns).toEqual([]);
  });

  it("does not get messages that stay in the page", async () => {
    takeTurns(bus, take);

    bus.publish("a", 1, { scope: "page" });
    await turnEnd();
    bus.publish("a", 2);
    bus.publish("a", 3, { scope: "page" });
    await turnEnd();

    expect(turns).toEqual([[2]]);
  });

  it("is called while handlers wait for a later task", async () => {
    takeTurns(bus, take);
    let calls = 0;
    const done = new Promise<void>((resolve) => {
      bus.subscribe("slow", ({ payload }) => {
        calls += 1;
        clock.advance(10);
        if (payload === "last") resolve();
      });
    });
    for (let n = 0; n < 50; n += 1) bus.publish("slow", n);
    await Promise.resolve();
    const callsBefore = calls;
    expect(callsBefore).toBeLessThan(50);

    bus.publish("slow", "last");
    await Promise.resolve();

    expect(turns.at(-1)).toEqual(["last"]);
    expect(calls).toBe(callsBefore);
    await done;
    expect(calls).toBe(51);
    expect(turns).toHaveLength(2);
  });

  it("gets what was published until it is disposed, and nothing after", async () => {
    const connection = takeTurns(bus, take);
    bus.publish("a", 1);

    connection.dispose();
    connection.dispose();
    bus.publish("a", 2);

    await turnEnd();
    expect(turns).toEqual([[1]]);
  });

  it("gets its messages once when another link ends it in the midst of handing over", async () => {
    takeTurns(bus, () => second.dispose());
    const second = takeTurns(bus, take);

    bus.publish("a", 1);
    await turnEnd();

    expect(turns).toEqual([[1]]);
  });

  it("changes nothing when it throws, and is reported", async () => {
    takeTurns(bus, () => {
      throw "text";
    });
    takeTurns(bus, take);
    bus.subscribe("a", () => turns.push(["handler"]));

    bus.publish("a", 1);
    await turnEnd();

    expect(turns).toEqual([[1], ["handler"]]);
    expect(events).toContainEqual({
      type: "warning",
      code: "LINK_SEND_FAILED",
      message: expect.stringMatching(
        /^Messages of a did not leave by the link peer:test-\d+, which threw: text$/,
      ),
      details: {
        domain: expect.stringContaining("peer:test-"),
        messageIds: [expect.any(String)],
        error: new Error("A value that is no Error was thrown: text", { cause: "text" }),
      },
    });
  });

  it("does not keep the bus from delivering when it throws what cannot be shown", async () => {
    takeTurns(bus, () => {
      throw Object.defineProperty(new Error("hidden"), "message", {
        get: () => {
          throw new Error("no message");
        },
      });
    });
    bus.subscribe("a", ({ payload }) => turns.push([payload]));

    bus.publish("a", 1);
    await turnEnd();
    bus.publish("a", 2);
    await turnEnd();

    expect(turns).toEqual([[1], [2]]);
  });

  it("takes what a listener publishes to the next hand-over", async () => {
    takeTurns(bus, ({ length, 0: first }) => {
      if (length === 2) bus.publish("a", `after ${first?.payload}`);
    });
    takeTurns(bus, take);

    bus.publish("a", 1);
    bus.publish("a", 2);
    await turnEnd();

    expect(turns).toEqual([[1, 2], ["after 1"]]);
  });
});

describe("flush", () => {
  it("ends the turn for links at once, and only once", async () => {
    const turns: unknown[][] = [];
    const bus = createPubSub();
    const connection = takeTurns(bus, (messages) =>
      turns.push(messages.map(({ payload }) => payload)),
    );
    bus.subscribe("a", ({ payload }) => turns.push([`handler ${payload}`]));
    bus.publish("a", 1);

    void connection.flush();
    void connection.flush();
    expect(turns).toEqual([[1]]);

    bus.publish("a", 2);
    await turnEnd();
    expect(turns).toEqual([[1], [2], ["handler 1"], ["handler 2"]]);
  });
});
