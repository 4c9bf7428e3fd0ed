import { openDB } from "idb";
import { describe, expect, it, vi } from "vitest";
import { payloads, turnEnd, World } from "../world.js";

export function closingContract(): void {
  describe("detach", () => {
    it("writes what is waiting, and closes the database", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);

      for (let n = 0; n < 600; n += 1) bus.publish("a", n);
      await log.detach();

      expect([world.openConnections(), world.openHandovers()]).toEqual([0, 0]);
      expect(await world.stored("messages")).toHaveLength(600);
      expect(log.getStats()).toMatchObject({ messagesPersisted: 600, attached: false });
      await world.deleteDatabase();
    });

    it("may come while the database opens", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = world.createLog();

      const attached = log.attach(bus);
      bus.publish("a", 1);
      const detached = log.detach();
      bus.publish("a", "not stored");
      await Promise.all([attached, detached]);

      expect(payloads(await world.stored("messages"))).toEqual([1]);
      expect(world.openConnections()).toBe(0);
      expect(world.clock.timerCount).toBe(0);
    });

    it("may come twice, and before attach", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = world.createLog();

      await log.detach();
      await log.attach(bus);
      bus.publish("a", 1);
      await Promise.all([log.detach(), log.detach()]);

      expect(payloads(await world.stored("messages"))).toEqual([1]);
    });

    it("leaves history that can be read and collected, over connections closed at once", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 2 });
      for (const n of [1, 2, 3]) bus.publish("a", n);
      await log.detach();

      const [a, b] = await Promise.all([log.getHistory("a"), log.getHistory("#")]);
      const removed = await log.forceGc();

      expect(payloads(a)).toEqual([2, 3]);
      expect(payloads(b)).toEqual([2, 3]);
      expect(removed).toBe(1);
      expect(world.openConnections()).toBe(0);
    });

    it("is what the end of the bus does", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      bus.publish("a", 1);

      bus.dispose();

      expect(log.getStats().attached).toBe(false);
      expect(payloads(await log.getHistory("a"))).toEqual([1]);
      expect(world.clock.timerCount).toBe(0);
      expect(world.openConnections()).toBe(0);
    });
  });

  describe("a page that hides", () => {
    it.each([
      ["pagehide", () => dispatchEvent(new Event("pagehide"))],
      [
        "visibilitychange",
        () => {
          vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
          document.dispatchEvent(new Event("visibilitychange"));
        },
      ],
    ])("hands everything to the database at once (%s)", async (_, hide) => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      const reader = await openDB(world.dbName);

      for (let n = 0; n < 600; n += 1) bus.publish("a", n);
      await null; // the first transaction has begun
      await null;
      for (let n = 600; n < 1_200; n += 1) bus.publish("a", n);
      hide();
      await turnEnd();

      // Waits for the transactions that were asked for before it, and for no later one.
      const rows = await reader.getAll("messages");
      reader.close();
      expect(payloads(rows)).toEqual(Array.from({ length: 1_200 }, (_, n) => n));
      await log.flush();
    });
  });
}
