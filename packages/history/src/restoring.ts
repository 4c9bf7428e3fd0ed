import { commit } from "./commit.js";
import type { LogDatabase } from "./database.js";
import type { HandedOver } from "./handover-store.js";
import { beginRead } from "./read-transaction.js";
import { extentOf, firstPosition, firstRow } from "./retention.js";

/** What a log keeps, and how. */
export interface RestoringLimits {
  readonly maxMessages: number;
  /** In milliseconds since the epoch. */
  readonly expiresBefore: number;
  readonly durability: IDBTransactionDurability;
}

/**
 * Stores what a page has left behind, as far as the log lacks it and would still have it.
 *
 * @returns how many messages it stored
 */
export async function restore(
  db: LogDatabase,
  databaseId: string,
  { ns, rows, databaseId: leftFor }: HandedOver,
  { maxMessages, expiresBefore, durability }: RestoringLimits,
): Promise<number> {
  // All that the page had published was deleted with its database.
  if (leftFor !== databaseId) return 0;
  const tx = beginRead(db);
  const { floor, own } = await extentOf(tx, ns, maxMessages);
  let earliest = expiresBefore;
  if (own >= maxMessages) {
    // It is full: what is older than all that is there was stored, perhaps, and collected.
    const start = floor || (await firstPosition(tx, ns));
    const first = await firstRow(tx, ns, start, () => true);
    earliest = Math.max(earliest, first?.ts ?? earliest);
  }
  const wanted = rows.filter(({ ts }) => ts >= earliest);
  if (wanted.length === 0) return 0;
  return wanted.length - (await commit(db, wanted, durability));
}
