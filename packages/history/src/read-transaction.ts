import type { IDBPTransaction } from "idb";
import type { LogDatabase, LogSchema } from "./database.js";

/** A transaction in which messages can be read, and perhaps written. */
export type ReadTransaction = IDBPTransaction<
  LogSchema,
  ["messages", "topics", "meta"],
  "readonly" | "readwrite"
>;

export function beginRead(db: LogDatabase): ReadTransaction {
  const tx = db.transaction(["messages", "topics", "meta"]);
  // Whoever waits for one of its requests hears of a failure.
  tx.done.catch(() => {});
  return tx;
}

/** The position of the last message there is, or was; 0 for none. */
export async function readEnd(tx: ReadTransaction): Promise<number> {
  const last = await tx.objectStore("messages").openKeyCursor(null, "prev");
  return last?.key ?? Number((await tx.objectStore("meta").get("end")) ?? 0);
}
