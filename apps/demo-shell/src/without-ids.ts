/**
 * Puts `+` in place of the ids in a topic, or pattern: `rpc.response.0a1b2c3d4e5f6a7b` is one of
 * `rpc.response.+`, as all answers are.
 */
export function withoutIds(topic: string): string {
  return topic
    .split(".")
    .map((segment) => (isId(segment) ? "+" : segment))
    .join(".");
}

/** Ids are long and have digits in them; words of topics are and have not. */
function isId(segment: string): boolean {
  return segment.length >= 16 && /\d/.test(segment);
}
