import type { LogEntry } from "@pubsub-mfe/core";
import { withoutIds } from "../without-ids.js";

/** The stored messages of a topic. */
interface TopicTally {
  readonly topic: string;
  readonly count: number;
  /** When the oldest was published, in milliseconds since the epoch. */
  readonly oldest: number;
}

/** What the log holds. */
export interface LogTally {
  /** By number of messages, most first. */
  readonly topics: readonly TopicTally[];
  readonly count: number;
  /** In milliseconds since the epoch; `undefined` when there is none. */
  readonly oldest: number | undefined;
}

/**
 * Counts the messages of a log by topic. Of topics that end with an id, such as `rpc.response.<id>`,
 * those with the same beginning are one: `rpc.response.+`.
 */
export async function tallyLog(entries: AsyncIterable<LogEntry>): Promise<LogTally> {
  const topics = new Map<string, TopicTally>();
  let count = 0;
  let oldest: number | undefined;
  for await (const { message } of entries) {
    const topic = withoutIds(message.topic);
    const known = topics.get(topic);
    topics.set(topic, {
      topic,
      count: (known?.count ?? 0) + 1,
      oldest: Math.min(known?.oldest ?? message.ts, message.ts),
    });
    count += 1;
    oldest = Math.min(oldest ?? message.ts, message.ts);
  }
  const sorted = [...topics.values()].sort(
    (a, b) => b.count - a.count || (a.topic < b.topic ? -1 : 1),
  );
  return { topics: sorted, count, oldest };
}
