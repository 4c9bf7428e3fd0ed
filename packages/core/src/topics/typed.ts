import type { StandardSchema } from "../policy/standard-schema.js";
import type { Message, Untyped } from "../types.js";

/**
 * Payloads by topic, or schemas by topic, as a type; `+` in a topic stands for a segment that
 * varies.
 *
 * The topics are matched against a pattern as a trie is walked: segment by segment, over the union
 * of what is left of the topics ("item.added|cart.item.added": the rest, and the whole). TypeScript
 * keeps what it has computed for such a union, so that patterns that begin alike share their way.
 */
type Entries<Topics> = { [K in keyof Topics & string]: `${K}|${K}` }[keyof Topics & string];

/** What is left of the topics, by their next segment; `""` is the end of one. */
type Step<E extends string> = { [P in E as Head<P>]: Rest<P> };

type Head<P extends string> = P extends `${infer R}|${string}` ? FirstSegment<R> : never;

type Rest<P extends string> = P extends `${infer R}|${infer Whole}`
  ? R extends ""
    ? Whole
    : R extends `${string}.${infer Tail}`
      ? `${Tail}|${Whole}`
      : `|${Whole}`
  : never;

type FirstSegment<R extends string> = R extends `${infer Segment}.${string}` ? Segment : R;

type Wholes<E extends string> = E extends `${string}|${infer Whole}` ? Whole : never;

type Walk<E extends string, Pattern extends string> = [E] extends [never]
  ? never
  : Pattern extends `${infer Segment}.${infer Tail}`
    ? Walk<Next<E, Segment>, Tail>
    : Pattern extends "#"
      ? Wholes<E>
      : Ended<Next<E, Pattern>>;

/** The topics that end here. */
type Ended<E extends string> = E extends `|${infer Whole}` ? Whole : never;

/** What is left of the topics that go on with this segment, which of a template may be any. */
type Next<E extends string, Segment extends string> = (Segment extends "+"
  ? Step<E>[Exclude<keyof Step<E>, "">]
  : Step<E>[(string extends Segment ? "+" : Segment | "+") & keyof Step<E>]) &
  string;

/**
 * Whether nothing is known of the topics: then any topic and any payload will do. It is `any`, or
 * `unknown` where it is inferred from nothing, as in `ReturnType<typeof createPubSub>`.
 */
export type IsUntyped<Topics> = unknown extends Topics
  ? true
  : string extends keyof Topics
    ? true
    : false;

/** The topics, of those that are listed, that a pattern can match; none for any string. */
type MatchingTopics<Topics, Pattern extends string> = string extends Pattern
  ? never
  : HasWildcard<Pattern> extends true
    ? Walk<Entries<Topics>, Pattern>
    : Pattern extends keyof Topics
      ? Pattern
      : Walk<Entries<Topics>, Pattern>;

type HasWildcard<Pattern extends string> = Pattern extends `${string}+${string}` | `${string}#`
  ? true
  : false;

/** What a topic that is listed with `+` is published under. */
type Published<Topic extends string> = Topic extends `${infer Before}+${infer After}`
  ? `${Before}${string}${Published<After>}`
  : Topic;

/** The topics that are listed without `+`. */
export type ExactTopic<Topics> = Exclude<keyof Topics & string, `${string}+${string}`>;

/** What may be published under those that are listed with `+`. */
export type DynamicTopic<Topics> = Published<Extract<keyof Topics & string, `${string}+${string}`>>;

/** The topic itself; what is wrong with it where it is none of those that are listed. */
export type CheckedTopic<Topics, Topic extends string> =
  HasWildcard<Topic> extends true
    ? `"${Topic}" has a wildcard, and wildcards are for subscribing.`
    : CheckedPattern<Topics, Topic>;

/** The pattern itself; what is wrong with it where it can match nothing. */
export type CheckedPattern<Topics, Pattern extends string> =
  IsUntyped<Topics> extends true
    ? Pattern
    : [MatchingTopics<Topics, Pattern>] extends [never]
      ? string extends Pattern
        ? "A string of any value cannot be checked: hand the bus on as a PubSubBus."
        : `"${Pattern}" matches none of the topics of this bus.`
      : Pattern;

/** The payloads of a topic. */
export type PayloadOf<Topics, Topic extends string> = Topics[MatchingTopics<Topics, Topic> &
  keyof Topics];

/** The messages that a pattern can match: a union, told apart by `topic`. */
export type MessageOf<Topics, Pattern extends string> =
  IsUntyped<Topics> extends true
    ? Message<Untyped>
    : MessagesOf<Topics, Pattern, MatchingTopics<Topics, Pattern>>;

type MessagesOf<Topics, Pattern extends string, Topic extends string> = Topic extends keyof Topics
  ? Message<Topics[Topic], HasWildcard<Pattern> extends true ? Published<Topic> : Pattern>
  : never;

/** The payloads by topic that schemas by topic describe: that which is published, unchanged. */
export type TopicsOf<Schemas> = {
  [K in keyof Schemas]: Schemas[K] extends StandardSchema<infer Input> ? Input : never;
};
