import { keysBelow, namespaceRange, type Row } from "./database.js";
import { LARGEST_PAGE } from "./pages.js";
import type { ReadTransaction } from "./read-transaction.js";

/** Of more topics than this the first message is not looked for. */
const MANY_TOPICS = 256;

/** The part of a database that is one namespace's and not too many. */
export interface Extent {
  /** Where the newest `maxMessages` begin, collected or not; 0 when there are no more than that. */
  readonly floor: number;
  /** How many messages the namespace holds. */
  readonly own: number;
  /** Whether nobody else has messages in the database. */
  readonly alone: boolean;
}

/** Looks where the newest `maxMessages` of a namespace begin. That only rises as messages come. */
export async function extentOf(
  tx: ReadTransaction,
  ns: string,
  maxMessages: number,
): Promise<Extent> {
  const messages = tx.objectStore("messages");
  const [all, own] = await Promise.all([
    messages.count(),
    messages.index("topic").count(namespaceRange(ns)),
  ]);
  const alone = all === own;
  let tooMany = own - maxMessages;
  if (tooMany <= 0) return { floor: 0, own, alone };
  if (alone) {
    const first = await messages.openKeyCursor();
    return { floor: (await first?.advance(tooMany))?.key ?? 0, own, alone };
  }
  const start = await firstPosition(tx, ns);
  const first = await firstRow(tx, ns, start, () => --tooMany < 0);
  return { floor: first?.position ?? 0, own, alone };
}

/** Where the messages of a namespace begin, so that nobody walks along those of another one. */
export async function firstPosition(tx: ReadTransaction, ns: string): Promise<number> {
  const byTopic = tx.objectStore("messages").index("topic");
  const keys = await tx.objectStore("topics").getAllKeys(namespaceRange(ns), MANY_TOPICS + 1);
  if (keys.length > MANY_TOPICS) return 0;
  const firsts = await Promise.all(keys.map(([, topic]) => byTopic.getKey(keysBelow(ns, topic))));
  return Math.min(...firsts.map((first) => first ?? Number.POSITIVE_INFINITY));
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
