import { type IDBPTransaction, type StoreNames, unwrap } from "idb";
import type { LogDatabase, LogSchema } from "./database.js";
import { type Carried, carryOver, isEstablished } from "./established.js";

/**
 * The version of the layout below. 1 is that of the established library, and of what this one wrote
 * before its first release.
 */
export const VERSION = 2;

const STORES = [
  "meta",
  "messages",
  "topics",
  "events",
  "heads",
  "commands",
  "fences",
  "outbox",
  "snapshots",
  "rows",
  "checkpoints",
] as const;

/** The transaction of an upgrade, in which stores are made. */
export type UpgradeTransaction = IDBPTransaction<
  LogSchema,
  StoreNames<LogSchema>[],
  "versionchange"
>;

/** The database is neither one of this package nor one that it can take over. */
export class ForeignDatabaseError extends Error {}

/**
 * Makes the layout, or makes it of an older one.
 *
 * @returns what was taken over from the established library, where it was
 * @throws {@link ForeignDatabaseError} for a database of something else
 */
export async function upgrade(
  db: LogDatabase,
  oldVersion: number,
  tx: UpgradeTransaction,
): Promise<Carried | undefined> {
  if (oldVersion === 0) {
    createStores(db);
    return undefined;
  }
  if (isComplete(db)) return undefined;
  if (!isEstablished(tx)) throw new ForeignDatabaseError();
  return carryOver(db, tx, () => createStores(db));
}

/** Whether a database has every store of the layout. */
export function isComplete(db: LogDatabase): boolean {
  return STORES.every((store) => db.objectStoreNames.contains(store));
}

function createStores(db: LogDatabase): void {
  // The bare store: nobody waits for it, also where the upgrade is ended.
  unwrap(db.createObjectStore("meta")).put(randomId(), "id");
  // The position in the row, and not beside it: so an index can end with it.
  const messages = db.createObjectStore("messages", { keyPath: "position", autoIncrement: true });
  messages.createIndex("topic", ["ns", "topic", "position"]);
  messages.createIndex("id", ["ns", "id"], { unique: true });
  db.createObjectStore("topics", { keyPath: ["ns", "topic"] });
  // Numbered by hand, as a key of two parts must be: so one namespace is read without the others.
  const events = db.createObjectStore("events", { keyPath: ["ns", "position"] });
  events.createIndex("stream", ["ns", "stream", "version"], { unique: true });
  db.createObjectStore("heads", { keyPath: "ns" });
  db.createObjectStore("commands", { keyPath: ["ns", "stream", "commandId"] });
  db.createObjectStore("fences", { keyPath: ["ns", "name"] });
  db.createObjectStore("outbox", { keyPath: ["ns", "position"] });
  db.createObjectStore("snapshots", { keyPath: ["ns", "stream", "name", "version"] });
  db.createObjectStore("rows", { keyPath: ["ns", "projection", "version", "id"] });
  db.createObjectStore("checkpoints", { keyPath: ["ns", "projection", "version"] });
}

/** What tells a database from one that had its name before. Where it was removed it gets another. */
export async function readId(db: LogDatabase): Promise<string> {
  const found: unknown = await db.get("meta", "id");
  if (typeof found === "string") return found;
  const tx = db.transaction("meta", "readwrite");
  const now: unknown = await tx.store.get("id");
  const id = typeof now === "string" ? now : randomId();
  await Promise.all([tx.store.put(id, "id"), tx.done]);
  return id;
}

/** Not `randomUUID`, which pages without https lack. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
