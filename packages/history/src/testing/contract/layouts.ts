import type { DiagnosticEvent, EventPosition, LogPosition, StoredEvent } from "@pubsub-mfe/core";
import { openDB } from "idb";
import { describe, expect, it } from "vitest";
import { createEstablished, establishedRecord } from "../../fixtures/layout-1-established.js";
import { createLayout2, KEPT_POSITIONS } from "../../fixtures/layout-2.js";
import { collectEntries, payloads, World } from "../world.js";

const START = 1_700_000_000_000;
const CARTS = { name: "carts", version: 1 };

/** A world whose clock is that of the fixtures, and what its bus was told. */
function oldWorld() {
  const world = new World();
  world.clock.wallMs = START + 10;
  const told: DiagnosticEvent[] = [];
  const bus = world.createBus({ onDiagnostic: (event) => told.push(event) });
  const warnings = () => told.filter(({ type }) => type === "warning");
  return { world, bus, warnings };
}

/** Everything there is in a database, by name. */
async function contentOf(name: string): Promise<object> {
  const db = await openDB(name);
  const stores = [...db.objectStoreNames];
  const content = {
    version: db.version,
    stores: await Promise.all(stores.map(async (store) => [store, await db.getAll(store)])),
  };
  db.close();
  return content;
}

async function eventIds(events: AsyncIterable<StoredEvent>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of events) ids.push(id);
  return ids;
}

