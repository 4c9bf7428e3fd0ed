import type { EventLog, LogQuery } from "@pubsub-mfe/core";
import { MemoryLog, record, type TestNetwork } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { type LogTab, LogWorld, sentencesOf } from "./testing/log-world.js";

let world: LogWorld;
let network: TestNetwork;

beforeEach(() => {
  world = new LogWorld();
  network = world.network;
});

/** A log that answers after a while. */
const slow =
  (delayMs: number) =>
  (log: EventLog): EventLog => ({
    subscribe: (...given) => log.subscribe(...given),
    head: () => log.head(),
    read: async function* (pattern: string, query?: LogQuery) {
      await new Promise<void>((resolve) => void network.clock.setTimer(resolve, delayMs));
      yield* log.read(pattern, query);
    } as EventLog["read"],
  });

/** One tab misses the second of three messages, cannot ask for it, and begins to read a slow log. */
async function giveUpBySlowLog(delayMs: number): Promise<{ a: LogTab; b: LogTab }> {
  const log = new MemoryLog();
  const [a, b] = [await world.open("a", log), await world.open("b", log, {}, slow(delayMs))];
  a.bus.publish("n", 1);
  await network.advance(5);
  await world.publishUnheard(a, b, 2);
  a.bus.publish("n", 3);
  await network.advance(1.5);
  network.partition([["b"]]);
  await network.advance(2_700);
  network.heal();
  return { a, b };
}

describe("a log that is slow", () => {
  it("gives nothing up that came after it was asked, and that nobody was asked for", async () => {
    const { a, b } = await giveUpBySlowLog(5_000);
    await network.advance(100);
    await world.publishUnheard(a, b, 4);
    a.bus.publish("n", 5);
    await network.advance(60_000);

    expect(b.received.payloads).toEqual([1, 2, 3, 4, 5]);
    expect(b.errors).toEqual([]);
  });

  it("is waited for ten seconds, and that is told", async () => {
    const log = new MemoryLog();
    const [, a] = [await world.open("leader", log), await world.open("a", log)];
    const b = await world.open("b", log, {}, slow(3_600_000));
    await world.publishUnheard(a, b, 1);
    a.bus.publish("n", 2);
    await network.advance(1);
    network.partition([["b"]]);
    await network.advance(2_700 + 10_100);
    network.heal();

    expect(b.received.payloads).toEqual([2]);
    expect(b.errors.slice(0, 2).map(({ code }) => code)).toEqual(["REPAIR_FAILED", "MESSAGE_GAP"]);
  });

  it("keeps nobody from the tab that speaks again meanwhile", async () => {
    const { a, b } = await giveUpBySlowLog(8_000);

    a.bus.publish("n", 4);
    await network.advance(300);

    expect(b.received.payloads).toEqual([1, 2, 3, 4]);
  });
});

describe("a wall clock that is set back", () => {
  it.each([5_000, 3_600_000])("by %i ms hides nothing of the log", async (backMs) => {
    const log = new MemoryLog();
    const [, a, b] = [
      await world.open("leader", log),
      await world.open("a", log),
      await world.open("b", log),
    ];
    a.bus.publish("n", 1);
    await network.advance(5);
    network.clock.wallMs -= backMs;
    network.partition([["a"]]);
    a.bus.publish("n", 2);
    await network.advance(5);
    a.crash();
    network.heal();
    await network.advance(60_000);

    expect(b.received.payloads).toEqual([1, 2]);
    expect(b.errors).toEqual([]);
  });

  it("brings nothing from before the tab was there", async () => {
    const log = new MemoryLog();
    const [, a] = [await world.open("leader", log), await world.open("a", log)];
    a.bus.publish("n", 1);
    await network.advance(1_000);
    network.clock.wallMs -= 5_000;
    const b = await world.open("b", log);
    a.crash();
    await network.advance(60_000);

    expect(b.received.payloads).toEqual([]);
  });
});

