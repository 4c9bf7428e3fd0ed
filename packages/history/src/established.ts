import { unwrap } from "idb";
import type { LogDatabase, NewRow } from "./database.js";
import type { UpgradeTransaction } from "./layout.js";
import { isMessageRow } from "./valid-row.js";

/** What its only store has, by name. */
const INDEXES: Readonly<Record<string, string>> = {
  "by-namespace-timestamp": "namespace,timestamp",
  "by-namespace-topic": "namespace,topic",
};

/** What it is called while its messages are taken over: the layout has a store of its name. */
const ASIDE = "established";

/** What was taken over from the established library. */
export interface Carried {
  readonly messages: number;
  /** Records that are no messages. */
  readonly skipped: number;
}

/** Whether a database has the layout of the established library, and nothing beside it. */
export function isEstablished(tx: UpgradeTransaction): boolean {
  if (String([...tx.objectStoreNames]) !== "messages") return false;
  const store = bare(tx);
  const names = [...store.indexNames];
  return (
    store.keyPath === "id" &&
    String(names) === String(Object.keys(INDEXES)) &&
    names.every((name) => String(store.index(name).keyPath) === INDEXES[name])
  );
}

/**
 * Takes the messages over, namespace by namespace in the order of their times and ids, one at a time
 * in memory.
 *
 * @param createStores - called when the name of the old store is free
 */
export async function carryOver(
  db: LogDatabase,
  tx: UpgradeTransaction,
  createStores: () => void,
): Promise<Carried> {
  const old = bare(tx);
  old.name = ASIDE;
  createStores();
  const messages = unwrap(tx.objectStore("messages"));
  const topics = unwrap(tx.objectStore("topics"));
  const known = new Set<string>();
  let carried = 0;
  const records = old.count();
  await eachRecord(old.index("by-namespace-timestamp"), (record) => {
    const row = toRow(record);
    if (!row) return;
    messages.add(row);
    carried += 1;
    const { ns, topic } = row;
    const name = JSON.stringify([ns, topic]);
    if (!known.has(name)) topics.put({ ns, topic });
    known.add(name);
  });
  unwrap(db).deleteObjectStore(ASIDE);
  // Also what its index leaves out, for lack of a namespace or a time.
  return { messages: carried, skipped: records.result - carried };
}

/** As it is, for its layout is not that of the types. */
function bare(tx: UpgradeTransaction): IDBObjectStore {
  return unwrap(tx.objectStore("messages")) as IDBObjectStore;
}

function eachRecord(
  index: IDBIndex,
  take: (record: Record<string, unknown>) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = index.openCursor();
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return resolve();
      try {
        take(cursor.value);
        cursor.continue();
      } catch (error) {
        reject(error);
      }
    };
  });
}

/** @returns nothing for a record that holds no message */
function toRow(record: Record<string, unknown>): NewRow | undefined {
  const { namespace: ns, message } = record;
  if (typeof message !== "object" || message === null) return undefined;
  const { id, topic, ts, payload, schemaVersion, meta } = message as Partial<NewRow>;
  const row = {
    ns,
    id,
    topic,
    ts,
    payload,
    ...(schemaVersion !== undefined && { schemaVersion }),
    ...(meta !== undefined && { meta }),
  };
  // Its id is the key of the record: so no two messages of a namespace can have the same.
  return isMessageRow(row) && id === record.id ? row : undefined;
}
