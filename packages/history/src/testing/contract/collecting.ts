import { describe, expect, it, vi } from "vitest";
import type { CollectorLocks } from "../../types.js";
import { payloads, World } from "../world.js";

const TTL_MS = 3_600_000;

export function collectingContract(): void {
  describe("maxMessages", () => {
    it("bounds what is returned at once, and what is stored with the next collection", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 3 });
      for (let n = 0; n < 10; n += 1) bus.publish(`a.${n}`, n);

      expect(payloads(await log.getHistory("#"))).toEqual([7, 8, 9]);
      expect(await log.forceGc()).toBe(7);
      expect(payloads(await world.stored("messages"))).toEqual([7, 8, 9]);
      expect(log.getStats()).toMatchObject({
        messagesGarbageCollected: 7,
        gcCyclesCompleted: 1,
        estimatedStorageCount: 3,
        lastGcTimestamp: world.clock.now(),
      });
    });

    it("starts a collection of its own where there are 1,024 too many", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 10 });

      for (let n = 0; n < 1_100; n += 1) bus.publish("a", n);
      await log.detach();

      expect(await world.stored("messages")).toHaveLength(10);
      expect(log.getStats().gcCyclesCompleted).toBe(1);
    });

    it("looks again at its end whether too much has come meanwhile", async () => {
      const world = new World();
      const bus = world.createBus();
      let asked = 0;
      let onSecondTurn = (): void => {};
      const secondTurn = new Promise<void>((resolve) => {
        onSecondTurn = resolve;
      });
      const locks: CollectorLocks = {
        async request(_name, _options, callback) {
          asked += 1;
          await callback({});
          if (asked === 2) onSecondTurn();
        },
      };
      const log = await world.attachedLog(bus, { maxMessages: 10, locks });
      const burst = (count: number) => {
        for (let n = 0; n < count; n += 1) bus.publish("a", n);
      };
      const remove = IDBObjectStore.prototype.delete;
      const removing = vi.spyOn(IDBObjectStore.prototype, "delete");
      removing.mockImplementationOnce(function (this: IDBObjectStore, range) {
        burst(1_200);
        return remove.call(this, range);
      });

      burst(3_000);
      await secondTurn;
      await log.detach();

      expect(log.getStats().gcCyclesCompleted).toBe(2);
      expect((await world.stored("messages")).length).toBeLessThan(10 + 1_024);
    });

    it("counts what was stored before it was attached", async () => {
      const world = new World();
      const bus = world.createBus();
      const earlier = await world.attachedLog(bus);
      for (let n = 0; n < 1_030; n += 1) bus.publish("a", n);
      await earlier.detach();

      const log = await world.attachedLog(bus, { maxMessages: 10 });
      expect(log.getStats().estimatedStorageCount).toBe(1_030);
      for (let n = 0; n < 5; n += 1) bus.publish("a", n);
      await log.detach();

      expect(log.getStats().gcCyclesCompleted).toBe(1);
      expect(await world.stored("messages")).toHaveLength(10);
    });
  });

  describe("ttlSeconds", () => {
    it("hides what is too old at once, and collects it", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { gcIntervalMs: 10 * TTL_MS });
      bus.publish("a", "old");
      world.clock.advance(1);
      bus.publish("a", "young");
      await log.flush();

      world.clock.advance(TTL_MS - 1);
      expect(payloads(await log.getHistory("a"))).toEqual(["old", "young"]);
      world.clock.advance(1);
      expect(payloads(await log.getHistory("a"))).toEqual(["young"]);
      expect(payloads(await log.getHistory("a", { fromTime: 0 }))).toEqual(["young"]);
      expect(await world.stored("messages")).toHaveLength(2);
      expect(await log.forceGc()).toBe(1);
      expect(payloads(await world.stored("messages"))).toEqual(["young"]);
    });

    it("is no limit at 0", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { ttlSeconds: 0 });
      bus.publish("a", 1);

      world.clock.advance(1_000 * TTL_MS);

      expect(await log.forceGc()).toBe(0);
      expect(payloads(await log.getHistory("a"))).toEqual([1]);
    });
  });

  describe("forceGc", () => {
    it("removes no more than it should where two tabs collect at once", async () => {
      const world = new World();
      const bus = world.createBus();
      const first = await world.attachedLog(bus, { maxMessages: 4 });
      const second = world.createLog({ namespace: "shop", maxMessages: 4 });
      for (let n = 0; n < 600; n += 1) bus.publish("a", n);
      await first.flush();

      const removed = await Promise.all([first.forceGc(), second.forceGc()]);

      expect(removed[0] + removed[1]).toBe(596);
      expect(payloads(await world.stored("messages"))).toEqual([596, 597, 598, 599]);
    });

    it("is one collection for all who ask at once", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 1 });
      for (let n = 0; n < 3; n += 1) bus.publish("a", n);
      await log.flush();

      expect(await Promise.all([log.forceGc(), log.forceGc()])).toEqual([2, 2]);
      expect(log.getStats()).toMatchObject({ messagesGarbageCollected: 2, gcCyclesCompleted: 1 });
    });

    it("forgets the topics that have no message left, and no others", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 2 });
      for (const topic of ["a", "b", "c", "b"]) bus.publish(topic, null);
      await log.flush();

      await log.forceGc();

      expect((await world.stored("topics")).map(({ topic }) => topic)).toEqual(["b", "c"]);
      bus.publish("a", "again");
      expect(payloads(await log.getHistory("a"))).toEqual(["again"]);
    });

    it("spares other namespaces", async () => {
      const world = new World();
      const bus = world.createBus();
      const shop = await world.attachedLog(bus, { namespace: "shop", maxMessages: 1 });
      const audit = await world.attachedLog(bus, { namespace: "audit" });
      for (let n = 0; n < 5; n += 1) bus.publish("a", n);
      await Promise.all([shop.flush(), audit.flush()]);

      await shop.forceGc();

      expect(await shop.getHistory("a")).toHaveLength(1);
      expect(await audit.getHistory("a")).toHaveLength(5);
    });

    it("loses nothing that is written meanwhile", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 300 });
      for (let n = 0; n < 600; n += 1) bus.publish("a", n);
      await log.flush();

      const collected = log.forceGc();
      for (let n = 600; n < 610; n += 1) bus.publish("b", n);

      expect(await collected).toBe(300);
      expect(await log.getHistory("b")).toHaveLength(10);
      expect(await world.stored("messages")).toHaveLength(310);
    });
  });

  describe("gcIntervalMs", () => {
    it("collects again and again, until detach", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 1, gcIntervalMs: 500 });
      for (const n of [1, 2, 3]) bus.publish("a", n);
      await log.flush();

      world.clock.advance(499);
      expect(world.clock.timerCount).toBe(1);
      world.clock.advance(1);
      await log.forceGc(); // joins the one that has begun
      for (const n of [4, 5]) bus.publish("a", n);
      await log.flush();
      world.clock.advance(500);
      await log.detach();

      expect(log.getStats().gcCyclesCompleted).toBe(2);
      expect(payloads(await world.stored("messages"))).toEqual([5]);
      expect(world.clock.timerCount).toBe(0);
    });

    it("is a matter of the log that stores, of several of a page", async () => {
      const world = new World();
      const bus = world.createBus();
      const gcIntervalMs = 500;
      const storing = await world.attachedLog(bus, { maxMessages: 2, gcIntervalMs });
      const waiting = await world.attachedLog(bus, { maxMessages: 1, gcIntervalMs });
      for (const n of [1, 2, 3]) bus.publish("a", n);
      await storing.flush();

      world.clock.advance(500);
      await storing.detach();
      expect(payloads(await world.stored("messages"))).toEqual([2, 3]);
      expect(waiting.getStats().gcCyclesCompleted).toBe(0);

      world.clock.advance(500);
      await waiting.detach();
      expect(payloads(await world.stored("messages"))).toEqual([3]);
    });
  });

  describe("locks", () => {
    /** Locks of which each is free or not. */
    function locksThatAre(free: boolean) {
      const asked: string[] = [];
      return {
        asked,
        async request(
          name: string,
          _options: { readonly ifAvailable: true },
          callback: (lock: unknown) => Promise<void>,
        ) {
          asked.push(name);
          await callback(free ? {} : null);
        },
      };
    }

    it.each([
      [true, 1],
      [false, 3],
    ])("let one tab collect (free: %s)", async (free, left) => {
      const world = new World();
      const bus = world.createBus();
      const locks = locksThatAre(free);
      const log = await world.attachedLog(bus, { maxMessages: 1, gcIntervalMs: 500, locks });
      for (const n of [1, 2, 3]) bus.publish("a", n);
      await log.flush();

      world.clock.advance(500);
      await log.detach();

      expect(await world.stored("messages")).toHaveLength(left);
      expect(locks.asked).toEqual([`${world.dbName}/shop/collect`]);
    });

    it("do not keep forceGc from collecting, also while another tab does", async () => {
      const world = new World();
      const bus = world.createBus();
      const locks = locksThatAre(false);
      const log = await world.attachedLog(bus, { maxMessages: 1, gcIntervalMs: 500, locks });
      for (const n of [1, 2, 3]) bus.publish("a", n);
      await log.flush();

      world.clock.advance(500);

      expect(await log.forceGc()).toBe(2);
      expect(log.getStats().gcCyclesCompleted).toBe(1);
    });
  });

  describe("a collection", () => {
    it("looks at few rows in each of its transactions, and lets writers in between", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 10 });
      const other = await world.attachedLog(bus, { namespace: "other" });
      for (let n = 0; n < 500; n += 1) bus.publish("a", n);
      await Promise.all([log.flush(), other.flush()]);
      const pages: unknown[] = [];
      const { getAll } = IDBObjectStore.prototype;
      vi.spyOn(IDBObjectStore.prototype, "getAll").mockImplementation(function (
        this: IDBObjectStore,
        range,
        count,
      ) {
        if (this.transaction.mode === "readwrite") pages.push(count);
        return getAll.call(this, range, count);
      });

      const collected = log.forceGc();
      bus.publish("b", "meanwhile");
      const counted = log.committed(bus.publish("b", "and again")).then(() => pages.length);

      expect(await collected).toBe(490);
      expect(Math.max(...pages.map(Number))).toBeLessThanOrEqual(128);
      expect(await counted).toBeLessThan(pages.length);
      expect(payloads(await other.getHistory("a"))).toHaveLength(500);
    });

    it("spares the messages of the next database when its own is deleted in its midst", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 10 });
      for (let n = 0; n < 600; n += 1) bus.publish("a", n);
      await log.flush();
      const nextBus = world.createBus();
      const nextLog = world.createLog();
      let begun: Promise<unknown> | undefined;
      const { getAll } = IDBObjectStore.prototype;
      vi.spyOn(IDBObjectStore.prototype, "getAll").mockImplementation(function (
        this: IDBObjectStore,
        ...args
      ) {
        if (this.transaction.mode === "readwrite" && !begun) {
          begun = Promise.all([world.deleteDatabase(), nextLog.attach(nextBus)]);
          for (let n = 0; n < 250; n += 1) nextBus.publish("a", n);
        }
        return getAll.apply(this, args);
      });

      await log.forceGc();
      await begun;
      await nextLog.flush();

      expect(await world.stored("messages")).toHaveLength(250);
    });

    it("hides from no reader what stays, whenever it reads", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 300 });
      for (let n = 0; n < 900; n += 1) bus.publish(`a.${n % 3}`, n);
      await log.flush();
      const newest = Array.from({ length: 300 }, (_, n) => 600 + n);

      let collected = false;
      const collecting = log.forceGc().finally(() => {
        collected = true;
      });
      let rounds = 0;
      while (!collected) {
        rounds += 1;
        expect(payloads(await log.getHistory("#"))).toEqual(newest);
        expect(await log.count("a.1")).toBe(100);
      }

      expect(await collecting).toBe(600);
      expect(rounds).toBeGreaterThan(1);
      expect(payloads(await log.getHistory("#"))).toEqual(newest);
    });
  });

  describe("clearHistory", () => {
    it("leaves the end of the log where it was", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      for (let n = 0; n < 256; n += 1) bus.publish("a", n);
      const before = await log.head();

      await log.clearHistory();
      const cleared = await log.head();
      bus.publish("a", "next");

      expect(cleared).toBe(before);
      expect((await log.head()) > cleared).toBe(true);
    });

    it("removes all of its namespace, and the log goes on", async () => {
      const world = new World();
      const bus = world.createBus();
      const shop = await world.attachedLog(bus, { namespace: "shop" });
      const audit = await world.attachedLog(bus, { namespace: "audit" });
      for (let n = 0; n < 3; n += 1) bus.publish(`a.${n}`, n);

      await shop.clearHistory();

      expect(await shop.getHistory("#")).toEqual([]);
      expect(shop.getStats().estimatedStorageCount).toBe(0);
      expect(await audit.getHistory("#")).toHaveLength(3);
      bus.publish("a.0", "next");
      expect(payloads(await shop.getHistory("#"))).toEqual(["next"]);
    });
  });
}
