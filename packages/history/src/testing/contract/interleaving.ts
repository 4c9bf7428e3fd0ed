import { describe, expect, it } from "vitest";
import { follower, payloads, range, turnEnd, World } from "../world.js";

export function interleavingContract(): void {
  describe("what comes in between", () => {
    it("leaves nobody waiting when the log is cleared while the page publishes", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      bus.publish("a", "first");

      const clearing = log.clearHistory();
      const flushes: Promise<void>[] = [];
      for (const n of range(6)) {
        for (const m of range(100)) bus.publish("a", n * 100 + m);
        flushes.push(log.flush());
        await turnEnd();
      }
      await Promise.all([clearing, ...flushes]);
      bus.publish("a", "last");
      await log.flush();

      expect(log.getStats()).toMatchObject({ pending: 0, messagesPersisted: 602 });
      expect(payloads(await log.getHistory("a")).at(-1)).toBe("last");
    });

    it("is behind head() where it was published before, however much waits", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      bus.publish("a", "in flight");
      await turnEnd();
      for (const n of range(600)) bus.publish("a", n);

      const head = await log.head();

      for await (const { message } of log.read("#", { after: head })) {
        expect.fail(`${message.payload} was published before`);
      }
    });

    it("is old to a subscription where it was published before, and live where after", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      for (const n of range(600)) bus.publish("a", n);
      const [live, all] = [follower(), follower()];

      const subscribing = [
        log.subscribe("#", live.handler),
        log.subscribe("#", all.handler, { from: "start" }),
      ];
      bus.publish("end", "after");
      await Promise.all([...subscribing, live.ended, all.ended]);

      expect(live.seen).toEqual(["after"]);
      expect(all.seen).toEqual([...range(600), "after"]);
    });

    it("stores what another bus publishes under its own app", async () => {
      const world = new World();
      const log = world.createLog({ maxMessages: 100 });
      for (const app of ["first", "second"]) {
        const bus = world.createBus({ app });
        await log.attach(bus);
        bus.publish("a", app);
        await log.detach();
      }

      expect(log.getStats().namespace).toBe("second");
      expect(payloads(await log.getHistory("#"))).toEqual(["second"]);
      expect(payloads(await world.createLog({ namespace: "first" }).getHistory("#"))).toEqual([
        "first",
      ]);
    });

    it("ends a subscription that is still being made when the log is detached", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      const seen: unknown[] = [];

      const subscribing = log.subscribe("#", ({ message }) => seen.push(message.payload));
      await log.detach();
      await subscribing;
      const other = await world.attachedLog(world.createBus());
      bus.publish("a", 1);
      await other.flush();
      await turnEnd();

      expect(seen).toEqual([]);
    });
  });
}
