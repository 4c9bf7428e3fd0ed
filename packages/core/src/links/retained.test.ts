// @vitest-environment happy-dom
import { describe, expect, it, onTestFinished } from "vitest";
import { TestLink } from "../fixtures/links.js";
import { turnEnd } from "../fixtures/turn.js";
import { createPubSub, isBusError, joinPubSub, type Message, type PubSubBus } from "../index.js";

const retention = { maxMessages: 10 };

/** A message from before this page, published at a time. */
const old = (ts: number, topic = "x"): Message => ({ id: `old-${ts}`, topic, ts, payload: ts });

const replayed = (bus: PubSubBus, count = 10): unknown[] => {
  const payloads: unknown[] = [];
  bus.subscribe("#", ({ payload }) => payloads.push(payload), { replay: count })();
  return payloads;
};

describe("what a link may send of what is retained", () => {
  it("is what leaves the page, by the link's rules, oldest first", () => {
    const bus = createPubSub({ retention });
    const connection = bus.connect(new TestLink(), { send: { private: ["secret.#"] } });
    bus.publish("x", 1);
    bus.publish("x", 2, { scope: "page" });
    bus.publish("secret.x", 3);
    bus.publish("x", 4);

    expect(connection.retained()?.map(({ payload }) => payload)).toEqual([1, 4]);
  });

  it("is known of copies that joined before", () => {
    const app = `retained-${Math.random()}`;
    const first = joinPubSub({ app, name: "first", retention });
    onTestFinished(() => first.dispose());
    first.publish("x", 1);
    first.publish("x", 2, { scope: "page" });
    const late = joinPubSub({ app, name: "late" });
    onTestFinished(() => late.dispose());

    const connection = late.connect(new TestLink());

    expect(connection.retained()?.map(({ payload }) => payload)).toEqual([1]);
  });
});

describe("messages from before this page", () => {
  it("are replayed before what was published since, and given to no handler by themselves", async () => {
    const bus = createPubSub({ retention });
    const [link, other] = [new TestLink("origin:shop"), new TestLink("peer:frame")];
    const connection = bus.connect(link);
    bus.connect(other);
    const live: unknown[] = [];
    bus.subscribe("#", ({ payload }) => live.push(payload));
    bus.publish("x", "new");
    await turnEnd();

    const count = connection.retain([old(1), old(2)], { _crossTab: true });

    await turnEnd();
    expect(count).toBe(2);
    expect(replayed(bus)).toEqual([1, 2, "new"]);
    expect(live).toEqual(["new"]);
    expect(other.sent.flat().map(({ payload }) => payload)).toEqual(["new"]);
    const [first] = await bus.getHistory("#");
    expect(first?.meta).toEqual({ _crossTab: true });
  });

  it("are left out where they came by, do not come in, or come again", () => {
    const bus = createPubSub({ retention });
    const link = new TestLink();
    const connection = bus.connect(link, { receive: { private: ["secret.#"] } });
    link.receive(old(2));
    const own = bus.publish("x", "own");

    expect(connection.retain([old(1), old(2), own, old(3, "secret.x")])).toBe(1);
    expect(connection.retain([old(1)])).toBe(0);
    expect(link.receive(old(1))).toBe(false);

    expect(replayed(bus)).toEqual([1, 2, "own"]);
  });

  it("take no place of newer ones", () => {
    const bus = createPubSub({ retention: { maxMessages: 3 } });
    const connection = bus.connect(new TestLink());
    bus.publish("x", "a");
    bus.publish("x", "b");

    connection.retain([old(1), old(2), old(3)]);

    expect(replayed(bus, 3)).toEqual([3, "a", "b"]);
  });

  it("reach every copy of the page", () => {
    const app = `retained-${Math.random()}`;
    const [a, b] = ["a", "b"].map((name) => joinPubSub({ app, name, retention }));
    onTestFinished(() => [a, b].forEach((bus) => void bus?.dispose()));

    a?.connect(new TestLink()).retain([old(1)]);

    expect(replayed(b as PubSubBus)).toEqual([1]);
  });

  it("are nothing to a bus that retains nothing", () => {
    const link = new TestLink();
    const bus = createPubSub();
    const connection = bus.connect(link);

    expect(connection.retained()).toBeUndefined();
    expect(connection.retain([old(1)])).toBe(0);
    expect(link.receive(old(1))).toBe(true);
  });

  it("are checked before any of them is taken", () => {
    const bus = createPubSub({ retention });
    const connection = bus.connect(new TestLink());

    let error: unknown;
    try {
      connection.retain([old(1), { id: "m" }]);
    } catch (thrown) {
      error = thrown;
    }

    expect(isBusError(error, "INVALID_MESSAGE")).toBe(true);
    expect(replayed(bus)).toEqual([]);
  });
});
