import { type IDBPTransaction, unwrap } from "idb";
import { abort } from "./connection.js";
import type { LogDatabase, LogSchema, NewRow } from "./database.js";

/** The database did not even take a row in: not the transaction failed, but this one is to blame. */
export class RefusedRowError extends Error {}

/**
 * Stores rows in one transaction. May be repeated: what is there is left as it is.
 *
 * @returns how many of the rows the log held already
 * @throws {@link RefusedRowError} for a row that cannot be stored, with the cause
 */
export async function commit(
  db: LogDatabase,
  rows: readonly NewRow[],
  durability: IDBTransactionDurability,
): Promise<number> {
  const tx = begin(db, durability);
  let duplicates = 0;
  store(tx, rows, () => {
    duplicates += 1;
  });
  try {
    await tx.done;
    return duplicates;
  } catch (error) {
    if (duplicates === 0) throw error;
    return commitMissing(db, rows, durability);
  }
}

/**
 * Looks before it writes. Once `commit()` was called, one id that is there ends the transaction of
 * all its neighbours in Chromium and WebKit, also where the error is prevented; Firefox goes on.
 */
async function commitMissing(
  db: LogDatabase,
  rows: readonly NewRow[],
  durability: IDBTransactionDurability,
): Promise<number> {
  const tx = begin(db, durability);
  const byId = tx.objectStore("messages").index("id");
  const taken = await Promise.all(rows.map(({ ns, id }) => byId.getKey([ns, id])));
  const seen = new Set<string>();
  const missing = rows.filter(
    ({ id }, n) => taken[n] === undefined && !seen.has(id) && seen.add(id),
  );
  store(tx, missing, () => {});
  await tx.done;
  return rows.length - missing.length;
}

type WriteTransaction = IDBPTransaction<LogSchema, ["messages", "topics"], "readwrite">;

function begin(db: LogDatabase, durability: IDBTransactionDurability): WriteTransaction {
  const tx = db.transaction(["messages", "topics"], "readwrite", { durability });
  // At once: a transaction can fail before anybody waits for it.
  tx.done.catch(() => {});
  return tx;
}

/** Asks for everything that is to be stored, and for the end of the transaction. */
function store(tx: WriteTransaction, rows: readonly NewRow[], onIdTaken: () => void): void {
  try {
    request(tx, rows, onIdTaken);
  } catch (cause) {
    abort(tx);
    throw new RefusedRowError("", { cause });
  }
}

function request(tx: WriteTransaction, rows: readonly NewRow[], onIdTaken: () => void): void {
  // The bare stores: a promise for each of hundreds of requests is not for free.
  const messages = unwrap(tx.objectStore("messages"));
  const topics = unwrap(tx.objectStore("topics"));
  for (const row of rows) {
    messages.add(row).onerror = (event) => {
      if ((event.target as IDBRequest).error?.name !== "ConstraintError") return;
      event.preventDefault();
      event.stopPropagation();
      onIdTaken();
    };
  }
  // Written each time: a collection in another tab may have removed what was there.
  for (const topic of new Set(rows.map((row) => row.topic))) {
    topics.put({ ns: (rows[0] as NewRow).ns, topic });
  }
  tx.commit();
}
