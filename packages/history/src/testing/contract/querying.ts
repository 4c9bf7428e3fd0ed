import type { LogPosition } from "@pubsub-mfe/core";
import { describe, expect, it, onTestFinished } from "vitest";
import type { HistoryAdapter } from "../../index.js";
import { watchReads, withoutGetAllRecords } from "../touched.js";
import { collectEntries, payloads, World } from "../world.js";

const TOPICS = 20;
const COUNT = 1_000;
const all = Array.from({ length: COUNT }, (_, n) => n);
const inTopic = (topic: number) => all.filter((n) => n % TOPICS === topic);

/** Four messages of other topics, then 1,000: `shop.<n % 20>.<a, or b where n is odd>` carries n. */
async function filledLog(): Promise<HistoryAdapter> {
  const world = new World();
  const bus = world.createBus();
  const log = await world.attachedLog(bus);
  for (const n of [-4, -3, -2, -1]) bus.publish(`rest.${-n}`, n);
  for (const n of all) bus.publish(`shop.${n % TOPICS}.${n % 2 === 0 ? "a" : "b"}`, n);
  await log.flush();
  return log;
}

interface Case {
  readonly pattern: string;
  readonly plan: "topics" | "rows" | "none";
  readonly found: readonly number[];
  /** Of a query for the newest 10. */
  readonly rows: number;
  readonly requests: number;
  /** Where each page takes a cursor before it. */
  readonly more: number;
}

const cases: readonly Case[] = [
  { pattern: "shop.3.b", plan: "topics", found: inTopic(3), rows: 10, requests: 2, more: 1 },
  { pattern: "shop.3.#", plan: "topics", found: inTopic(3), rows: 10, requests: 4, more: 1 },
  { pattern: "+.3.+", plan: "topics", found: inTopic(3), rows: 10, requests: 4, more: 1 },
  {
    pattern: "+.+.a",
    plan: "topics",
    found: all.filter((n) => n % 2 === 0),
    rows: 20,
    requests: 13,
    more: 10,
  },
  { pattern: "shop.#", plan: "rows", found: all, rows: 12, requests: 4, more: 1 },
  {
    pattern: "#",
    plan: "rows",
    found: [-4, -3, -2, -1, ...all],
    rows: 10,
    requests: 2,
    more: 1,
  },
  { pattern: "nobody.#", plan: "none", found: [], rows: 0, requests: 3, more: 0 },
];

