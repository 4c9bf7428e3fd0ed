import type { IDBPTransaction } from "idb";
import type { LogDatabase, LogSchema } from "./database.js";

/** A transaction in which messages can be read, and perhaps written. */
export type ReadTransaction = IDBPTransaction<
  LogSchema,
  ["messages", "topics"],
  "readonly" | "readwrite"
>;

export function beginRead(db: LogDatabase): ReadTransaction {
  const tx = db.transaction(["messages", "topics"]);
  // Whoever waits for one of its requests hears of a failure.
  tx.done.catch(() => {});
  return tx;
}

/** The position of the last message; 0 for none. */
export async function readEnd(tx: ReadTransaction): Promise<number> {
  return (await tx.objectStore("messages").openKeyCursor(null, "prev"))?.key ?? 0;
}
