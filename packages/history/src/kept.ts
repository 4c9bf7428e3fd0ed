import type { Message } from "@pubsub-mfe/core";
import { compilePattern } from "@pubsub-mfe/core/stores";
import type { NewRow } from "./database.js";
import { toMessage } from "./snapshot.js";

/**
 * Adds to what was read what waits in memory to be stored, which comes after it.
 *
 * @param earliest - no message of before, in milliseconds since the epoch
 */
export function withKept(
  messages: Message[],
  kept: readonly NewRow[],
  pattern: string,
  earliest: number,
): Message[] {
  if (kept.length === 0) return messages;
  const matches = compilePattern(pattern);
  // Some of it may have been stored while the others were read.
  const ids = new Set(messages.map(({ id }) => id));
  const wanted = kept.filter(
    ({ id, topic, ts }) => ts >= earliest && matches(topic) && !ids.has(id),
  );
  return [...messages, ...wanted.map((row) => toMessage(structuredClone(row)))];
}
