import { describe, expect, it } from "vitest";
import type { LogPosition, LogQuery } from "../../../links/event-log.js";
import { collect, numbers, type OpenLogWorld, openTabs, payloads, publish } from "./world.js";

export function readingContract(openWorld: OpenLogWorld): void {
  describe("read", () => {
    it.each([
      ["#", [1, 2, 3, 4, 5, 6]],
      ["cart.#", [1, 2, 3, 4]],
      ["cart.item.added", [2, 4]],
      ["cart.+", []],
      ["+.item.+", [2, 3, 4]],
      ["+", [1, 5]],
      ["+.#", [1, 2, 3, 4, 5, 6]],
      ["constructor.__proto__", [6]],
      ["nobody", []],
    ])("gives of %s messages %j", async (pattern, expected) => {
      const { a, busA } = await openTabs(openWorld);
      const added = "cart.item.added";
      const topics = ["cart", added, "cart.item.removed", added, "order", "constructor.__proto__"];
      for (const [n, topic] of topics.entries()) busA.publish(topic, n + 1);

      expect(await payloads(a.read(pattern))).toEqual(expected);
      expect(await payloads(a.read(pattern, { order: "desc" }))).toEqual(expected.toReversed());
    });

    // Message n was published n seconds after the start; positions are given by number too.
    it.each<[Record<string, unknown>, number[]]>([
      [{}, [1, 2, 3, 4, 5]],
      [{ after: 2 }, [3, 4, 5]],
      [{ after: 5 }, []],
      [{ before: 3 }, [1, 2]],
      [{ before: 1 }, []],
      [{ after: 1, before: 5 }, [2, 3, 4]],
      [{ after: 3, before: 2 }, []],
      [{ from: 4 }, [4, 5]],
      [{ to: 2 }, [1, 2]],
      [{ from: 2, to: 2 }, [2]],
      [{ from: 2.5, to: 3.5 }, [3]],
      [{ from: 3, to: 2 }, []],
      [{ limit: 2 }, [1, 2]],
      [{ limit: 0 }, []],
      [{ limit: Number.POSITIVE_INFINITY }, [1, 2, 3, 4, 5]],
      [{ limit: 2, after: 1 }, [2, 3]],
      [{ limit: 2, from: 4 }, [4, 5]],
      [{ order: "asc" }, [1, 2, 3, 4, 5]],
      [{ order: "desc" }, [5, 4, 3, 2, 1]],
      [{ order: "desc", limit: 2 }, [5, 4]],
      [{ order: "desc", after: 2 }, [5, 4, 3]],
      [{ order: "desc", before: 4, limit: 2 }, [3, 2]],
      [{ order: "desc", to: 3, limit: 1 }, [3]],
      [{ odd: true }, [1, 3, 5]],
      [{ odd: true, limit: 2 }, [1, 3]],
      [{ odd: true, limit: 2, order: "desc" }, [5, 3]],
      [{ odd: true, after: 1, to: 4 }, [3]],
    ])("gives for %j messages %j", async (given, expected) => {
      const { a, b, busA, clock } = await openTabs(openWorld);
      const start = clock.now();
      for (const n of numbers(1, 5)) {
        clock.advance(1_000);
        busA.publish("noise", 0);
        busA.publish("count", n);
        await a.head();
      }
      const stored = await collect(b.read("count"));
      const { after, before, from, to, odd, ...rest } = given;
      const positionOf = (n: unknown) => stored[Number(n) - 1]?.position as LogPosition;
      const query: LogQuery = {
        ...rest,
        ...(after !== undefined && { after: positionOf(after) }),
        ...(before !== undefined && { before: positionOf(before) }),
        ...(from !== undefined && { fromTime: start + Number(from) * 1_000 }),
        ...(to !== undefined && { toTime: start + Number(to) * 1_000 }),
        ...(odd !== undefined && { where: ({ payload }) => payload % 2 }),
      };

      expect(await payloads(b.read("count", query))).toEqual(expected);
    });

    it("first waits for what this page has published", async () => {
      const { a, busA } = await openTabs(openWorld);

      publish(busA, 1, 300);

      expect(await payloads(a.read("#"))).toEqual(numbers(1, 300));
    });

    it("gives three messages of one millisecond in the order of publishing", async () => {
      const { a, busA, clock } = await openTabs(openWorld);
      publish(busA, 1, 2);
      clock.wallMs -= 1_000;
      publish(busA, 3, 3);

      expect(await payloads(a.read("#"))).toEqual([1, 2, 3]);
    });

    it("goes on after any position, and positions sort as strings", async () => {
      const { a, b, busA, busB } = await openTabs(openWorld);
      for (let n = 1; n <= 1_081; n += 120) {
        publish(busA, n, n + 59);
        await a.head();
        publish(busB, n + 60, n + 119);
        await b.head();
      }

      const positions = (await collect(b.read("#"))).map(({ position }) => position);

      expect(positions).toHaveLength(1_200);
      expect(positions).toEqual([...positions].sort());
      expect(new Set(positions).size).toBe(1_200);
      for (const n of [0, 8, 9, 98, 99, 100, 998, 999, 1_000, 1_199]) {
        const rest = await payloads(a.read("#", { after: positions[n] as LogPosition }));
        expect(rest).toEqual(numbers(n + 2, 1_200));
      }
    });

    it("never lets anything appear before what was read, while tabs publish", async () => {
      const world = await openWorld();
      const reader = (await world.openTab()).log;
      const writers = await Promise.all([1, 2, 3].map(() => world.openTab()));
      const seen: unknown[] = [];
      let after = await reader.head();

      const writing = writers.map(async ({ bus, log }) => {
        for (let n = 0; n < 20; n += 1) {
          publish(bus, n, n + 1);
          await log.head();
        }
      });
      while (seen.length < 120) {
        for await (const entry of reader.read("#", { after })) {
          seen.push(entry);
          after = entry.position;
        }
      }
      await Promise.all(writing);

      expect(seen).toEqual(await collect(reader.read("#")));
    });

    it("ends with what was there at the first step, also when every message makes another", async () => {
      const { a, busA } = await openTabs(openWorld);
      publish(busA, 1, 200);
      const seen: unknown[] = [];

      for await (const { message } of a.read("#")) {
        seen.push(message.payload);
        busA.publish("echo", 0);
        await a.head();
      }

      expect(seen).toEqual(numbers(1, 200));
    });

    it("ends with what `where` throws", async () => {
      const { a, busA } = await openTabs(openWorld);
      publish(busA, 1, 3);
      const error = new Error("no");
      const seen: unknown[] = [];

      const reading = (async () => {
        const where = ({ payload }: { payload: number }) => {
          if (payload === 2) throw error;
          return true;
        };
        for await (const { message } of a.read("#", { where })) seen.push(message.payload);
      })();

      await expect(reading).rejects.toBe(error);
      expect(seen).toEqual([1]);
    });

    it.each([
      ["a..b", {}, "INVALID_TOPIC"],
      ["", {}, "INVALID_TOPIC"],
      ["#", { after: "7" }, "STALE_POSITION"],
      ["#", { before: "7" }, "STALE_POSITION"],
      ["#", { after: 7 }, "STALE_POSITION"],
      ["#", { limit: -1 }, "INVALID_ARGUMENT"],
      ["#", { limit: 1.5 }, "INVALID_ARGUMENT"],
      ["#", { limit: "3" }, "INVALID_ARGUMENT"],
      ["#", { fromTime: "yesterday" }, "INVALID_ARGUMENT"],
      ["#", { order: "newest" }, "INVALID_ARGUMENT"],
      ["#", { where: "topic" }, "INVALID_ARGUMENT"],
      ["#", null, "INVALID_ARGUMENT"],
      ["#", 10, "INVALID_ARGUMENT"],
    ])("refuses %j with %j at the first step", async (pattern, query, code) => {
      const { a } = await openTabs(openWorld);

      const entries = a.read(pattern, query as object);

      await expect(collect(entries)).rejects.toMatchObject({ code });
    });
  });

  describe("a position", () => {
    it.each([
      ["a sign", (position: string) => position.replace(/:0/, ":+")],
      ["an exponent", (position: string) => `${position.slice(0, -3)}1e0`],
      ["another base", (position: string) => position.replace(/:.*/, ":0x2")],
      ["more digits", (position: string) => position.replace(/:/, ":0")],
      ["something behind it", (position: string) => `${position} `],
    ])("is refused with %s", async (_, tamper) => {
      const { a, busA } = await openTabs(openWorld);
      publish(busA, 1, 1);
      const tampered = tamper(await a.head()) as LogPosition;

      const reading = collect(a.read("#", { after: tampered }));

      await expect(reading).rejects.toMatchObject({ code: "STALE_POSITION", position: tampered });
    });
  });

  describe("a filter", () => {
    it("that would have to be waited for is refused, and not taken for a yes", async () => {
      const { a, busA } = await openTabs(openWorld);
      publish(busA, 1, 1);

      const reading = collect(a.read("#", { where: async () => false }));

      await expect(reading).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    });
  });

  describe("head", () => {
    it("stands after what was published until now, and before what comes", async () => {
      const { a, b, busA, busB } = await openTabs(openWorld);
      const start = await a.head();
      publish(busA, 1, 2);
      const asked = a.head();
      publish(busA, 3, 3);
      const middle = await asked;
      await a.head();
      publish(busB, 4, 4);
      await b.head();

      expect(middle > start).toBe(true);
      expect(await payloads(b.read("#", { after: start }))).toEqual([1, 2, 3, 4]);
      expect(await payloads(b.read("#", { after: middle }))).toEqual([3, 4]);
      expect(await payloads(b.read("#", { after: await a.head() }))).toEqual([]);
    });
  });

  describe("a log that was deleted", () => {
    it("is empty, refuses the positions from before, and goes on", async () => {
      const { a, b, busA, wipe } = await openTabs(openWorld);
      const empty = await a.head();
      publish(busA, 1, 3);
      const [entry] = await collect(a.read("#"));
      await wipe();

      expect(await payloads(b.read("#"))).toEqual([]);
      publish(busA, 4, 5);
      expect(await payloads(a.read("#"))).toEqual([4, 5]);
      for (const position of [empty, entry?.position as LogPosition]) {
        const refusal = { code: "STALE_POSITION", position };
        await expect(collect(b.read("#", { after: position }))).rejects.toMatchObject(refusal);
        await expect(collect(b.read("#", { before: position }))).rejects.toMatchObject(refusal);
        const subscribed = b.subscribe("#", () => {}, { from: { position } });
        await expect(subscribed).rejects.toMatchObject(refusal);
      }
    });
  });
}
