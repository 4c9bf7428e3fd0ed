import { assertPattern, assertTopic } from "./syntax.js";

/**
 * Tells what the wildcards of a pattern stand for in a topic.
 *
 * @param pattern - `+` is exactly one segment, a last `#` zero or more
 * @returns one string a wildcard, in order (`#` gives its segments joined by dots, `""` for none);
 *   `undefined` when the topic does not match
 * @throws {@link InvalidTopicError} for a pattern or a topic that is none
 *
 * @example
 * ```ts
 * matchTopic("order.+.paid", "order.42.paid"); //=> ["42"]
 * matchTopic("cart.#", "cart.item.added"); //=> ["item.added"]
 * matchTopic("cart.#", "order.42.paid"); //=> undefined
 * ```
 */
export function matchTopic<Pattern extends string>(
  pattern: Pattern,
  topic: string,
): Captures<Pattern> | undefined {
  const match = compilePattern(pattern);
  assertTopic(topic);
  return match(topic) as Captures<Pattern> | undefined;
}

/** One string for each wildcard of a pattern. */
export type Captures<Pattern extends string> = string extends Pattern
  ? string[]
  : Pattern extends `${infer Segment}.${infer Tail}`
    ? [...Capture<Segment>, ...Captures<Tail>]
    : Capture<Pattern>;

type Capture<Segment extends string> = Segment extends "+" | "#" ? [string] : [];

/** {@link matchTopic} for a pattern that is matched against many topics. */
export function compilePattern(pattern: string): (topic: string) => string[] | undefined {
  assertPattern(pattern);
  const parts = pattern.split(".");
  const open = parts.at(-1) === "#";
  if (open) parts.pop();

  return (topic) => {
    const segments = topic.split(".");
    if (open ? segments.length < parts.length : segments.length !== parts.length) return undefined;
    const captures: string[] = [];
    for (const [index, part] of parts.entries()) {
      const segment = segments[index] as string;
      if (part === "+") captures.push(segment);
      else if (part !== segment) return undefined;
    }
    if (open) captures.push(segments.slice(parts.length).join("."));
    return captures;
  };
}