export function layoutsContract(): void {
  describe("a database of the established library", () => {
    it("is taken over, each namespace in the order of its times and ids", async () => {
      const { world, bus, warnings } = oldWorld();
      await createEstablished(world.dbName, [
        establishedRecord("default", "c", "cart.cleared", START + 2, new Map([["c", 3]])),
        establishedRecord("default", "a", "cart.item.added", START + 2, { a: 2 }),
        establishedRecord("blog", "x", "post.saved", START + 1, "another's"),
        establishedRecord("default", "z", "cart.item.added", START + 1, 1),
      ]);

      const log = await world.attachedLog(bus, { namespace: "default" });
      bus.publish("cart.item.added", "new");
      const blog = world.createLog({ namespace: "blog" });

      const messages = await log.getHistory("#");
      expect(payloads(messages)).toEqual([1, { a: 2 }, new Map([["c", 3]]), "new"]);
      expect(messages[0]).toEqual({
        id: "z",
        topic: "cart.item.added",
        ts: START + 1,
        payload: 1,
        schemaVersion: "1.0",
        meta: { source: "cart" },
      });
      expect(payloads(await log.getHistory("cart.item.+"))).toEqual([1, { a: 2 }, "new"]);
      expect(payloads(await blog.getHistory("#"))).toEqual(["another's"]);
      expect(await log.topics()).toEqual(["cart.cleared", "cart.item.added"]);
      await log.committed({ id: "c" });
      expect(warnings()).toEqual([
        expect.objectContaining({
          code: "HISTORY_CARRIED_OVER",
          details: { messages: 4, skipped: 0 },
        }),
      ]);
      const { stores } = (await contentOf(world.dbName)) as { stores: [string, unknown][] };
      expect(stores.map(([name]) => name)).not.toContain("established");
    });

    it("loses nothing of it but the records that are no messages, and these are counted", async () => {
      const { world, bus, warnings } = oldWorld();
      const good = establishedRecord("default", "good", "a", START, "good");
      const message = { id: "bad", topic: "a", ts: START, payload: 1 };
      const bad = { id: "bad", topic: "a", namespace: "default", timestamp: START, createdAt: 0 };
      const differently = (n: number, changes: object) => ({ ...bad, id: `bad-${n}`, ...changes });
      const wrong = [
        {},
        { message: null },
        { message: "text" },
        { message: { ...message, id: "of another" } },
        { message: { ...message, id: "bad-4", topic: 4 } },
        { message: { ...message, id: "bad-5", topic: "" } },
        { message: { ...message, id: "bad-6", ts: Number.NaN } },
        { message: { ...message, id: "bad-7", meta: [] } },
        { message: { ...message, id: "bad-8", schemaVersion: 1 } },
        { message: { ...message, id: "bad-9" }, namespace: undefined },
        { message: { ...message, id: "bad-10" }, namespace: 10 },
        { message: { ...message, id: "bad-11" }, timestamp: undefined },
      ];
      const records = wrong.map((changes, n) => differently(n, changes));
      await createEstablished(world.dbName, [...records, good]);

      const log = await world.attachedLog(bus, { namespace: "default" });

      expect(payloads(await log.getHistory("#"))).toEqual(["good"]);
      expect(await world.stored("messages")).toHaveLength(1);
      expect(warnings()).toMatchObject([{ details: { messages: 1, skipped: 12 } }]);
    });

    it("keeps 1,500 messages, which are collected like all others", async () => {
      const { world, bus } = oldWorld();
      const records = Array.from({ length: 1_500 }, (_, n) =>
        establishedRecord("default", `m-${n}`, `a.${n % 9}`, START - 1_500 + n, n),
      );
      await createEstablished(world.dbName, records);

      const log = await world.attachedLog(bus, { namespace: "default", maxMessages: 1_000 });

      expect(log.getStats().estimatedStorageCount).toBe(1_500);
      expect(payloads(await log.getHistory("#", { limit: 2 }))).toEqual([1_498, 1_499]);
      expect(await log.forceGc()).toBe(500);
    });

    it("may be empty", async () => {
      const { world, bus } = oldWorld();
      await createEstablished(world.dbName, []);

      const log = await world.attachedLog(bus);
      bus.publish("a", 1);

      expect(payloads(await log.getHistory("#"))).toEqual([1]);
    });

    it("is taken over once where two tabs open it at once", async () => {
      const { world, bus, warnings } = oldWorld();
      await createEstablished(world.dbName, [establishedRecord("shop", "a", "a", START, 1)]);

      const logs = await Promise.all([world.attachedLog(bus), world.attachedLog(bus)]);

      for (const log of logs) expect(payloads(await log.getHistory("#"))).toEqual([1]);
      expect(warnings()).toHaveLength(1);
    });

    it.each<[string, (db: IDBDatabase) => void]>([
      ["another key", (db) => void db.createObjectStore("messages", { keyPath: "key" })],
      ["no indexes", (db) => void db.createObjectStore("messages", { keyPath: "id" })],
      [
        "other indexes",
        (db) => {
          const store = db.createObjectStore("messages", { keyPath: "id" });
          store.createIndex("by-namespace-timestamp", ["namespace", "createdAt"]);
          store.createIndex("by-namespace-topic", ["namespace", "topic"]);
        },
      ],
      [
        "another store",
        (db) => {
          const store = db.createObjectStore("messages", { keyPath: "id" });
          store.createIndex("by-namespace-timestamp", ["namespace", "timestamp"]);
          store.createIndex("by-namespace-topic", ["namespace", "topic"]);
          db.createObjectStore("notes", { keyPath: "id" });
        },
      ],
    ])("is not one with %s: that is left untouched", async (_, create) => {
      const world = new World();
      const other = await openDB(world.dbName, 1, {
        upgrade: (db) => create(db as unknown as IDBDatabase),
      });
      await other.put("messages", { id: "kept", key: "kept", namespace: "n", timestamp: 1 });
      other.close();
      const before = await contentOf(world.dbName);

      await expect(world.createLog().attach(world.createBus())).rejects.toMatchObject({
        code: "HISTORY_UNAVAILABLE",
        message: expect.stringContaining("it belongs to something else."),
      });

      expect(await contentOf(world.dbName)).toEqual(before);
    });
  });

  describe("a database of version 1.0", () => {
    it.each([
      ["version 2", 2],
      ["version 1, before the release", 1],
    ])("is opened, read in its order, and written on (%s)", async (_, version) => {
      const { world, bus, warnings } = oldWorld();
      await createLayout2(world.dbName, version);

      const log = await world.attachedLog(bus);
      const entries = await collectEntries(log.read("#"));
      expect(payloads(entries.map(({ message }) => message))).toEqual([
        { sku: "A-1", at: new Date(START), tags: new Map([["new", true]]) },
        undefined,
        3,
      ]);
      expect(entries[0]?.message).toMatchObject({
        id: "m-1",
        topic: "cart.item.added",
        ts: START,
        schemaVersion: "2.1",
        meta: { source: "catalog", correlationId: "c-1" },
      });
      bus.publish("cart.item.added", 4);

      const after = KEPT_POSITIONS.message as LogPosition;
      expect(entries[0]?.position).toBe(after);
      const rest = await collectEntries(log.read("cart.item.added", { after }));
      expect(payloads(rest.map(({ message }) => message))).toEqual([3, 4]);
      expect(await log.topics()).toEqual(["cart.cleared", "cart.item.added"]);
      await log.committed({ id: "m-2" });
      expect(await log.count("#")).toBe(4);
      expect(warnings()).toEqual([]);
    });

    it("has streams that are read and appended to, with what belongs to them", async () => {
      const { world } = oldWorld();
      await createLayout2(world.dbName);
      const { streams } = world.createLog({ namespace: "shop" });

      expect(await eventIds(streams.read("cart-1"))).toEqual(["e-1", "e-3"]);
      const after = KEPT_POSITIONS.event as EventPosition;
      expect(await eventIds(streams.readAll({ after }))).toEqual(["e-2", "e-3"]);
      expect(await streams.readSnapshot("cart-1", { name: "total" })).toEqual({
        name: "total",
        version: 2,
        state: { total: 40 },
      });
      expect(await streams.rows(CARTS).list()).toEqual([
        { id: "cart-1", row: { paid: true } },
        { id: "cart-2", row: { paid: false } },
      ]);
      const checkpoint = (await streams.rows(CARTS).checkpoint()) as EventPosition;
      expect(await eventIds(streams.readAll({ after: checkpoint }))).toEqual([]);

      const paid = [{ type: "cart.paid", payload: null }];
      const repeated = await streams.append("cart-1", paid, { commandId: "pay-1" });
      expect(repeated).toMatchObject({ version: 2, repeated: true });
      const late = streams.append("cart-2", paid, { fence: { name: "saga", epoch: 6 } });
      await expect(late).rejects.toMatchObject({ code: "FENCED" });
      const next = await streams.append("cart-2", paid, { expectedVersion: 1, outbox: true });
      expect(next.version).toBe(2);
      expect((next.position as string) > checkpoint).toBe(true);
      expect(await eventIds(streams.readAll({ after: checkpoint }))).toHaveLength(1);
      const handedOut: StoredEvent[] = [];
      await streams.pending((events) => void handedOut.push(...events));
      expect(handedOut.map(({ stream, version }) => [stream, version])).toEqual([
        ["cart-1", 2],
        ["cart-2", 2],
      ]);
    });
  });
}
