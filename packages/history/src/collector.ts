import { keysBelow, type LogDatabase, namespaceRange } from "./database.js";

/** How many rows are looked at together. */
const SLICE = 256;

/** What may stay. */
export interface RetentionLimits {
  readonly ns: string;
  readonly maxMessages: number;
  /** Messages published before this time go, in milliseconds since the epoch. */
  readonly expiresBefore: number;
}

/** What a collection did. */
export interface Collected {
  readonly removed: number;
  readonly left: number;
}

/**
 * Removes the oldest messages of a namespace: those too many, and after them the expired ones at the
 * old end. All of it in one transaction, so that tabs that collect at once remove nothing twice.
 */
export async function collect(db: LogDatabase, limits: RetentionLimits): Promise<Collected> {
  const { ns, maxMessages, expiresBefore } = limits;
  const tx = db.transaction(["messages", "topics"], "readwrite", { durability: "relaxed" });
  const done = tx.done;
  done.catch(() => {});
  const messages = tx.objectStore("messages");
  const topics = tx.objectStore("topics");
  const byTopic = messages.index("topic");

  const positions = (await byTopic.getAllKeys(namespaceRange(ns))).sort((a, b) => a - b);
  const tooMany = Math.max(0, positions.length - maxMessages);
  const emptied = new Set<string>();
  let removed = 0;
  for (let start = 0; start < positions.length; start += SLICE) {
    const slice = positions.slice(start, start + SLICE);
    const rows = await Promise.all(slice.map((position) => messages.get(position)));
    const firstToStay = rows.findIndex(
      (row, n) => start + n >= tooMany && (row === undefined || row.ts >= expiresBefore),
    );
    const goes = firstToStay < 0 ? slice.length : firstToStay;
    for (const row of rows.slice(0, goes)) if (row) emptied.add(row.topic);
    await Promise.all(slice.slice(0, goes).map((position) => messages.delete(position)));
    removed += goes;
    if (goes < slice.length) break;
  }
  for (const topic of emptied) {
    if ((await byTopic.count(keysBelow(ns, topic))) === 0) await topics.delete([ns, topic]);
  }
  await done;
  return { removed, left: positions.length - removed };
}

/** Removes every message of a namespace. */
export async function clearNamespace(db: LogDatabase, ns: string): Promise<void> {
  const tx = db.transaction(["messages", "topics"], "readwrite", { durability: "relaxed" });
  const done = tx.done;
  done.catch(() => {});
  const messages = tx.objectStore("messages");
  const positions = await messages.index("topic").getAllKeys(namespaceRange(ns));
  await Promise.all([
    ...positions.map((position) => messages.delete(position)),
    tx.objectStore("topics").delete(namespaceRange(ns)),
  ]);
  await done;
}
