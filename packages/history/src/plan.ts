import { compilePattern } from "@pubsub-mfe/core/stores";
import { keysBelow, namespaceRange } from "./database.js";
import type { ReadTransaction } from "./read-transaction.js";

/** Of so few topics the index is read, whatever share of all they are. */
const FEW = 8;
/** Of more topics than this the index would cost more requests than it spares rows. */
const MOST_MERGED = 64;

/** How a pattern is read. */
export interface Plan {
  /**
   * `"none"`: no topic matches. `"topics"`: each topic from the index, merged by position.
   * `"rows"`: all rows by position, and those of other topics left out.
   */
  readonly kind: "none" | "topics" | "rows";
  /** The topics that match and have messages. */
  readonly topics: readonly string[];
  /** How many topics the whole database has. */
  readonly known: number;
}

/** Matches a pattern against the dictionary of topics, and chooses what costs least. */
export async function planFor(tx: ReadTransaction, ns: string, pattern: string): Promise<Plan> {
  const dictionary = tx.objectStore("topics");
  const [keys, known] = await Promise.all([
    dictionary.getAllKeys(dictionaryRange(ns, pattern)),
    dictionary.count(),
  ]);
  const matches = compilePattern(pattern);
  const topics = keys
    .map(([, topic]) => topic)
    // Whoever wrote what is none.
    .filter((topic) => typeof topic === "string" && matches(topic));
  return { kind: choose(topics.length, known), topics, known };
}

function choose(matched: number, known: number): Plan["kind"] {
  if (matched === 0) return "none";
  if (matched === known || matched > MOST_MERGED) return matched === 1 ? "topics" : "rows";
  return matched <= FEW || matched * 2 <= known ? "topics" : "rows";
}

/** The plan for one topic, known without a look at the dictionary. */
export function planForTopic(pattern: string): Plan | undefined {
  if (pattern.split(".").some(isWildcard)) return undefined;
  return { kind: "topics", topics: [pattern], known: 1 };
}

function isWildcard(segment: string): boolean {
  return segment === "+" || segment === "#";
}

/** The part of the dictionary in which topics can match: those that begin as the pattern does. */
function dictionaryRange(ns: string, pattern: string): IDBKeyRange {
  const segments = pattern.split(".");
  const wildcard = segments.findIndex(isWildcard);
  if (wildcard < 0) return IDBKeyRange.only([ns, pattern]);
  if (wildcard === 0) return namespaceRange(ns);
  const beginning = segments.slice(0, wildcard).join(".");
  // "/" comes next after ".".
  return IDBKeyRange.bound([ns, beginning], [ns, `${beginning}/`], false, true);
}

/** The messages of one topic between two positions, both left out. */
export function topicRange(ns: string, topic: string, after: number, before: number): IDBKeyRange {
  return IDBKeyRange.bound([ns, topic, after], [ns, topic, before], true, true);
}

/** How many messages the planned topics have from a position on. */
export async function countMessages(
  tx: ReadTransaction,
  ns: string,
  { topics, known }: Plan,
  from: number,
): Promise<number> {
  const byTopic = tx.objectStore("messages").index("topic");
  // All of them, and nothing is to be left out: one request will do.
  if (topics.length === known && from === 0) return byTopic.count(keysBelow(ns));
  const counts = topics.map((topic) =>
    byTopic.count(topicRange(ns, topic, from - 1, Number.POSITIVE_INFINITY)),
  );
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
