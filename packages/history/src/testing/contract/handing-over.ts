import type { LogEntry } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { describe, expect, it, vi } from "vitest";
import type { HistoryConfig } from "../../types.js";
import { payloads, World } from "../world.js";

/** A page whose last two messages could not be stored when it went away, with the payloads 2 and 3. */
async function pageThatWent(world: World): Promise<void> {
  const { bus } = world.watchedBus();
  // It has no time any more to try again.
  const log = await world.attachedLog(bus, { clock: new ManualClock() });
  bus.publish("a", 1);
  await log.flush();
  const commit = vi.spyOn(IDBTransaction.prototype, "commit");
  for (let n = 0; n < 2; n += 1) {
    commit.mockImplementationOnce(function (this: IDBTransaction) {
      this.abort();
    });
  }
  bus.publish("a", 2);
  bus.publish("a", 3);
  await expect(log.flush()).rejects.toMatchObject({ pending: true });
  dispatchEvent(new Event("pagehide"));
}

/** A page that is opened later, and what it finds. */
async function nextPage(world: World, config: HistoryConfig = {}): Promise<unknown[]> {
  const log = await world.attachedLog(world.createBus(), config);
  await log.flush();
  await log.detach();
  return payloads(await world.stored("messages"));
}

export function handingOverContract(): void {
  describe("what a page could not store before it went away", () => {
    it("is stored by the next one, before its own messages, and once", async () => {
      const world = new World();
      await pageThatWent(world);
      const bus = world.createBus();
      const log = world.createLog();

      const attached = log.attach(bus);
      bus.publish("a", 4);
      await attached;
      await log.flush();

      expect(payloads(await log.getHistory("a"))).toEqual([1, 2, 3, 4]);
      expect(await nextPage(world)).toEqual([1, 2, 3, 4]);
    });

    it("is stored by a page that was there already, and given to whoever follows it", async () => {
      const world = new World();
      const log = await world.attachedLog(world.createBus());
      const seen: unknown[] = [];
      const followed = new Promise<void>((resolve) => {
        const handler = ({ message }: LogEntry): void => {
          seen.push(message.payload);
          if (message.payload === 3) resolve();
        };
        void log.subscribe("#", handler, { from: "start" });
      });
      await pageThatWent(world);

      world.clock.advance(60_000);
      await followed;

      expect(seen).toEqual([1, 2, 3]);
    });

    it("is of its namespace alone", async () => {
      const world = new World();
      await pageThatWent(world);

      expect(await nextPage(world, { namespace: "other" })).toEqual([1]);
      expect(await nextPage(world)).toEqual([1, 2, 3]);
    });

    it("is removed by clearHistory", async () => {
      const world = new World();
      const other = await world.attachedLog(world.createBus());
      await pageThatWent(world);

      await other.clearHistory();

      expect(await nextPage(world)).toEqual([]);
    });

    it("is gone with the database that it was meant for", async () => {
      const world = new World();
      await pageThatWent(world);
      await world.deleteDatabase();

      expect(await nextPage(world)).toEqual([]);
    });

    it("does not come back when it is too old", async () => {
      const world = new World();
      await pageThatWent(world);
      world.clock.advance(1_000);

      expect(await nextPage(world, { ttlSeconds: 0.5 })).toEqual([1]);
      expect(await nextPage(world)).toEqual([1]);
    });

    it("does not come back when it is older than all that a full log holds", async () => {
      const world = new World();
      const bus = world.createBus();
      const other = await world.attachedLog(bus, { maxMessages: 2 });
      await pageThatWent(world);
      world.clock.advance(1_000);
      for (const n of [5, 6]) bus.publish("a", n);
      await other.flush();

      expect(await nextPage(world, { maxMessages: 2 })).toEqual([1, 5, 6]);
    });
  });
}
