import { type DBSchema, type IDBPDatabase, openDB, unwrap } from "idb";
import type { NewRow } from "./database.js";

/** What a page that went away left behind: perhaps it was stored all the same. */
export interface HandedOver {
  readonly ns: string;
  readonly rows: readonly NewRow[];
  /** Of the log that it was to be stored in. */
  readonly databaseId: string;
}

interface HandoverSchema extends DBSchema {
  pages: { key: number; value: HandedOver };
}

/**
 * Takes what a page could not store before it went away, in a database of its own: there no other
 * transaction is in the way. When a page goes, Chromium carries out what has begun, and drops the
 * transactions that still wait for another one, of this tab or any other.
 */
export class HandoverStore {
  readonly #name: string;
  #db: IDBPDatabase<HandoverSchema> | undefined;

  /** @param dbName - of the log */
  constructor(dbName: string) {
    this.#name = `${dbName}-handover`;
  }

  /** Where it cannot be opened the log does without. */
  async open(): Promise<void> {
    try {
      this.#db ??= await openDB<HandoverSchema>(this.#name, 1, {
        upgrade: (db) => void db.createObjectStore("pages", { autoIncrement: true }),
        blocking: () => this.close(),
        terminated: () => this.close(),
      });
    } catch {
      // The log itself tells what is wrong with IndexedDB.
    }
  }

  close(): void {
    this.#db?.close();
    this.#db = undefined;
  }

  /** Asks for it at once: the page may not live to see another turn. */
  leave(page: HandedOver): void {
    try {
      const tx = this.#db?.transaction("pages", "readwrite", { durability: "relaxed" });
      if (!tx) return;
      tx.done.catch(() => {});
      unwrap(tx.store).add(page);
      tx.commit();
    } catch {
      // There is nobody left to tell.
    }
  }

  /** Forgets what pages of a namespace have left. */
  clear(ns: string): Promise<void> {
    return this.take(ns, async () => {});
  }

  /**
   * Hands over what pages of a namespace have left, the oldest first, each until the function has
   * settled without an error.
   */
  async take(ns: string, store: (page: HandedOver) => Promise<void>): Promise<void> {
    const db = this.#db;
    if (!db) return;
    for (const key of await db.getAllKeys("pages")) {
      const page = await db.get("pages", key);
      if (page?.ns !== ns) continue;
      await store(page);
      await db.delete("pages", key);
    }
  }
}
