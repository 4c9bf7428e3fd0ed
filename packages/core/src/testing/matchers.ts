import { compilePattern } from "../topics/match-topic.js";
import type { Message } from "../types.js";
import { type Comparison, describeMiss, list } from "./miss.js";

/** What {@link busMatchers} add to what `expect(...)` returns. */
export interface BusMatchers<R = void> {
  /**
   * Asserts that a message was published, or recorded.
   *
   * @param topic - a topic, or a pattern of topics
   * @param payload - compared as `toEqual` does; may hold asymmetric matchers. Left out: any
   */
  toHavePublished(topic: string, payload?: unknown): R;
  /**
   * Asserts how many messages of a topic were published, or recorded.
   *
   * @param topic - a topic, or a pattern of topics
   */
  toHavePublishedTimes(topic: string, times: number): R;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: as vitest declares it
  interface Matchers<T = any> extends BusMatchers {}
}

/** What is used of a matcher's `this`, in vitest and in Jest. */
interface MatcherContext {
  readonly customTesters?: Testers;
  equals(a: unknown, b: unknown, customTesters?: Testers): boolean;
  readonly utils: {
    readonly iterableEquality: Testers[number];
    stringify(value: unknown): string;
    diff(expected: unknown, received: unknown): string | null | undefined;
  };
}

// biome-ignore lint/suspicious/noExplicitAny: vitest and Jest each have a type of their own
type Testers = any[];

interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

type Matcher<Expected extends unknown[]> = (
  this: MatcherContext,
  received: unknown,
  ...expected: Expected
) => MatcherResult;

/**
 * Matchers for {@link Recorder} and {@link TestBus}, of which `published` is looked at. For vitest,
 * whose types know them once this entry is imported, and for Jest.
 *
 * @example
 * ```ts
 * import { busMatchers } from "@pubsub-mfe/core/testing";
 *
 * expect.extend(busMatchers);
 * expect(bus).toHavePublished("cart.item.added", { sku: expect.any(String) });
 * ```
 */
export const busMatchers: {
  toHavePublished: Matcher<[topic: string, payload?: unknown]>;
  toHavePublishedTimes: Matcher<[topic: string, times: number]>;
} = {
  toHavePublished(received, topic, ...payload) {
    const messages = messagesOf(received);
    const comparison = comparisonIn(this);
    const isOfTopic = matcherOf(topic);
    const found = messages.filter(
      (message) =>
        isOfTopic(message) && payload.every((value) => comparison.equals(message.payload, value)),
    );
    const wanted =
      payload.length > 0 ? `"${topic}" with ${comparison.show(payload[0])}` : `"${topic}"`;
    return {
      pass: found.length > 0,
      message: () =>
        found.length > 0
          ? `expected ${wanted} not to have been published, but it was:\n${list(found, comparison)}`
          : `expected ${wanted} to have been published.\n${describeMiss(messages, topic, payload, comparison)}`,
    };
  },

  toHavePublishedTimes(received, topic, times) {
    const messages = messagesOf(received);
    const comparison = comparisonIn(this);
    const found = messages.filter(matcherOf(topic));
    return {
      pass: found.length === times,
      message: () =>
        found.length === times
          ? `expected "${topic}" not to have been published ${count(times)}, but it was:\n${list(found, comparison)}`
          : `expected "${topic}" to have been published ${count(times)}, but it was ${count(found.length)}.\n${describeMiss(messages, topic, [], comparison)}`,
    };
  },
};

function matcherOf(pattern: string): (message: Message) => boolean {
  const match = compilePattern(pattern);
  return ({ topic }) => match(topic) !== undefined;
}

function comparisonIn({ equals, customTesters = [], utils }: MatcherContext): Comparison {
  return {
    // Without the last two maps with other entries, and sets with other members, would be equal.
    equals: (a, b) => equals(a, b, [...customTesters, utils.iterableEquality]),
    show: (value) => {
      const text = utils
        .stringify(value)
        .replace(/\s+/g, " ")
        .replace(/\b(Object|Array) (?=[{[])|,(?= [}\]])/g, "");
      return text.length > 120 ? `${text.slice(0, 120)}…` : text;
    },
    diff: (expected, received) => utils.diff(expected, received) ?? "",
  };
}

function messagesOf(received: unknown): readonly Message[] {
  const { messages, published } = (received ?? {}) as {
    messages?: unknown;
    published?: { messages?: unknown };
  };
  for (const list of [messages, published?.messages]) {
    if (Array.isArray(list)) return list;
  }
  throw new TypeError(
    "expect(...) was given neither a recorder nor a test bus. A plain bus does not keep what it published: record it before with record(bus, pattern), or make the bus with createTestBus().",
  );
}

function count(times: number): string {
  return times === 1 ? "once" : `${times} times`;
}
