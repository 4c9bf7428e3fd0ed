import { openDB } from "idb";
import { describe, expect, it, vi } from "vitest";
import { payloads, World } from "../world.js";

/** As a browser takes a database away: the connection is closed, and what it was at has failed. */
function takeAway(tx: IDBTransaction): void {
  tx.db.close();
  tx.abort();
}

export function connectingContract(): void {
  describe("attach", () => {
    it("is refused while the log is attached", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = world.createLog();
      const first = log.attach(bus);
      const sentence =
        "This log is attached to a bus already. Call detach() first, or create a second log.";

      await expect(log.attach(bus)).rejects.toThrow(sentence);
      await first;
      await expect(log.attach(world.createBus())).rejects.toMatchObject({
        code: "HISTORY_MISUSED",
        message: sentence,
      });
      bus.publish("a", 1);
      expect(await log.getHistory("a")).toHaveLength(1);
    });

    it.each([
      [undefined, "undefined"],
      [null, "null"],
      [{}, "an object"],
      ["shop", '"shop"'],
    ])("is refused with %o, which is no bus", async (bus, shown) => {
      const log = new World().createLog();

      await expect(log.attach(bus as never)).rejects.toMatchObject({
        code: "HISTORY_MISUSED",
        message: `What attach() was given is ${shown}: it must be a bus, as createPubSub and joinPubSub return it.`,
      });
      expect(log.getStats().attached).toBe(false);
    });

    it("works again after detach", async () => {
      const world = new World();
      const [first, second] = [world.createBus(), world.createBus()];
      const log = await world.attachedLog(first);
      first.publish("a", 1);
      await log.detach();
      first.publish("a", "not stored");

      await log.attach(second);
      second.publish("a", 2);

      expect(payloads(await log.getHistory("a"))).toEqual([1, 2]);
      expect(log.getStats().attached).toBe(true);
    });

    it("tells diagnostics", async () => {
      const world = new World();
      const told: string[] = [];
      const bus = world.createBus({
        onDiagnostic: (event) => {
          if (event.type === "link") told.push(`${event.domain} ${event.state}`);
        },
      });
      const log = world.createLog();

      await log.attach(bus);
      await log.detach();

      const domain = `log:${world.dbName}/${bus.getStats().app}`;
      expect(told).toEqual([`${domain} active`, `${domain} closed`]);
    });

    it("refuses the database of something else, and leaves it untouched", async () => {
      const world = new World();
      const other = await openDB(world.dbName, 1, {
        upgrade: (db) => void db.createObjectStore("notes"),
      });
      await other.put("notes", "kept", "key");
      other.close();

      await expect(world.createLog().attach(world.createBus())).rejects.toMatchObject({
        code: "HISTORY_UNAVAILABLE",
        message: `The database "${world.dbName}" cannot be opened: it belongs to something else. Give the log another dbName.`,
      });

      const again = await openDB(world.dbName);
      expect(await again.get("notes", "key")).toBe("kept");
      again.close();
    });

    it("refuses the database of a newer version, and leaves it untouched", async () => {
      const world = new World();
      const newer = await openDB(world.dbName, 99, {
        upgrade: (db) => void db.createObjectStore("future"),
      });
      await newer.put("future", "kept", "key");
      newer.close();

      await expect(world.createLog().attach(world.createBus())).rejects.toMatchObject({
        code: "HISTORY_UNAVAILABLE",
        message: `The database "${world.dbName}" cannot be opened: a newer version of this package has written it, or something else of that name: it has layout 99, and this one knows layout 2. Update @pubsub-mfe/history, or give the log another dbName.`,
      });
      const db = await openDB(world.dbName);
      expect(db.version).toBe(99);
      expect([...db.objectStoreNames]).toEqual(["future"]);
      expect(await db.get("future", "key")).toBe("kept");
      db.close();
    });
  });

  describe("the connection", () => {
    it("gives way to who deletes the database, and the log goes on in a new one", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      bus.publish("a", "deleted");
      await log.flush();

      await world.deleteDatabase();
      bus.publish("a", "next");

      expect(payloads(await log.getHistory("a"))).toEqual(["next"]);
      expect(world.errors).toEqual([]);
    });

    it("is opened again, once, where the browser has closed it", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      world.connections.at(-1)?.close();

      bus.publish("a", 1);
      const reads = await Promise.all([log.getHistory("a"), log.forceGc(), log.getHistory("#")]);

      expect(payloads(reads[0])).toEqual([1]);
      expect(payloads(reads[2])).toEqual([1]);
      expect(world.connections).toHaveLength(2);
      await log.detach();
      expect(world.openConnections()).toBe(0);
    });

    it("is opened again where the browser closes it in the midst of a transaction", async () => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      const log = await world.attachedLog(bus);
      vi.spyOn(IDBTransaction.prototype, "commit").mockImplementationOnce(function (
        this: IDBTransaction,
      ) {
        takeAway(this);
      });

      bus.publish("a", 1);
      bus.publish("a", 2);
      await log.flush();

      expect(payloads(await world.stored("messages"))).toEqual([1, 2]);
      expect(told).toEqual([]);
      expect(world.errors).toEqual([]);
    });

    it("is opened again where the browser closes it in the midst of a read", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      bus.publish("a", 1);
      await log.flush();
      const { count } = IDBObjectStore.prototype;
      vi.spyOn(IDBObjectStore.prototype, "count").mockImplementationOnce(function (
        this: IDBObjectStore,
        ...args
      ) {
        const request = count.apply(this, args);
        takeAway(this.transaction);
        return request;
      });

      expect(await log.count("a")).toBe(1);

      expect(world.connections).toHaveLength(2);
    });
  });
}
