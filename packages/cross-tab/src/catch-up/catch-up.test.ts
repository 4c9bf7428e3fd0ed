import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import {
  createNetwork,
  MemoryLockStore,
  MemoryLog,
  record,
  type TestNetwork,
} from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type CrossTabConfig, type CrossTabError, createCrossTabAdapter } from "../index.js";
import { networkTransport } from "../testing/network-transport.js";

let network: TestNetwork;
let locks: MemoryLockStore;

beforeEach(() => {
  network = createNetwork({ seed: 1, delay: [1, 1] });
  locks = new MemoryLockStore(network.clock);
});

/** A page that retains; of those that are open the one that came first leads. */
async function open(id: string, config: CrossTabConfig = {}, log?: MemoryLog) {
  const tab = network.open(id);
  const bus = createPubSub({ clock: tab.clock, retention: { maxMessages: 100 } });
  onTestFinished(() => bus.dispose());
  const errors: CrossTabError[] = [];
  const received = record(bus, "#");
  const channel = tab.channel("shop");
  const adapter = createCrossTabAdapter({
    transport: networkTransport(channel),
    clientId: id,
    clock: tab.clock,
    locks: locks.tab(),
    repair: log?.attach(bus),
    onError: (error) => errors.push(error),
    ...config,
  });
  const openedMs = network.clock.monotonic();
  const attached = adapter.attach(bus).then(() => network.clock.monotonic() - openedMs);
  await network.advance(2_000);
  return { bus, adapter, errors, received, tookMs: await attached, channel };
}

const replayed = (bus: PubSubBus): unknown[] => {
  const payloads: unknown[] = [];
  bus.subscribe("#", ({ payload }) => payloads.push(payload), { replay: 1_000 })();
  return payloads;
};