describe("what the log has", () => {
  it("is not delivered where it is too large for a link, or too much", async () => {
    const log = new MemoryLog();
    const limits = { maxMessageSize: 1_000, rateLimit: { maxPerSecond: 1, maxBurst: 5 } };
    const [, a, b] = [
      await world.open("leader", log),
      await world.open("a", log, { maxMessageSize: 1_000 }),
      await world.open("b", log, limits),
    ];
    a.bus.publish("n", 0);
    await network.advance(5);
    network.partition([["a"]]);
    a.bus.publish("n", "x".repeat(5_000));
    for (let n = 1; n <= 100; n += 1) a.bus.publish("n", n);
    await network.advance(5);

    a.crash();
    network.heal();
    await network.advance(60_000);

    expect(b.received.payloads.length).toBeLessThan(70);
    expect(b.received.payloads).not.toContainEqual(expect.any(String));
    const { messagesRateLimited, messagesOversized } = b.adapter.getStats();
    expect(messagesRateLimited).toBeGreaterThan(0);
    expect(messagesOversized).toBe(1);
  });

  it("is not delivered where the rules keep its topic in a tab", async () => {
    const log = new MemoryLog();
    const rules = { private: ["secret.#"] };
    const [, a, b] = [
      await world.open("leader", log, rules),
      await world.open("a", log, rules),
      await world.open("b", log, rules),
    ];
    const secrets = record(b.bus, "secret.#");
    network.partition([["a"]]);
    a.bus.publish("secret.x", 1);
    a.bus.publish("n", 2);
    await network.advance(5);

    a.crash();
    network.heal();
    await network.advance(60_000);

    expect(b.received.payloads).toEqual([2]);
    expect(secrets.payloads).toEqual([]);
  });

  it("is looked at after reconnect, for tabs that came and went meanwhile", async () => {
    const log = new MemoryLog();
    const [a, b] = [await world.open("leader", log), await world.open("b", log)];
    a.bus.publish("n", 1);
    await network.advance(2_000);
    network.partition([["b"]]);
    const gone = await world.open("gone", log);
    gone.bus.publish("n", 2);
    await network.advance(1_000);
    gone.crash();
    network.heal();

    await b.adapter.reconnect();
    await network.advance(5_000);

    expect(b.received.payloads).toEqual([1, 2]);
  });

  it("is looked at once for many tabs that leave at once", async () => {
    const log = new MemoryLog();
    let reads = 0;
    const counting = (whole: EventLog): EventLog => ({
      subscribe: (...given) => whole.subscribe(...given),
      head: () => whole.head(),
      read: (...given) => {
        reads += 1;
        return whole.read(...given);
      },
    });
    await world.open("leader", log);
    await world.open("b", log, {}, counting);
    const others = [];
    for (let n = 0; n < 10; n += 1) others.push(await world.open(`other-${n}`, log));

    for (const { crash } of others) crash();
    await network.advance(5_000);

    expect(reads).toBe(1);
  });

  it("may have ids of another program, which do not grow", async () => {
    const log = new MemoryLog();
    const [, a, b] = [
      await world.open("leader", log),
      await world.open("a", log),
      await world.open("b", log),
    ];
    const arrive: ((n: number) => void)[] = [];
    a.bus.connect({
      domain: "peer:legacy",
      send: () => {},
      onMessages: (receive) => {
        arrive.push((n) => {
          const ts = network.clock.now();
          receive({ id: `${n}-order-of-tenant-4711-in-shop`, topic: "n", ts, payload: n });
        });
      },
      flush: () => {},
      close: () => {},
    });
    arrive[0]?.(9);
    await network.advance(5);
    network.partition([["a"]]);
    arrive[0]?.(10);
    await network.advance(5);

    a.crash();
    network.heal();
    await network.advance(60_000);

    expect(b.received.payloads).toEqual([9, 10]);
  });
});

describe("a slow way", () => {
  it.each([2, 3, 4])("lets the talk of %i tabs come to an end", async (count) => {
    world = new LogWorld(130);
    network = world.network;
    const a = await world.open("a");
    a.bus.publish("n", 1);
    await network.advance(30_000);
    for (let n = 1; n < count; n += 1) await world.open(`other-${n}`);

    a.bus.publish("n", 2);
    await network.advance(60_000);

    expect(network.stats.sent).toBeLessThan(150);
  });
});

describe("detach", () => {
  it("tells of what is missing, and of what waits for it", async () => {
    const [a, b] = [await world.open("a"), await world.open("b")];
    a.bus.publish("n", 1);
    await network.advance(5);
    await world.publishUnheard(a, b, 2);
    a.bus.publish("n", 3);
    await network.advance(1);

    b.adapter.detach();

    expect(b.received.payloads).toEqual([1]);
    expect(sentencesOf(b)).toEqual([
      "2 messages of tab a are missing here, from its number 2 to 3.",
    ]);
  });
});
