import { createPubSub } from "@pubsub-mfe/core";
import { createHistoryAdapter, type HistoryAdapter } from "@pubsub-mfe/history";

export const STOCK = 50_000;

const PER_TRANSACTION = 1_000;
const payload = { sku: "LAN-1", name: "Field lantern", price: 4_200, note: "x".repeat(200) };

const letters = ["a", "b", "c", "d", "e"];
/** 200 topics: 40 begin with `a`, 10 with `a.b`, 5 are `+.b.c`. */
export const topics: readonly string[] = letters.flatMap((first) =>
  ["b", "c", "d", "e"].flatMap((second) =>
    [..."cdefghijkl"].map((third) => `${first}.${second}.${third}`),
  ),
);

/** A log of 50,000 messages in a database of its own, in which the topics take turns, mixed. */
export async function stockedLog(dbName: string, maxMessages: number): Promise<HistoryAdapter> {
  const log = createHistoryAdapter({ dbName, maxMessages });
  await log.attach(createPubSub({ app: "bench" }));
  const db = await openStocked(dbName);
  for (let n = await count(db); n < STOCK; n += PER_TRANSACTION) await add(db, n);
  db.close();
  return log;
}

/** The same database, for queries by hand. */
export function openStocked(dbName: string): Promise<IDBDatabase> {
  return promised(indexedDB.open(dbName));
}

export function promised<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function count(db: IDBDatabase): Promise<number> {
  return promised(db.transaction("messages").objectStore("messages").count());
}

/** As the log itself would, without the messages having to be published. */
function add(db: IDBDatabase, start: number): Promise<void> {
  const tx = db.transaction(["messages", "topics"], "readwrite", { durability: "relaxed" });
  const messages = tx.objectStore("messages");
  for (let n = start; n < start + PER_TRANSACTION; n++) {
    // A step that has no factor in common with their number visits all topics in turn.
    const topic = topics[(n * 77) % topics.length] as string;
    messages.add({ ns: "bench", id: `id-${n}`, topic, ts: Date.now(), payload });
  }
  for (const topic of topics) tx.objectStore("topics").put({ ns: "bench", topic });
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error);
  });
}
