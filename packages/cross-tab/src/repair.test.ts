import { createPubSub } from "@pubsub-mfe/core";
import { MemoryLog, record, type TestNetwork } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { LogWorld, sentencesOf } from "./testing/log-world.js";

let world: LogWorld;
let network: TestNetwork;

beforeEach(() => {
  world = new LogWorld();
  network = world.network;
});

describe("what a tab that is gone had sent", () => {
  it("is had from the leader, where another tab missed it", async () => {
    const [, a, b] = [await world.open("leader"), await world.open("a"), await world.open("b")];
    a.bus.publish("n", 1);
    await network.advance(5);
    await world.publishUnheard(a, b, 2, 3);

    a.crash();
    await network.advance(5_000);

    expect(b.received.payloads).toEqual([1, 2, 3]);
    expect(b.errors).toEqual([]);
    expect(b.adapter.getStats()).toMatchObject({ messagesRepaired: 2, gaps: 0 });
  });

  it("is as it was sent, whatever the leader's handlers did to it", async () => {
    const [leader, a, b] = [
      await world.open("leader"),
      await world.open("a"),
      await world.open("b"),
    ];
    leader.bus.subscribe("cart", ({ payload }) => payload.skus.push("spoiled"));
    const carts = record(b.bus, "cart");
    network.partition([["b"]]);
    a.bus.publish("cart", { skus: ["A-1"] });
    await network.advance(5);
    network.heal();

    a.crash();
    await network.advance(5_000);

    expect(carts.payloads).toEqual([{ skus: ["A-1"] }]);
  });

  it("is told to be missing where nobody has it any more", async () => {
    const [leader, a, b] = [
      await world.open("leader"),
      await world.open("a"),
      await world.open("b"),
    ];
    network.partition([["a"]]);
    a.bus.publish("n", 1);
    a.bus.publish("n", 2);
    await network.advance(5);
    network.heal();
    a.bus.publish("n", 3);
    await network.advance(1);

    a.crash();
    await network.advance(5_000);

    for (const { received, errors } of [leader, b]) {
      expect(received.payloads).toEqual([3]);
      expect(sentencesOf({ errors })).toEqual([
        "2 messages of tab a are missing here, from its number 1 to 2.",
      ]);
    }
  });
});

describe("the end of a tab that is gone", () => {
  it("is told by whoever knows, where the one who leads next knows less", async () => {
    const [a, b, c] = [await world.open("a"), await world.open("b"), await world.open("c")];
    a.bus.publish("n", 1);
    await network.advance(5);
    await world.publishUnheard(a, b, 2, 3);

    a.crash();
    await network.advance(10_000);

    expect(c.received.payloads).toEqual([1, 2, 3]);
    expect(b.received.payloads).toEqual([1]);
    expect(sentencesOf(b)).toEqual([
      "2 messages of tab a are missing here, from its number 2 to 3.",
    ]);
    expect(c.errors).toEqual([]);
  });
});

describe("repair from the log", () => {
  it("delivers what was the last that a tab published before it crashed", async () => {
    const log = new MemoryLog();
    const [, a, b] = [
      await world.open("leader", log),
      await world.open("a", log),
      await world.open("b", log),
    ];
    a.bus.publish("n", 1);
    await network.advance(5);
    network.partition([["a"]]);
    a.bus.publish("n", 2);
    await network.advance(5);

    a.crash();
    network.heal();
    await network.advance(5_000);

    expect(b.received.payloads).toEqual([1, 2]);
    expect(b.received.messages.at(-1)?.meta).toMatchObject({ _crossTab: true });
    expect(b.errors).toEqual([]);
  });

  it("delivers what is more than a tab can send again, in order, and tells of no gap", async () => {
    const log = new MemoryLog();
    const [a, b] = [await world.open("a", log), await world.open("b", log)];
    a.bus.publish("n", 0);
    await network.advance(5);

    await world.publishUnheard(a, b, 1, 5_000);
    a.bus.publish("n", 5_001);
    await network.advance(10_000);

    expect(b.received.payloads).toEqual(Array.from({ length: 5_002 }, (_, n) => n));
    expect(b.errors).toEqual([]);
  });

  it("closes a hole only where all that is missing stands there", async () => {
    const log = new MemoryLog({ maxEntries: 10 });
    const [a, b] = [await world.open("a", log), await world.open("b", log)];
    a.bus.publish("n", 0);
    await network.advance(5);

    await world.publishUnheard(a, b, 1, 2_100);
    await network.advance(10_000);

    const lost = 2_100 - 2_048;
    expect(b.received.payloads).toEqual([
      0,
      ...Array.from({ length: 2_048 }, (_, n) => n + lost + 1),
    ]);
    expect(sentencesOf(b)).toEqual([
      `${lost} messages of tab a are missing here, from its number 2 to ${lost + 1}.`,
    ]);
  });

  it("gives nothing from before the tab was there", async () => {
    const log = new MemoryLog();
    const [leader, a] = [await world.open("leader", log), await world.open("a", log)];
    a.bus.publish("n", 1);
    await network.advance(5_000);
    const b = await world.open("b", log);

    a.crash();
    await network.advance(60_000);

    expect(leader.received.payloads).toEqual([1]);
    expect(b.received.payloads).toEqual([]);
  });

  it("delivers nothing twice", async () => {
    const log = new MemoryLog();
    const [, a, b] = [
      await world.open("leader", log),
      await world.open("a", log),
      await world.open("b", log),
    ];
    for (let n = 1; n <= 3; n += 1) a.bus.publish("n", n);
    b.bus.publish("n", 4);
    await network.advance(5);

    a.crash();
    await network.advance(60_000);

    expect(b.received.payloads.toSorted()).toEqual([1, 2, 3, 4]);
    expect(b.adapter.getStats().messagesRepaired).toBe(0);
  });

  it("tells where the log cannot be read, and what is missing then", async () => {
    const broken = new Error("the disk is gone");
    const repair = new MemoryLog().attach(createPubSub());
    repair.read = () => {
      throw broken;
    };
    const [a, b] = [await world.open("a"), await world.open("b", undefined, { repair })];
    a.bus.publish("n", 0);
    await network.advance(5);

    await world.publishUnheard(a, b, 1, 2_050);
    await network.advance(10_000);

    expect(b.errors.map(({ code }) => code)).toEqual(["REPAIR_FAILED", "MESSAGE_GAP"]);
    expect(b.errors[0]?.cause).toBe(broken);
    expect(b.received.payloads).toHaveLength(1 + 2_048);
  });
});
