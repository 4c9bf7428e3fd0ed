import type { IDBPTransaction } from "idb";
import { keysBelow, type LogDatabase, type LogSchema, type Row } from "./database.js";

/** How many rows, or topics, are looked at in one transaction, and in one task. */
export const SLICE = 128;

type WriteTransaction = IDBPTransaction<LogSchema, ["messages", "topics", "meta"], "readwrite">;

/** What one transaction removed. */
export interface Slice {
  readonly removed: number;
  /** Of what was removed. */
  readonly topics: ReadonlySet<string>;
  /** Where the next slice begins; `undefined` when there is nothing more to remove. */
  readonly next: number | undefined;
}

/**
 * Removes the first rows of a namespace from a position on, up to the first that does not go. Many
 * tabs can do so at once: whichever rows have to go are the same ones for all.
 */
export async function removeSlice(
  db: LogDatabase,
  ns: string,
  from: number,
  goes: (row: Row) => boolean,
): Promise<Slice> {
  const tx = begin(db);
  const messages = tx.objectStore("messages");
  const page = await messages.getAll(IDBKeyRange.lowerBound(from), SLICE);
  const stays = page.findIndex((row) => row.ns === ns && !goes(row));
  const rows = stays < 0 ? page : page.slice(0, stays);
  const isOwn = (row: Row) => row.ns === ns || isNobodys(row);
  const ranges = rangesOf(rows, isOwn);
  const deletions: Promise<unknown>[] = ranges.map((range) => messages.delete(range));
  const last = page.at(-1);
  const isLast = stays >= 0 || page.length < SLICE;
  // There may be nothing left: the log never ends before where it once did.
  if (last && stays < 0) deletions.push(tx.objectStore("meta").put(String(last.position), "end"));
  // Else the browser commits only after a turn of the page, and writers wait.
  tx.commit();
  await Promise.all([...deletions, tx.done]);
  const own = rows.filter((row) => row.ns === ns);
  // Whoever has written what is none.
  const topics = new Set(own.map(({ topic }) => topic).filter((it) => typeof it === "string"));
  return { removed: own.length, topics, next: isLast || !last ? undefined : last.position + 1 };
}

/** Something else has put it there; it is removed by whoever comes by. */
function isNobodys({ ns }: Row): boolean {
  return typeof ns !== "string";
}

/** As few ranges as there are runs of rows without one of another namespace between. */
function rangesOf(rows: readonly Row[], isOwn: (row: Row) => boolean): IDBKeyRange[] {
  const ranges: IDBKeyRange[] = [];
  let first: number | undefined;
  for (const [n, row] of rows.entries()) {
    if (!isOwn(row)) continue;
    first ??= row.position;
    const next = rows[n + 1];
    if (next && isOwn(next)) continue;
    ranges.push(IDBKeyRange.bound(first, row.position));
    first = undefined;
  }
  return ranges;
}

/**
 * Takes topics without a message out of the dictionary. A writer puts its topics there in the same
 * transaction as their messages, so that none can be lost here.
 */
export async function forgetEmptied(
  db: LogDatabase,
  ns: string,
  topics: readonly string[],
): Promise<void> {
  const tx = begin(db);
  const byTopic = tx.objectStore("messages").index("topic");
  const forget = async (topic: string): Promise<void> => {
    const left = await byTopic.getKey(keysBelow(ns, topic));
    if (left === undefined) await tx.objectStore("topics").delete([ns, topic]);
  };
  await Promise.all([...topics.map(forget), tx.done]);
}

function begin(db: LogDatabase): WriteTransaction {
  const tx = db.transaction(["messages", "topics", "meta"], "readwrite", { durability: "relaxed" });
  // At once: a transaction can fail before anybody waits for it.
  tx.done.catch(() => {});
  return tx;
}
