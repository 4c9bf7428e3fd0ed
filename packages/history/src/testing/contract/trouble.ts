import { openDB } from "idb";
import { describe, expect, it, vi } from "vitest";
import { createEstablished, establishedRecord } from "../../fixtures/layout-1-established.js";
import { isHistoryError } from "../../index.js";
import { payloads, turnEnd, World } from "../world.js";

const MINUTE = 60_000;

/** Lets the next commits fail, as those of a disk with a fault do. */
function failCommits(times: number): void {
  const commit = vi.spyOn(IDBTransaction.prototype, "commit");
  for (let n = 0; n < times; n += 1) {
    commit.mockImplementationOnce(function (this: IDBTransaction) {
      this.abort();
    });
  }
}

/** Lets no transaction write, until the function is called that it returns. */
function fillDisk(): () => void {
  const begin = IDBDatabase.prototype.transaction;
  const spy = vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (
    this: IDBDatabase,
    stores,
    mode,
    options,
  ) {
    // Also where it is full things can be removed; the writer has no other way to tell it apart.
    if (mode === "readwrite" && new Error().stack?.includes("commit")) {
      throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    }
    return begin.call(this, stores, mode, options);
  });
  return () => spy.mockRestore();
}

export function troubleContract(): void {
  describe("a transaction that fails", () => {
    it("is repeated once, and nobody hears of it", async () => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      const log = await world.attachedLog(bus);
      failCommits(1);

      bus.publish("a", 1);
      bus.publish("a", 2);
      await log.flush();

      expect(payloads(await world.stored("messages"))).toEqual([1, 2]);
      expect(log.getStats()).toMatchObject({ messagesPersisted: 2, pending: 0, degraded: false });
      expect(told).toEqual([]);
      expect(world.errors).toEqual([]);
    });

    it("twice, leaves its messages in memory, acknowledges none of them, and is told once", async () => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      const log = await world.attachedLog(bus);
      bus.publish("a", "stored");
      await log.flush();
      failCommits(2);

      const first = bus.publish("a", 1);
      const waiting = [first, bus.publish("b", 2)];
      const messages = await log.getHistory("a");
      const failure: unknown = await log.committed(first).catch((error) => error);
      bus.publish("a", 3);
      const later = bus.publish("a", 4);

      expect(payloads(messages)).toEqual(["stored", 1]);
      expect(failure).toMatchObject({
        name: "HistoryWriteError",
        code: "HISTORY_WRITE_FAILED",
        pending: true,
        messageIds: waiting.map(({ id }) => id),
      });
      expect(isHistoryError(failure, "HISTORY_WRITE_FAILED")).toBe(true);
      expect(String(failure)).toMatch(
        /^HistoryWriteError: 2 messages could not be stored: AbortError.*\. They were delivered, and wait in memory\.$/,
      );
      await expect(log.committed(later)).rejects.toMatchObject({ pending: true });
      expect(payloads(await log.getHistory("#"))).toEqual(["stored", 1, 2, 3, 4]);
      expect(payloads(await log.getHistory("#", { limit: 2 }))).toEqual([3, 4]);
      expect(await log.getHistory("#", { limit: 0 })).toEqual([]);
      expect(payloads(await world.stored("messages"))).toEqual(["stored"]);
      expect(log.getStats()).toMatchObject({ messagesPersisted: 1, pending: 4, degraded: true });
      expect(world.errors).toMatchObject([{ code: "HISTORY_WRITE_FAILED", pending: true }]);
      expect(told).toEqual([expect.stringMatching(/^storage-degraded: AbortError/)]);
    });

    it.each<[string, (world: World, flush: () => Promise<void>) => unknown]>([
      ["by the next flush", (_, flush) => flush()],
      ["at the next collection", ({ clock }) => clock.advance(MINUTE)],
    ])("is made good %s, in the order of publishing", async (_, again) => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      const log = await world.attachedLog(bus);
      failCommits(2);
      for (let n = 0; n < 300; n += 1) bus.publish("a", n);
      await log.getHistory("a");
      bus.publish("a", 300);

      await again(world, () => log.flush());
      bus.publish("a", 301);
      await log.flush();

      const all = Array.from({ length: 302 }, (_, n) => n);
      expect(payloads(await world.stored("messages"))).toEqual(all);
      expect(payloads(await log.getHistory("a"))).toEqual(all);
      expect(log.getStats()).toMatchObject({ messagesPersisted: 302, pending: 0, degraded: false });
      expect(told.slice(1)).toEqual(["HISTORY_RECOVERED"]);
    });

    it("again and again, keeps `maxMessages` in memory, and tells how many it gave up", async () => {
      const world = new World();
      const warnings: unknown[] = [];
      const bus = world.createBus({
        onDiagnostic: (event) => {
          if (event.type === "warning") warnings.push([event.code, event.details]);
        },
      });
      const log = await world.attachedLog(bus, { maxMessages: 300 });
      failCommits(4);

      for (let n = 0; n < 280; n += 1) bus.publish("a", n);
      await expect(log.flush()).rejects.toMatchObject({ pending: true });
      const given = await log.getHistory("a");
      for (let n = 280; n < 700; n += 1) {
        bus.publish("a", n);
        if (n % 100 === 0) await turnEnd();
      }
      await expect(log.flush()).rejects.toMatchObject({ pending: true });
      expect(log.getStats()).toMatchObject({ pending: 300, degraded: true });
      await log.flush();

      const last = Array.from({ length: 300 }, (_, n) => 400 + n);
      expect(payloads(await world.stored("messages"))).toEqual(last);
      await expect(log.committed(given[0] as { id: string })).rejects.toMatchObject({
        code: "HISTORY_WRITE_FAILED",
      });
      expect(warnings).toEqual([
        ["HISTORY_DROPPED", expect.anything()],
        ["HISTORY_RECOVERED", { dropped: 400 }],
      ]);
    });

    it("is tried once more by detach", async () => {
      const world = new World();
      const { bus } = world.watchedBus();
      const log = await world.attachedLog(bus);
      failCommits(2);
      bus.publish("a", 1);
      await log.getHistory("a");

      await log.detach();

      expect(payloads(await world.stored("messages"))).toEqual([1]);
    });

    it("leaves nothing in memory that clearHistory should have removed", async () => {
      const world = new World();
      const { bus } = world.watchedBus();
      const log = await world.attachedLog(bus);
      failCommits(2);
      bus.publish("a", 1);

      await log.clearHistory();
      bus.publish("a", 2);
      await log.flush();

      expect(payloads(await log.getHistory("a"))).toEqual([2]);
    });
  });

  describe("clearHistory of a log that waits in memory", () => {
    it("gives up what was published before it, and nothing that came after", async () => {
      const world = new World();
      const { bus } = world.watchedBus();
      const log = await world.attachedLog(bus);
      failCommits(2);
      bus.publish("a", "before");
      await expect(log.flush()).rejects.toMatchObject({ pending: true });

      const clearing = log.clearHistory();
      bus.publish("a", "after");
      await clearing;
      await log.flush();

      expect(payloads(await world.stored("messages"))).toEqual(["after"]);
    });
  });

  describe("a disk that is full", () => {
    it("is relieved of what is too old, and the transaction repeated", async () => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      const log = await world.attachedLog(bus, { ttlSeconds: 10 });
      for (const n of [1, 2, 3]) bus.publish("a", n);
      await log.flush();
      world.clock.advance(11_000);
      const restore = fillDisk();
      const collect = vi.spyOn(IDBObjectStore.prototype, "delete");
      collect.mockImplementationOnce(function (this: IDBObjectStore, range) {
        collect.mockRestore();
        restore();
        return this.delete(range);
      });

      bus.publish("a", 4);
      await log.flush();

      expect(payloads(await world.stored("messages"))).toEqual([4]);
      expect(told).toEqual(["HISTORY_COLLECTED"]);
      expect(log.getStats()).toMatchObject({ messagesGarbageCollected: 3, degraded: false });
    });

    it("leaves messages in memory, and forceGc lets them be stored", async () => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      const log = await world.attachedLog(bus);
      const restore = fillDisk();

      bus.publish("a", 1);
      await expect(log.flush()).rejects.toMatchObject({ code: "HISTORY_WRITE_FAILED" });
      expect(told).toEqual([
        "HISTORY_COLLECTED",
        expect.stringMatching(/^storage-degraded: QuotaExceededError/),
      ]);
      restore();
      await log.forceGc();
      await log.flush();

      expect(payloads(await world.stored("messages"))).toEqual([1]);
    });
  });

  describe("a page without IndexedDB", () => {
    const refuse = (name: string) => () => {
      vi.spyOn(indexedDB, "open").mockImplementation(() => {
        throw new DOMException("Not here.", name);
      });
    };
    const fail = () => {
      const open = IDBFactory.prototype.open.bind(indexedDB);
      vi.spyOn(indexedDB, "open").mockImplementation(() => {
        const request = open(`nowhere-${crypto.randomUUID()}`);
        request.addEventListener("upgradeneeded", (event) => {
          event.stopImmediatePropagation();
          request.transaction?.abort();
        });
        const error = new DOMException("Not in a private window.", "InvalidStateError");
        return Object.defineProperty(request, "error", { get: () => error, set() {} });
      });
    };

    it("is not told that its log is cleared, and loses nothing by having tried", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = world.createLog();
      refuse("SecurityError")();
      await log.attach(bus);
      bus.publish("a", 1);

      await expect(log.clearHistory()).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });

      expect(log.getStats()).toMatchObject({ degraded: true, pending: 1 });
      vi.restoreAllMocks();
      await log.flush();
      expect(payloads(await world.stored("messages"))).toEqual([1]);
    });

    it.each<[string, () => void, RegExp]>([
      ["there is none", () => vi.stubGlobal("indexedDB", undefined), /no IndexedDB\.$/],
      ["open() throws", refuse("SecurityError"), /SecurityError: Not here\./],
      ["open() fails", fail, /InvalidStateError: Not in a private window\./],
    ])("keeps its log in memory, and says so, where %s", async (_, takeAway, reason) => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      const log = world.createLog({ maxMessages: 3 });
      takeAway();

      const attached = log.attach(bus);
      const first = bus.publish("a.1", 1);
      await attached;
      for (const n of [2, 3, 4]) bus.publish(`a.${n}`, n);

      expect(payloads(await log.getHistory("#"))).toEqual([2, 3, 4]);
      expect(payloads(await log.getHistory("a.3"))).toEqual([3]);
      await expect(log.flush()).rejects.toMatchObject({ pending: true });
      await expect(log.committed(first)).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
      await expect(log.count("#")).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
      world.clock.advance(10 * MINUTE);
      await turnEnd();
      expect(log.getStats()).toMatchObject({ attached: true, degraded: true, pending: 3 });
      expect(told[0]).toMatch(/^storage-degraded: The database .* cannot be opened/);
      expect(String(world.errors[0])).not.toContain("..");
      expect(told[0]).toMatch(reason);
      expect(told.slice(1)).toEqual(["HISTORY_DROPPED"]);
      expect(world.errors).toHaveLength(1);
      world.clock.advance(60 * MINUTE);
      expect(await log.getHistory("#")).toEqual([]);
    });

    it("gives copies of what it keeps", async () => {
      const world = new World();
      const log = world.createLog();
      const bus = world.createBus();
      vi.stubGlobal("indexedDB", undefined);
      await log.attach(bus);
      bus.publish("a", { list: [1] });

      const [message] = await log.getHistory("a");
      message?.payload.list.push(2);

      expect(Object.isFrozen(message)).toBe(true);
      expect(payloads(await log.getHistory("a"))).toEqual([{ list: [1] }]);
    });

    it("is told in one sentence after the other, and of one message in the singular", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = world.createLog();
      vi.stubGlobal("indexedDB", undefined);
      await log.attach(bus);

      bus.publish("a", 1);

      const reason = `HistoryUnavailableError: The database "${world.dbName}" cannot be opened: this environment has no IndexedDB`;
      await expect(log.flush()).rejects.toMatchObject({
        message: `1 message could not be stored: ${reason}. It was delivered, and waits in memory.`,
      });
    });

    it("stores what it has kept when there is one after all", async () => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      const log = world.createLog();
      vi.stubGlobal("indexedDB", undefined);
      await log.attach(bus);
      bus.publish("a", 1);
      await log.getHistory("a");
      vi.unstubAllGlobals();

      world.clock.advance(MINUTE);
      await log.flush();

      expect(payloads(await world.stored("messages"))).toEqual([1]);
      expect(told.slice(1)).toEqual(["HISTORY_RECOVERED"]);
    });

    it("forgets what it kept where the database proves to be another's", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = world.createLog();
      const other = await openDB(world.dbName, 1, {
        upgrade: (db) => void db.createObjectStore("notes"),
      });
      other.close();

      const attached = log.attach(bus);
      bus.publish("a", 1);
      const flushed = log.flush();
      flushed.catch(() => {});
      await expect(attached).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE", refused: true });
      await expect(flushed).rejects.toMatchObject({ code: "HISTORY_WRITE_FAILED", pending: false });

      expect(log.getStats()).toMatchObject({ attached: false, degraded: false, pending: 0 });
      await world.deleteDatabase();
      await log.attach(bus);
      bus.publish("a", 2);
      expect(payloads(await log.getHistory("a"))).toEqual([2]);
    });
  });

  describe("a database that another page holds", () => {
    it("in the layout of the established library is waited for, which is told", async () => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      await createEstablished(world.dbName, [establishedRecord("shop", "a", "a", 1, "old")]);
      const holder = await openDB(world.dbName, 1);
      const log = world.createLog({ ttlSeconds: 0 });

      const attached = log.attach(bus);
      bus.publish("a", "new");
      await vi.waitUntil(() => told.length > 0);
      expect(told).toEqual(["HISTORY_BLOCKED"]);
      holder.close();
      await attached;

      expect(payloads(await log.getHistory("a"))).toEqual(["old", "new"]);
      expect(told).toEqual(["HISTORY_BLOCKED", "HISTORY_CARRIED_OVER"]);
    });
  });

  describe("a database that is deleted under the log", () => {
    it("is told, and a position of it refused by name", async () => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      const log = await world.attachedLog(bus);
      bus.publish("a", 1);
      const after = await log.head();
      await world.deleteDatabase();
      bus.publish("a", 2);

      const reading = log.read("a", { after })[Symbol.asyncIterator]();

      await expect(reading.next()).rejects.toMatchObject({ code: "STALE_POSITION" });
      expect(payloads(await log.getHistory("a"))).toEqual([2]);
      expect(told).toEqual(["HISTORY_DELETED"]);
    });

    it("is told once, also where the streams find it too", async () => {
      const world = new World();
      const { bus, told } = world.watchedBus();
      const log = await world.attachedLog(bus);
      await log.streams.head();
      await world.deleteDatabase();

      bus.publish("a", 1);
      await log.flush();
      await log.streams.head();

      expect(told).toEqual(["HISTORY_DELETED"]);
    });
  });
}