export function queryingContract(): void {
  describe.each([
    ["where the engine has getAllRecords", true],
    ["where it has not", false],
  ])("a query, %s", (_, hasRecords) => {
    it.each(cases)(
      "reads $pattern by $plan, and touches $rows rows for the newest 10",
      async ({ pattern, plan, found, rows, requests, more }) => {
        const log = await filledLog();
        const lacksRecords = !("getAllRecords" in IDBIndex.prototype);
        if (!hasRecords) onTestFinished(withoutGetAllRecords());
        expect(payloads(await log.getHistory(pattern))).toEqual(found);
        expect(await log.explain(pattern)).toMatchObject({ plan });
        expect(await log.count(pattern)).toBe(found.length);

        const touched = watchReads();
        const newest = await log.getHistory(pattern, { limit: 10 });

        expect(payloads(newest)).toEqual(found.slice(-10));
        expect(touched).toEqual({
          rows,
          requests: requests + (hasRecords && !lacksRecords ? 0 : more),
        });
      },
    );
  });

  describe("read", () => {
    it("touches what it gives, also the oldest and from a position on", async () => {
      const log = await filledLog();
      const touched = watchReads();
      const [, second] = await collectEntries(log.read("#", { limit: 10 }));
      expect(touched).toEqual({ rows: 10, requests: 2 });

      if (!second) throw new Error("nothing was read");
      await collectEntries(log.read("shop.3.b", { after: second.position, limit: 10 }));
      expect(touched).toEqual({ rows: 20, requests: 4 });
    });

    it("refuses a position of an event", async () => {
      const log = await filledLog();
      const position = (await log.head()).replace(".m:", ":") as LogPosition;

      const failure = { code: "STALE_POSITION", position };
      await expect(collectEntries(log.read("#", { after: position }))).rejects.toMatchObject(
        failure,
      );
      await expect(log.subscribe("#", () => {}, { from: { position } })).rejects.toMatchObject(
        failure,
      );
    });

    it("goes on in small pages, while what it has not reached is collected", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      for (const n of all) bus.publish("a", n);
      const seen: unknown[] = [];

      for await (const { message } of log.read("#")) {
        seen.push(message.payload);
        if (seen.length === 1) await log.clearHistory();
      }

      expect(seen).toEqual(all.slice(0, 256));
    });

    it("knows nothing of other namespaces, whichever way it goes", async () => {
      const world = new World();
      const bus = world.createBus();
      const shop = await world.attachedLog(bus, { namespace: "shop", maxMessages: 3 });
      const audit = await world.attachedLog(bus, { namespace: "audit", maxMessages: 100 });
      for (let n = 0; n < 20; n += 1) {
        bus.publish(`a.${n % 10}`, n);
        await Promise.all([shop.flush(), audit.flush()]);
      }

      expect(payloads(await shop.getHistory("#"))).toEqual([17, 18, 19]);
      expect(payloads(await shop.getHistory("a.7"))).toEqual([17]);
      expect(await shop.count("#")).toBe(3);
      const entries = await collectEntries(shop.read("#"));
      expect(entries.map(({ message }) => message.payload)).toEqual([17, 18, 19]);
      expect(payloads(await audit.getHistory("#"))).toHaveLength(20);
      expect(await shop.forceGc()).toBe(17);
      expect(payloads(await audit.getHistory("#"))).toHaveLength(20);
      expect(payloads(await shop.getHistory("#"))).toEqual([17, 18, 19]);
    });
  });

  describe("everything of a namespace among much of another", () => {
    it("is read by topic after a page that was mostly of the other", async () => {
      const world = new World();
      const [busA, busB] = [world.createBus({ app: "quiet" }), world.createBus({ app: "busy" })];
      const quiet = await world.attachedLog(busA);
      const busy = await world.attachedLog(busB);
      for (const n of [1, 2]) busA.publish("a", n);
      await quiet.flush();
      for (const n of all) busB.publish(`b.${n % 30}`, n);
      await busy.flush();
      busA.publish("a", 3);
      await quiet.flush();

      const touched = watchReads();
      expect(payloads(await quiet.getHistory("#", { limit: 3 }))).toEqual([1, 2, 3]);

      expect(touched.rows).toBe(5);
    });
  });

  describe("count", () => {
    it("leaves out what is too old or too many, collected or not", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 5, ttlSeconds: 60 });
      for (let n = 0; n < 4; n += 1) bus.publish("a.b", n);
      await log.flush();
      world.clock.advance(30_000);
      for (let n = 0; n < 3; n += 1) bus.publish("a.c", n);

      expect([await log.count("a.b"), await log.count("#")]).toEqual([2, 5]);
      world.clock.advance(30_001);
      expect([await log.count("a.b"), await log.count("#")]).toEqual([0, 3]);
      expect([await log.count("none"), await log.count("a.+")]).toEqual([0, 3]);
      await log.forceGc();
      expect([await log.count("a.b"), await log.count("#")]).toEqual([0, 3]);
    });
  });

  describe("topics", () => {
    it("are those of the stored messages, sorted", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 2 });
      for (const topic of ["c", "a", "b", "a"]) bus.publish(topic, null);

      expect(await log.topics()).toEqual(["a", "b", "c"]);
      await log.forceGc();
      expect(await log.topics()).toEqual(["a", "b"]);
    });
  });

  describe("explain", () => {
    it("tells the topics that match and the rows that a read touches", async () => {
      const log = await filledLog();

      expect(await log.explain("shop.+.b")).toEqual({
        plan: "topics",
        topics: ["1", "11", "13", "15", "17", "19", "3", "5", "7", "9"].map((n) => `shop.${n}.b`),
        rows: 500,
      });
      expect(await log.explain("shop.#")).toMatchObject({ plan: "rows", rows: 1_004 });
      expect(await log.explain("shop")).toEqual({ plan: "none", topics: [], rows: 0 });
      await expect(log.explain("a..b")).rejects.toMatchObject({ code: "INVALID_TOPIC" });
    });
  });
}
