import { editDistance } from "../edit-distance.js";
import { compilePattern } from "../topics/match-topic.js";
import type { Message } from "../types.js";

/** So many messages are listed at most, the newest. */
const MOST_LISTED = 20;

/** How payloads are compared and shown. */
export interface Comparison {
  equals(received: unknown, expected: unknown): boolean;
  /** In one line. */
  show(value: unknown): string;
  diff(expected: unknown, received: unknown): string;
}

/** Says what was published instead, and what of it comes nearest. */
export function describeMiss(
  messages: readonly Message[],
  pattern: string,
  payload: readonly unknown[],
  comparison: Comparison,
): string {
  if (messages.length === 0) {
    return "Nothing was published. What a recorder of its own records comes with the delivery: was flush() awaited?";
  }
  const hint = nearestMiss(messages, pattern, payload, comparison);
  return `Published were ${messages.length}:\n${list(messages, comparison)}${hint}`;
}

/** One line a message. */
export function list(messages: readonly Message[], { show }: Comparison): string {
  const lines = messages
    .slice(-MOST_LISTED)
    .map(({ topic, payload }) => `  ${topic}  ${show(payload)}`);
  const earlier = messages.length - lines.length;
  if (earlier > 0) lines.unshift(`  … ${earlier} before these`);
  return lines.join("\n");
}

function nearestMiss(
  messages: readonly Message[],
  pattern: string,
  payload: readonly unknown[],
  comparison: Comparison,
): string {
  const matches = compilePattern(pattern);
  const ofTopic = messages.filter(({ topic }) => matches(topic));
  if (payload.length > 0) {
    const [expected] = payload;
    const nearest = lowest(ofTopic, (message) =>
      countDifferences(message.payload, expected, comparison),
    );
    if (nearest) {
      return `\n\nThe nearest is ${nearest.topic}:\n${comparison.diff(expected, nearest.payload)}`;
    }
    const elsewhere = messages.findLast((message) => comparison.equals(message.payload, expected));
    if (elsewhere) return `\n\nThat payload was published as "${elsewhere.topic}".`;
  }
  if (ofTopic.length > 0) return "";
  const similar = lowest(messages, ({ topic }) => editDistance(topic, pattern));
  if (!similar || editDistance(similar.topic, pattern) > pattern.length / 3) return "";
  return `\n\nDid you mean "${similar.topic}"?`;
}

/** The newest of those with the lowest value. */
function lowest(
  messages: readonly Message[],
  value: (message: Message) => number,
): Message | undefined {
  let found: Message | undefined;
  let foundValue = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const own = value(message);
    if (own > foundValue) continue;
    found = message;
    foundValue = own;
  }
  return found;
}

/** In how many fields two payloads differ; of what has no fields, whether. */
function countDifferences(received: unknown, expected: unknown, { equals }: Comparison): number {
  if (!isRecord(received) || !isRecord(expected)) {
    return equals(received, expected) ? 0 : Number.MAX_VALUE;
  }
  const keys = new Set([...Object.keys(received), ...Object.keys(expected)]);
  return [...keys].filter((key) => !equals(received[key], expected[key])).length;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