describe("catchUp: { retained: true }", () => {
  const catchUp = { retained: true };

  it("has what the leader has retained, for those that ask for replay", async () => {
    const [leader, other] = [await open("leader"), await open("other")];
    leader.bus.publish("n", 1);
    leader.bus.publish("n", "this page's own", { scope: "page" });
    await network.advance(5);
    other.bus.publish("n", 2);
    await network.advance(5);

    const late = await open("late", { catchUp });

    expect(replayed(late.bus)).toEqual([1, 2]);
    expect(late.received.payloads).toEqual([]);
    expect(late.tookMs).toBeLessThan(10);
    expect(leader.errors.concat(late.errors)).toEqual([]);
    const [first, second] = await late.bus.getHistory("#");
    expect(first?.meta).toMatchObject({ _crossTab: true, _sourceClientId: "leader" });
    expect(second?.meta).toMatchObject({ _crossTab: true, _sourceClientId: "other" });
  });

  it("gives what is published from then on to handlers, once", async () => {
    const leader = await open("leader");
    leader.bus.publish("n", 1);
    await network.advance(5);

    const late = await open("late", { catchUp });
    leader.bus.publish("n", 2);
    await network.advance(5);

    expect(late.received.payloads).toEqual([2]);
    expect(replayed(late.bus)).toEqual([1, 2]);
  });

  it("delivers, and does not only retain, what was published while it asked", async () => {
    const leader = await open("leader");
    const opening = open("late", { catchUp });
    await network.advance(0.5);
    leader.bus.publish("n", "meanwhile");

    const late = await opening;

    expect(late.received.payloads).toEqual(["meanwhile"]);
    expect(replayed(late.bus)).toEqual(["meanwhile"]);
  });

  it("has it from another tab where the leader does not answer", async () => {
    const [leader, other] = [await open("leader"), await open("other")];
    other.bus.publish("n", 1);
    await network.advance(5);
    network.freeze("leader");

    const late = await open("late", { catchUp });

    expect(replayed(late.bus)).toEqual([1]);
    expect(late.tookMs).toBeGreaterThan(300);
    expect(leader.errors.concat(late.errors)).toEqual([]);
  });

  it("does not wait where there is no other tab", async () => {
    const { tookMs, errors } = await open("first", { catchUp });

    expect(tookMs).toBeLessThan(10);
    expect(errors).toEqual([]);
  });

  it("tells where others are there and none answers, and goes on", async () => {
    const leader = await open("leader");
    const channel = networkTransport(network.open("unheard").channel("shop"));
    const send = (data: unknown) => {
      if ((data as { kind: string }).kind !== "recall") channel.send(data);
    };

    const late = await open("late", { catchUp, transport: { ...channel, send } });

    expect(late.tookMs).toBeCloseTo(1_000, -1);
    expect(late.errors.map(({ message }) => message)).toEqual([
      "What was published before this page could not all be had. No other tab answered.",
    ]);
    leader.bus.publish("n", 1);
    await network.advance(50);
    expect(late.received.payloads).toEqual([1]);
  });

  it("keeps back what cannot be sent, by the rules or at all", async () => {
    const rules = { private: ["secret.#"], maxMessageSize: 1_000 };
    const leader = await open("leader", rules);
    for (const payload of [1, () => {}, "x".repeat(5_000), 2]) leader.bus.publish("n", payload);
    leader.bus.publish("secret.n", 3);
    await network.advance(5);
    const told = leader.errors.length;

    const late = await open("late", { catchUp });

    expect(replayed(late.bus)).toEqual([1, 2]);
    expect(leader.errors).toHaveLength(told);
  });

  it("takes what is sound of an answer that is not", async () => {
    const hostile = network.open("hostile").channel("shop");
    hostile.addEventListener("message", ({ data }: MessageEvent) => {
      if (data.kind !== "recall") return;
      const sound = { id: "m-1", topic: "n", ts: 1, payload: "sound" };
      const messages = [null, sound, { ...sound, id: "m-2", topic: "no topic" }];
      hostile.postMessage({ v: 1, kind: "recalled", asker: data.asker, messages, total: 1 });
      hostile.postMessage({ v: 1, kind: "recalled", asker: data.asker, messages: 7 });
    });
    await open("leader");

    const late = await open("late", { catchUp });

    expect(replayed(late.bus)).toEqual(["sound"]);
    expect(late.errors.map(({ code }) => code)).toContain("CATCH_UP_FAILED");
  });

  it("ends with the adapter", async () => {
    await open("leader");
    network.freeze("leader");
    const bus = createPubSub({ retention: { maxMessages: 10 } });
    const tab = network.open("late");
    const adapter = createCrossTabAdapter({
      transport: networkTransport(tab.channel("shop")),
      clock: tab.clock,
      locks: locks.tab(),
      catchUp,
    });
    const attached = adapter.attach(bus);
    await network.advance(5);
    const askedMs = network.clock.monotonic();

    adapter.detach();

    await attached;
    expect(network.clock.monotonic()).toBe(askedMs);
  });
});

describe("what does not come in", () => {
  it("is not had from others or the log either", async () => {
    const log = new MemoryLog();
    const leader = await open("leader", {}, log);
    leader.bus.publish("secret.n", 1);
    leader.bus.publish("n", "x".repeat(5_000));
    leader.bus.publish("n", 2);
    await network.advance(5);
    const limits = { private: ["secret.#"], maxMessageSize: 1_000 };

    for (const catchUp of [{ retained: true }, { from: "start" } as const]) {
      const late = await open(JSON.stringify(catchUp), { ...limits, catchUp }, log);
      expect(replayed(late.bus)).toEqual([2]);
    }
  });

  it("is told where a part of every answer is lost", async () => {
    const leader = await open("leader");
    for (let n = 0; n < 60; n += 1) leader.bus.publish("n", n);
    await network.advance(5);
    const channel = networkTransport(network.open("losing").channel("shop"));
    const onMessage = (listener: (data: unknown) => void) =>
      channel.onMessage((data) => {
        const { kind, messages } = data as { kind: string; messages?: unknown[] };
        if (kind !== "recalled" || messages?.length !== 10) listener(data);
      });

    const late = await open("late", {
      catchUp: { retained: true },
      transport: { ...channel, onMessage },
    });

    expect(replayed(late.bus)).toHaveLength(50);
    expect(late.errors.map(({ message }) => message)).toEqual([
      "What was published before this page could not all be had. Of an answer 50 messages came.",
    ]);
  });

  it("was published while it asked: that comes by itself", async () => {
    const log = new MemoryLog();
    const leader = await open("leader", {}, log);
    const slow = log.attach(createPubSub());
    const read = slow.read.bind(slow);
    slow.read = async function* (...given: Parameters<typeof read>) {
      await new Promise<void>((resolve) => void network.clock.setTimer(resolve, 100));
      yield* read(...given);
    } as typeof slow.read;
    const opening = open("late", { repair: slow, catchUp: { from: "start" } });
    await network.advance(50);
    network.partition([["late"]]);
    leader.bus.publish("n", "meanwhile");
    await network.advance(10);
    network.heal();

    const late = await opening;

    expect(late.received.payloads).toEqual(["meanwhile"]);
  });
});

