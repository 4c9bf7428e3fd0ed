import { describe, expect, it, vi } from "vitest";
import { follower, payloads, World } from "../world.js";

/** The channels that are open. */
function watchChannels(): { readonly open: Set<string> } {
  const open = new Set<string>();
  const { addEventListener, close } = BroadcastChannel.prototype;
  vi.spyOn(BroadcastChannel.prototype, "close").mockImplementation(function (
    this: BroadcastChannel,
  ) {
    open.delete(this.name);
    close.call(this);
  });
  vi.spyOn(BroadcastChannel.prototype, "addEventListener").mockImplementation(function (
    this: BroadcastChannel,
    ...args: unknown[]
  ) {
    open.add(this.name);
    return Reflect.apply(addEventListener, this, args);
  });
  return { open };
}

export function followingContract(): void {
  describe("subscribe", () => {
    it("gives every entry once, in one order, while two tabs append and a third collects", async () => {
      const world = new World();
      const [busA, busB] = [world.createBus(), world.createBus()];
      const [logA, logB] = [await world.attachedLog(busA), await world.attachedLog(busB)];
      const reader = world.createLog({ namespace: "shop", maxMessages: 10_000 });
      for (let n = 0; n < 300; n += 1) busA.publish("old", n);
      await logA.flush();
      const { seen, handler, ended } = follower();
      const small = world.createLog({ namespace: "shop", maxMessages: 200 });

      const subscribed = reader.subscribe("#", handler, { from: "start" });
      for (let n = 0; n < 20; n += 1) {
        for (let m = 0; m < 10; m += 1) {
          busA.publish("a", `a${n * 10 + m}`);
          busB.publish("b", `b${n * 10 + m}`);
        }
        await Promise.all([logA.flush(), logB.flush()]);
        if (n === 10) await small.forceGc();
      }
      busA.publish("end", "end");
      const unsubscribe = await subscribed;
      await ended;
      unsubscribe();

      const own = (letter: string) => seen.filter((each) => String(each).startsWith(letter));
      const from = (letter: string) => Array.from({ length: 200 }, (_, n) => `${letter}${n}`);
      expect(own("a")).toEqual(from("a"));
      expect(own("b")).toEqual(from("b"));
      expect(new Set(seen).size).toBe(seen.length);
      const stored = payloads(await logB.getHistory("#"));
      expect(seen.slice(-stored.length)).toEqual(stored);
    });

    it("does not deliver what has expired or is too many", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus, { maxMessages: 2, ttlSeconds: 60 });
      for (const n of [1, 2]) bus.publish("a", n);
      await log.flush();
      world.clock.advance(60_001);
      for (const n of [3, 4, 5]) bus.publish("a", n);
      const { seen, handler } = follower();

      await log.subscribe("#", handler, { from: "start" });

      expect(seen).toEqual([4, 5]);
    });

    it("tells onError of a handler that fails, and goes on", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      const { seen, handler, ended } = follower();
      const error = new Error("no");
      await log.subscribe("a.#", () => {
        throw error;
      });
      await log.subscribe("#", handler);

      const { id } = bus.publish("a.b", 1);
      bus.publish("end", 2);
      await ended;

      expect(seen).toEqual([1, 2]);
      await vi.waitFor(() => expect(world.errors).toHaveLength(1));
      expect(world.errors[0]).toMatchObject({
        name: "LogHandlerError",
        code: "HISTORY_HANDLER_FAILED",
        message: 'A handler of "a.#" failed with a message of "a.b": Error: no. The log goes on.',
        cause: error,
        pattern: "a.#",
        topic: "a.b",
        messageId: id,
      });
    });

    it("listens to other tabs while somebody is subscribed, and not while the page hides", async () => {
      const world = new World();
      const bus = world.createBus();
      const other = world.createBus();
      const { open } = watchChannels();
      const log = await world.attachedLog(bus);
      const otherLog = await world.attachedLog(other);
      const name = `${world.dbName}/shop`;
      bus.publish("a", 1);
      await log.flush();
      expect([...open]).toEqual([]);

      const { seen, handler, ended } = follower();
      const first = await log.subscribe("#", handler);
      const second = await log.subscribe("#", () => {});
      expect([...open]).toEqual([name]);
      first();
      first();
      expect([...open]).toEqual([name]);
      await log.subscribe("#", handler);
      second();

      dispatchEvent(new Event("pagehide"));
      expect([...open]).toEqual([]);
      other.publish("a", "missed");
      await otherLog.flush();
      expect(seen).toEqual([]);
      dispatchEvent(new Event("pageshow"));
      expect([...open]).toEqual([name]);
      other.publish("end", "live");
      await ended;

      expect(seen).toEqual(["missed", "live"]);
      await log.detach();
      expect([...open]).toEqual([]);
    });

    it("does not deliver what expired while the page was away", async () => {
      const world = new World();
      const [busA, busB] = [world.createBus(), world.createBus()];
      const [logA, logB] = [await world.attachedLog(busA), await world.attachedLog(busB)];
      const { seen, handler, ended } = follower();
      await logA.subscribe("#", handler);

      dispatchEvent(new Event("pagehide"));
      busB.publish("a", "missed");
      await logB.flush();
      world.clock.advance(3_600_001);
      busB.publish("end", "in time");
      await logB.flush();
      dispatchEvent(new Event("pageshow"));
      await ended;

      expect(seen).toEqual(["in time"]);
    });

    it("goes on where it was after a commit that no poke told of", async () => {
      const world = new World();
      const [busA, busB] = [world.createBus(), world.createBus()];
      const [logA, logB] = [await world.attachedLog(busA), await world.attachedLog(busB)];
      const { seen, handler, ended } = follower();
      await logA.subscribe("#", handler);
      vi.spyOn(BroadcastChannel.prototype, "postMessage").mockImplementation(() => {});

      busB.publish("a", 1);
      await logB.flush();
      busA.publish("end", 2);
      await ended;

      expect(seen).toEqual([1, 2]);
    });

    it("ends with the log", async () => {
      const world = new World();
      const [busA, busB] = [world.createBus(), world.createBus()];
      const [logA, logB] = [await world.attachedLog(busA), await world.attachedLog(busB)];
      const { seen, handler } = follower();
      await logA.subscribe("#", handler);

      await logA.detach();
      busB.publish("a", 1);
      await logB.flush();
      await logB.getHistory("#");

      expect(seen).toEqual([]);
      expect(world.openConnections()).toBe(1);
    });
  });

  describe("committed", () => {
    it("settles when that message is stored, whichever log of the page stores it", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      const waiting = await world.attachedLog(bus);
      const message = bus.publish("a", 1);

      await Promise.all([log.committed(message), waiting.committed(message)]);
      expect(await world.stored("messages")).toHaveLength(1);
      await log.committed(message);
    });

    it("rejects when the message could not be stored, and for no other", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      const { add } = IDBObjectStore.prototype;
      vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(function (
        this: IDBObjectStore,
        row,
      ) {
        if (row.payload === "refused" || row.payload === "too") throw new RangeError("too large");
        return add.call(this, row);
      });
      const [fine, refused, too] = ["fine", "refused", "too"].map((each) => bus.publish("a", each));
      const uncloneable = bus.publish("a", () => {});
      const all = [fine, refused, too, uncloneable].map((each) => log.committed(each as never));

      const settled = await Promise.allSettled(all);

      expect(settled.map(({ status }) => status)).toEqual([
        "fulfilled",
        "rejected",
        "rejected",
        "rejected",
      ]);
      expect(settled[2]).toMatchObject({
        reason: { message: expect.stringContaining("RangeError: too large") },
      });
      for (const [n, message] of [refused, too, uncloneable].entries()) {
        expect(settled[n + 1]).toMatchObject({
          reason: { code: "HISTORY_WRITE_FAILED", messageIds: [message?.id] },
        });
      }
    });
  });
}
