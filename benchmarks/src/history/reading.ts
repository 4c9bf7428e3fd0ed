import type { Benchmark, Contender } from "../measure.js";
import { openStocked, promised, STOCK, stockedLog, topics } from "./stock.js";

const DB = "bench-reading";
const NEWEST = 100;

interface StoredRow {
  readonly position: number;
  readonly topic: string;
}

/** What Chromium 141 brought, and the types of TypeScript do not have yet. */
interface Records {
  getAllRecords(options: {
    query: IDBKeyRange | null;
    count: number;
    direction: "prev";
  }): IDBRequest<{ value: StoredRow }[]>;
}

function ours(pattern: string): Contender {
  return {
    name: "@pubsub-mfe/history",
    async setup() {
      const log = await stockedLog(DB, 2 * STOCK);
      return {
        async run() {
          check(await log.getHistory(pattern, { limit: NEWEST }));
          return 1;
        },
        close: () => log.detach(),
      };
    },
  };
}

/** A query that knows the topics, and how often each comes. */
function byHand(
  name: string,
  note: string,
  query: (messages: IDBObjectStore) => Promise<StoredRow[]>,
): Contender {
  return {
    name,
    note,
    async setup() {
      await (await stockedLog(DB, 2 * STOCK)).detach();
      const db = await openStocked(DB);
      return {
        async run() {
          const tx = db.transaction("messages");
          check((await query(tx.objectStore("messages"))).slice(-NEWEST));
          return 1;
        },
        close: () => db.close(),
      };
    },
  };
}

async function newestOf(
  source: IDBObjectStore | IDBIndex,
  range: IDBKeyRange | null,
  count: number,
): Promise<StoredRow[]> {
  const records = source as unknown as Records;
  const found = await promised(records.getAllRecords({ query: range, count, direction: "prev" }));
  return found.map(({ value }) => value);
}

/** Twice of each topic's share, merged. */
function mergedByHand(begins: (topic: string) => boolean): Contender {
  const wanted = topics.filter(begins);
  const share = Math.min(NEWEST, Math.ceil((2 * NEWEST) / wanted.length));
  return byHand("by hand, by topic", "the topic index, one request a topic", async (messages) => {
    const index = messages.index("topic");
    const rows = await Promise.all(
      wanted.map((topic) =>
        newestOf(index, IDBKeyRange.bound(["bench", topic], ["bench", topic, []]), share),
      ),
    );
    return rows.flat().sort((a, b) => a.position - b.position);
  });
}

function walkedByHand(count: number, matches: (topic: string) => boolean): Contender {
  return byHand(
    "by hand, by row",
    "as many rows from the end as it takes, in one request",
    async (messages) => {
      const rows = await newestOf(messages, null, count);
      return rows.filter(({ topic }) => matches(topic)).reverse();
    },
  );
}

function check(found: readonly unknown[]): void {
  if (found.length !== NEWEST) throw new Error(`${found.length} messages instead of ${NEWEST}`);
}

const newest = (pattern: string, ...hands: readonly Contender[]): Benchmark => ({
  title: `newest ${NEWEST} of ${pattern} among ${STOCK.toLocaleString("en")}`,
  in: ["chromium"],
  rounds: 31,
  contenders: [...hands, ours(pattern)],
});

export const reading: readonly Benchmark[] = [
  newest(
    "a.b.#",
    mergedByHand((topic) => topic.startsWith("a.b.")),
  ),
  newest(
    "a.b.c",
    mergedByHand((topic) => topic === "a.b.c"),
  ),
  newest(
    "+.b.c",
    mergedByHand((topic) => topic.endsWith(".b.c")),
  ),
  newest(
    "#",
    walkedByHand(NEWEST, () => true),
  ),
  newest(
    "a.#",
    mergedByHand((topic) => topic.startsWith("a.")),
    walkedByHand(6 * NEWEST, (topic) => topic.startsWith("a.")),
  ),
];