describe("retention", () => {
  it("may be missing at the leader, and somebody else has it", async () => {
    const bus = createPubSub();
    const leader = createCrossTabAdapter({
      transport: networkTransport(network.open("leader").channel("shop")),
      clock: network.clock,
      locks: locks.tab(),
    });
    await leader.attach(bus);
    onTestFinished(() => bus.dispose());
    const other = await open("other");
    other.bus.publish("n", 1);
    await network.advance(5);

    const late = await open("late", { catchUp: { retained: true } });

    expect(replayed(late.bus)).toEqual([1]);
    expect(late.errors).toEqual([]);
  });

  it("is needed by who asks", async () => {
    const errors: CrossTabError[] = [];
    const adapter = createCrossTabAdapter({
      transport: networkTransport(network.open("late").channel("shop")),
      locks: locks.tab(),
      catchUp: { retained: true },
      onError: (error) => errors.push(error),
    });
    const bus = createPubSub();
    onTestFinished(() => bus.dispose());

    await adapter.attach(bus);

    expect(errors.map(({ message }) => message)).toEqual([
      "What was published before this page could not all be had. This bus retains nothing: give it { retention: { maxMessages } }.",
    ]);
  });
});

describe("catchUp: { from }", () => {
  it("has what the log has, also where no other tab is there any more", async () => {
    const log = new MemoryLog();
    const before = await open("before", {}, log);
    for (let n = 1; n <= 3; n += 1) before.bus.publish("n", n);
    await network.advance(5);
    before.bus.dispose();

    const late = await open("late", { catchUp: { from: "start" } }, log);

    expect(replayed(late.bus)).toEqual([1, 2, 3]);
    expect(late.received.payloads).toEqual([]);
  });

  it("has it from a position or a time on", async () => {
    const log = new MemoryLog();
    const before = await open("before", {}, log);
    const tab = log.attach(createPubSub());
    before.bus.publish("n", 1);
    await network.advance(1_000);
    const time = network.clock.now();
    const position = await tab.head();
    before.bus.publish("n", 2);
    await network.advance(5);

    const byTime = await open("by-time", { catchUp: { from: { time } } }, log);
    const byPosition = await open("by-position", { catchUp: { from: { position } } }, log);

    expect(replayed(byTime.bus)).toEqual([2]);
    expect(replayed(byPosition.bus)).toEqual([2]);
  });

  it("has each once where others have retained it as well", async () => {
    const log = new MemoryLog();
    const leader = await open("leader", {}, log);
    leader.bus.publish("n", 1);
    leader.bus.publish("n", 2);
    await network.advance(5);

    const late = await open("late", { catchUp: { from: "start", retained: true } }, log);

    expect(replayed(late.bus)).toEqual([1, 2]);
  });

  it("is told where the log cannot be read", async () => {
    const repair = new MemoryLog().attach(createPubSub());
    repair.read = () => {
      throw new Error("the disk is gone");
    };

    const late = await open("late", { repair, catchUp: { from: "start" } });

    expect(late.errors.map(({ message }) => message)).toEqual([
      "What was published before this page could not all be had. The log could not be read: Error: the disk is gone",
    ]);
  });

  it("needs a log", () => {
    expect(() => createCrossTabAdapter({ catchUp: { from: "start" } })).toThrow(
      "catchUp.from reads the log given as repair, which is undefined: it must be an object with read(), subscribe(), head().",
    );
  });
});
