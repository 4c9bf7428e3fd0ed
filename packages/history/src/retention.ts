import { namespaceRange, type Row } from "./database.js";
import { LARGEST_PAGE } from "./pages.js";
import type { ReadTransaction } from "./read-transaction.js";

/**
 * Where the newest `maxMessages` of a namespace begin: what stands before is too many, whether it
 * has been collected or not. It only rises as messages come.
 *
 * @returns a position, 0 when there are no more than that
 */
export async function floorOf(
  tx: ReadTransaction,
  ns: string,
  maxMessages: number,
): Promise<number> {
  const messages = tx.objectStore("messages");
  const [all, own] = await Promise.all([
    messages.count(),
    messages.index("topic").count(namespaceRange(ns)),
  ]);
  const tooMany = own - maxMessages;
  if (tooMany <= 0) return 0;
  if (all === own) {
    const first = await messages.openKeyCursor();
    return (await first?.advance(tooMany))?.key ?? 0;
  }
  let left = tooMany;
  return (await firstRow(tx, ns, 0, () => --left < 0))?.position ?? 0;
}

/** The first row of a namespace from a position on for which something holds. */
export async function firstRow(
  tx: ReadTransaction,
  ns: string,
  from: number,
  holds: (row: Row) => boolean,
): Promise<Row | undefined> {
  const messages = tx.objectStore("messages");
  let size = 1;
  for (let start = from; ; size = Math.min(LARGEST_PAGE, size * 2)) {
    const page = await messages.getAll(IDBKeyRange.lowerBound(start), size);
    const found = page.find((row) => row.ns === ns && holds(row));
    const last = page.at(-1);
    if (found || !last) return found;
    start = last.position + 1;
  }
}
