import { type Message, matchTopic } from "@pubsub-mfe/core";
import { keysBelow, type LogDatabase, namespaceRange, type Row } from "./database.js";
import { toMessage } from "./snapshot.js";

/** How many rows are read at once, at most. */
const LARGEST_PAGE = 256;

/** What is to be read. */
export interface LogQuery {
  readonly ns: string;
  readonly pattern: string;
  /** Only messages of this time or later, in milliseconds since the epoch. */
  readonly fromTime: number;
  readonly limit: number;
}

/** Reads the newest messages that match, oldest first. */
export async function readNewest(db: LogDatabase, query: LogQuery): Promise<Message[]> {
  const { ns, pattern, fromTime, limit } = query;
  const tx = db.transaction(["messages", "topics"]);
  const messages = tx.objectStore("messages");
  const byTopic = messages.index("topic");

  const known = await tx.objectStore("topics").getAllKeys(namespaceRange(ns));
  const topics = known.map(([, topic]) => topic).filter((topic) => matchTopic(pattern, topic));
  const positions = await Promise.all(
    topics.map((topic) => byTopic.getAllKeys(keysBelow(ns, topic))),
  );
  const newestFirst = positions.flat().sort((a, b) => b - a);

  const found: Message[] = [];
  const pageSize = Math.min(LARGEST_PAGE, limit);
  for (let start = 0; start < newestFirst.length && found.length < limit; start += pageSize) {
    const page = newestFirst.slice(start, start + pageSize);
    const rows = await Promise.all(page.map((position) => messages.get(position)));
    const wanted = rows.filter((row): row is Row => row !== undefined && row.ts >= fromTime);
    found.push(...wanted.slice(0, limit - found.length).map(toMessage));
  }
  return found.reverse();
}
