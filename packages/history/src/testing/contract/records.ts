import { openDB } from "idb";
import { describe, expect, it } from "vitest";
import { collectEntries, payloads, turnEnd, World } from "../world.js";

const TOPIC = "a";

/** Puts records into a store, as anything else of the origin could. */
async function put(world: World, store: string, ...records: readonly object[]): Promise<void> {
  const db = await openDB(world.dbName);
  for (const record of records) await db.put(store, record);
  db.close();
}

/** Records that are no messages, each a message but for something. */
const WRONG = [
  { ts: undefined },
  { ts: "now" },
  { id: undefined },
  { id: 7 },
  { topic: undefined },
  { topic: 5 },
  { meta: "text" },
  { schemaVersion: {} },
].map((changes, n) => ({
  ns: "shop",
  id: `x-${n}`,
  topic: TOPIC,
  ts: 1,
  payload: "x",
  ...changes,
}));

export function recordsContract(): void {
  describe("records that are no messages", () => {
    it("are left out by every reading, counted and told once", async () => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      const log = await world.attachedLog(bus, { ttlSeconds: 0 });
      bus.publish(TOPIC, 1);
      await log.flush();
      await put(world, "messages", ...WRONG, { anything: 1 });
      await put(world, "topics", { ns: "shop", topic: 5 });
      const followed: unknown[] = [];
      bus.publish(TOPIC, 2);

      for (const pattern of [TOPIC, "#", "+"]) {
        expect(payloads(await log.getHistory(pattern))).toEqual([1, 2]);
        const entries = await collectEntries(log.read(pattern));
        expect(payloads(entries.map(({ message }) => message))).toEqual([1, 2]);
      }
      await log.subscribe("#", ({ message }) => followed.push(message.payload), { from: "start" });

      expect(followed).toEqual([1, 2]);
      expect(await log.topics()).toEqual([TOPIC]);
      expect(log.getStats().recordsSkipped).toBe(WRONG.length);
      expect(told).toEqual(WRONG.map(() => "HISTORY_RECORD_SKIPPED"));
      expect(world.errors).toEqual([]);
    });

    it("are left out of what a subscription follows", async () => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      const log = await world.attachedLog(bus);
      const followed: unknown[] = [];
      await log.subscribe("#", ({ message }) => followed.push(message.payload));
      await put(world, "messages", { ...WRONG[5], ts: world.clock.now() });

      bus.publish(TOPIC, 1);
      await log.flush();
      await turnEnd();

      await expect.poll(() => followed).toEqual([1]);
      expect(told).toEqual(["HISTORY_RECORD_SKIPPED"]);
    });

    it("keep back no collection, and go with it", async () => {
      const world = new World();
      const { bus } = world.watchedBus();
      const log = await world.attachedLog(bus, { ttlSeconds: 10 });
      await put(world, "messages", ...WRONG, { anything: 1 });
      bus.publish(TOPIC, 1);
      await log.flush();
      world.clock.advance(11_000);
      bus.publish(TOPIC, 2);

      await log.forceGc();

      expect(payloads(await world.stored("messages"))).toEqual([2]);
      expect(world.errors).toEqual([]);
    });
  });

  describe("a database without its id", () => {
    it("gets another one, and old positions are refused", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      bus.publish(TOPIC, 1);
      const after = await log.head();
      await log.detach();
      const db = await openDB(world.dbName);
      await db.clear("meta");
      db.close();

      await log.attach(bus);
      bus.publish(TOPIC, 2);

      expect(payloads(await log.getHistory("#"))).toEqual([1, 2]);
      await expect(collectEntries(log.read("#", { after }))).rejects.toMatchObject({
        code: "STALE_POSITION",
      });
      expect(await log.head()).toBe(await world.createLog({ namespace: "shop" }).head());
    });
  });
}
