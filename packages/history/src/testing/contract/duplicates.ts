import { describe, expect, it } from "vitest";
import { payloads, scriptedBus, World } from "../world.js";

export function duplicatesContract(): void {
  describe("the same message twice", () => {
    it("is stored once by two logs of one namespace on one bus", async () => {
      const world = new World();
      const bus = world.createBus();
      const first = await world.attachedLog(bus);
      const second = await world.attachedLog(bus);

      for (let n = 0; n < 300; n += 1) bus.publish("a", n);
      await Promise.all([first.flush(), second.flush()]);

      expect(payloads(await first.getHistory("a"))).toEqual(
        Array.from({ length: 300 }, (_, n) => n),
      );
      expect(await world.stored("messages")).toHaveLength(300);
      const [a, b] = [first.getStats(), second.getStats()];
      expect([a.messagesPersisted, b.messagesPersisted]).toEqual([300, 0]);
      expect(a.duplicatesSkipped + b.duplicatesSkipped).toBe(0);
      expect(world.errors).toEqual([]);
    });

    it("does not cost its neighbours", async () => {
      const world = new World();
      const bus = world.createBus();
      const { bus: scripted, endTurn } = scriptedBus(bus);
      const log = world.createLog();
      await log.attach(scripted);
      const known = bus.publish("a", "known");
      endTurn(known);
      await log.flush();

      endTurn(bus.publish("a", "before"), known, bus.publish("b", "after"));
      await log.flush();

      expect(payloads(await log.getHistory("#"))).toEqual(["known", "before", "after"]);
      expect(log.getStats()).toMatchObject({
        messagesPersisted: 3,
        duplicatesSkipped: 1,
        estimatedStorageCount: 3,
      });
      expect(world.errors).toEqual([]);
    });

    it("is stored once where both are of one turn", async () => {
      const world = new World();
      const bus = world.createBus();
      const { bus: scripted, endTurn } = scriptedBus(bus);
      const log = world.createLog();
      await log.attach(scripted);
      const [a, b] = [bus.publish("a", 1), bus.publish("a", 2)];

      endTurn(a, b, a);
      await log.flush();

      expect(payloads(await world.stored("messages"))).toEqual([1, 2]);
      expect(log.getStats()).toMatchObject({ messagesPersisted: 2, duplicatesSkipped: 1 });
    });

    it("may be the only one of its turn", async () => {
      const world = new World();
      const bus = world.createBus();
      const { bus: scripted, endTurn } = scriptedBus(bus);
      const log = world.createLog();
      await log.attach(scripted);
      const message = bus.publish("a", 1);

      endTurn(message);
      endTurn(message);
      await log.flush();

      expect(payloads(await world.stored("messages"))).toEqual([1]);
      expect(log.getStats()).toMatchObject({ messagesPersisted: 1, duplicatesSkipped: 1 });
    });

    it("is stored in each namespace", async () => {
      const world = new World();
      const bus = world.createBus();
      const shop = await world.attachedLog(bus, { namespace: "shop" });
      const audit = await world.attachedLog(bus, { namespace: "audit" });

      const message = bus.publish("a", 1);

      expect(await shop.getHistory("a")).toEqual([message]);
      expect(await audit.getHistory("a")).toEqual([message]);
      expect(shop.getStats().duplicatesSkipped + audit.getStats().duplicatesSkipped).toBe(0);
    });
  });
}
