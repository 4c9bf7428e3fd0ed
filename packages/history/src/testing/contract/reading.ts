import { isBusError } from "@pubsub-mfe/core";
import { describe, expect, it } from "vitest";
import { collectEntries, payloads, World } from "../world.js";

export function readingContract(): void {
  describe("getHistory", () => {
    it.each([
      ["a.b", ["a.b"]],
      ["a.+.c", ["a.b.c", "a.x.c"]],
      ["+.b", ["a.b", "z.b"]],
      ["a.#", ["a", "a.b", "a.b.c", "a.x.c"]],
      ["#", ["a", "a.b", "a.b.c", "a.x.c", "ab", "z.b"]],
      ["none.#", []],
    ])("finds by the pattern %s", async (pattern, topics) => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      const all = ["a", "a.b", "a.b.c", "a.x.c", "ab", "z.b"];

      for (const topic of all) bus.publish(topic, null);

      const found = await log.getHistory(pattern);
      expect(found.map(({ topic }) => topic)).toEqual(topics);
    });

    it("returns the oldest first, over topics and turns", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);

      bus.publish("z", 1);
      bus.publish("a", 2);
      await log.flush();
      world.clock.advance(10);
      bus.publish("m", 3);
      bus.publish("z", 4);

      expect(payloads(await log.getHistory("#"))).toEqual([1, 2, 3, 4]);
    });

    it("keeps publish order within one millisecond and when the clock steps back", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);

      for (const n of [1, 2, 3]) bus.publish("a", n);
      world.clock.wallMs -= 5_000;
      bus.publish("a", 4);

      const found = await log.getHistory("a");
      expect(payloads(found)).toEqual([1, 2, 3, 4]);
      expect(new Set(found.slice(0, 3).map(({ ts }) => ts)).size).toBe(1);
    });

    it("returns the newest `limit`", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      for (let n = 0; n < 300; n += 1) bus.publish(`a.${n % 3}`, n);

      expect(payloads(await log.getHistory("a.#", { limit: 2 }))).toEqual([298, 299]);
      expect(payloads(await log.getHistory("a.0", { limit: 2 }))).toEqual([294, 297]);
      expect(await log.getHistory("a.#", { limit: 0 })).toEqual([]);
      expect(await log.getHistory("a.#", { limit: 299 })).toHaveLength(299);
      expect(await log.getHistory("a.#", { limit: Number.POSITIVE_INFINITY })).toHaveLength(300);
      expect(log.getStats().messagesRetrieved).toBe(2 + 2 + 299 + 300);
    });

    it("returns what was published at `fromTime` or later", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      const start = world.clock.now();
      for (let n = 0; n < 5; n += 1) {
        bus.publish("a", n);
        world.clock.advance(10);
      }

      expect(payloads(await log.getHistory("a", { fromTime: start + 20 }))).toEqual([2, 3, 4]);
      expect(payloads(await log.getHistory("a", { fromTime: start + 21 }))).toEqual([3, 4]);
      expect(payloads(await log.getHistory("a", { fromTime: start, limit: 1 }))).toEqual([4]);
    });

    it("fills its limit with older messages where newer ones have an earlier time", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      const start = world.clock.now();
      bus.publish("a", "in time");
      world.clock.wallMs -= 5_000;
      for (let n = 0; n < 3; n += 1) bus.publish("a", n);

      const found = await log.getHistory("a", { fromTime: start, limit: 1 });

      expect(payloads(found)).toEqual(["in time"]);
    });

    it("waits for what was published in this very turn", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);

      bus.publish("a", 1);
      const found = log.getHistory("a");

      expect(payloads(await found)).toEqual([1]);
    });

    it("rejects a pattern that is none, also where nothing is stored", async () => {
      const log = new World().createLog({ namespace: "shop" });

      const failure: unknown = await log.getHistory("a.#.b").catch((error) => error);

      expect(isBusError(failure, "INVALID_TOPIC")).toBe(true);
      expect(String(failure)).toContain('Invalid pattern "a.#.b"');
    });

    it.each([
      [{ limit: "3" as never }, 'limit is "3": it must be a whole number of 0 or more.'],
      [{ limit: -1 }, "limit is -1: it must be a whole number of 0 or more."],
      [{ limit: 1.5 }, "limit is 1.5: it must be a whole number of 0 or more."],
      [{ limit: Number.NaN }, "limit is NaN: it must be a whole number of 0 or more."],
      [{ fromTime: Number.NaN }, "fromTime is NaN: it must be a number."],
      [10 as never, "The options are 10: they must be an object."],
      [null as never, "The options are null: they must be an object."],
    ])("rejects the query %o as read does", async (query, message) => {
      const log = new World().createLog({ namespace: "shop" });

      const failure = { code: "INVALID_ARGUMENT", message };
      await expect(log.getHistory("a", query)).rejects.toMatchObject(failure);
      await expect(collectEntries(log.read("a", query))).rejects.toMatchObject(failure);
    });

    it("reads nothing of another namespace", async () => {
      const world = new World();
      const [shop, admin] = [world.createBus({ app: "shop" }), world.createBus({ app: "admin" })];
      const shopLog = await world.attachedLog(shop);
      const adminLog = await world.attachedLog(admin);

      shop.publish("a", "of the shop");
      admin.publish("a", "of the admin");

      expect(payloads(await shopLog.getHistory("#"))).toEqual(["of the shop"]);
      expect(payloads(await adminLog.getHistory("#"))).toEqual(["of the admin"]);
      expect(adminLog.getStats().namespace).toBe("admin");
    });

    it.each(["getHistory", "clearHistory", "forceGc"] as const)(
      "%s is refused where the namespace is not known",
      async (method) => {
        const log = new World().createLog();

        await expect(log[method]("#")).rejects.toMatchObject({
          code: "HISTORY_MISUSED",
          message: `${method}() does not know whose log to use. Call attach(bus) first, or pass a namespace to createHistoryAdapter.`,
        });
      },
    );
  });
}
