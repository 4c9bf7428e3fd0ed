import Dexie from "dexie";
import { openDB } from "idb";
import localforage from "localforage";
import type { Contender } from "../measure.js";

interface Content {
  readonly topic: string;
  readonly payload: unknown;
}

/** The same rows and indexes as the log's. */
export function openRaw(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const options = { keyPath: "position", autoIncrement: true };
      const store = request.result.createObjectStore("messages", options);
      store.createIndex("topic", ["ns", "topic", "position"]);
      store.createIndex("id", ["ns", "id"], { unique: true });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Writes so many rows in one transaction. */
export function writeRaw(
  db: IDBDatabase,
  count: number,
  content: (n: number) => Content,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const tx = db.transaction("messages", "readwrite", { durability: "relaxed" });
    const store = tx.objectStore("messages");
    for (let n = 0; n < count; n++) store.add(toRow(content(n)));
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error);
    tx.commit();
  });
}

/** Libraries, each the way its documentation stores many values fastest. */
export function peers(count: number, content: (n: number) => Content): readonly Contender[] {
  const rows = (): ReturnType<typeof toRow>[] =>
    Array.from({ length: count }, (_, n) => toRow(content(n)));
  return [
    {
      name: "idb",
      note: "one transaction of all rows, the same indexes; no bus",
      async setup() {
        const db = await openDB("bench-idb", 1, {
          upgrade(database) {
            const options = { keyPath: "position", autoIncrement: true };
            const store = database.createObjectStore("messages", options);
            store.createIndex("topic", ["ns", "topic", "position"]);
            store.createIndex("id", ["ns", "id"], { unique: true });
          },
        });
        return {
          async run() {
            const tx = db.transaction("messages", "readwrite", { durability: "relaxed" });
            await Promise.all([...rows().map((row) => tx.store.add(row)), tx.done]);
            return count;
          },
          close: () => db.close(),
        };
      },
    },
    {
      name: "Dexie",
      note: "bulkAdd of all rows, the same indexes; no bus",
      setup() {
        const db = new Dexie("bench-dexie", { chromeTransactionDurability: "relaxed" });
        db.version(1).stores({ messages: "++position,[ns+topic+position],&[ns+id]" });
        return {
          async run() {
            await db.table("messages").bulkAdd(rows());
            return count;
          },
          close: () => db.close(),
        };
      },
    },
    {
      name: "localforage",
      note: "a tenth as many, by setItem at once: a transaction each, no index; no bus",
      setup() {
        const store = localforage.createInstance({ name: "bench-localforage" });
        return {
          async run() {
            const some = rows().slice(0, count / 10);
            await Promise.all(some.map((row) => store.setItem(row.id, row)));
            return some.length;
          },
        };
      },
    },
  ];
}

function toRow({ topic, payload }: Content) {
  return { ns: "bench", id: crypto.randomUUID(), topic, ts: Date.now(), payload };
}
