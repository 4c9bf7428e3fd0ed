import { invalidArgument } from "../arguments.js";
import type { Clock } from "../clock.js";
import { InvalidArgumentError } from "../errors.js";
import { show } from "../show.js";
import { MAX_TOPIC_LENGTH } from "../topics/match-cache.js";
import { compilePattern } from "../topics/match-topic.js";
import type { MessageFilter } from "../topics/subscription.js";
import type { HistoryQuery, Message, RetentionConfig } from "../types.js";
import { type Entry, LinkedRing } from "./linked-ring.js";

/** How many topics `latest` follows: unique topics must not grow it without end. */
const MAX_LATEST_TOPICS = 10_000;
/** Of how many topics it is known that some of their messages were dropped. */
const MAX_DROPPED_TOPICS = 1_000;

type TopicTest = (topic: string) => unknown;

/** What a late subscriber gets, and how much of what it asked for is gone. */
export interface Replay {
  readonly messages: readonly Message[];
  readonly missing: number;
}

/** Keeps the last messages in memory, bounded over all and by topic. */
export class Retention {
  readonly config: RetentionConfig;
  readonly capacity: number;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #limits: readonly { matches: TopicTest; limit: number }[];
  readonly #keepsLatest: readonly TopicTest[];
  readonly #ring = new LinkedRing<Message>();
  /** The entries of topics that have a limit of their own, oldest first. */
  readonly #limited = new Map<string, Entry<Message>[]>();
  readonly #latest = new Map<string, Message>();
  readonly #dropped = new Map<string, number>();

  constructor(config: RetentionConfig, clock: Clock) {
    this.config = config;
    this.capacity = wholeNumber("maxMessages", config.maxMessages);
    this.#clock = clock;
    this.#ttlMs = config.ttlMs ?? Number.POSITIVE_INFINITY;
    if (!(this.#ttlMs > 0)) {
      const rule = "more than 0 milliseconds. For no limit leave it out";
      throw invalidArgument("retention.ttlMs", config.ttlMs, rule);
    }
    this.#limits = Object.entries(config.perTopic ?? {}).map(([pattern, limit]) => ({
      matches: compilePattern(pattern),
      limit: wholeNumber(`perTopic["${pattern}"]`, limit),
    }));
    const { latest = [] } = config;
    if (!Array.isArray(latest)) throw invalidArgument("retention.latest", latest, "an array");
    this.#keepsLatest = latest.map(compilePattern);
  }

  get size(): number {
    this.#expire();
    return this.#ring.size;
  }

  add(message: Message): void {
    this.#expire();
    this.#keepLatest(message);
    const limit = this.#limitOf(message.topic);
    if (limit === 0 || this.capacity === 0) {
      this.#noteDropped(message.topic);
      return;
    }
    const entry = this.#ring.push(message);
    if (limit !== undefined) {
      const entries = this.#limited.get(message.topic) ?? [];
      this.#limited.set(message.topic, entries);
      entries.push(entry);
      if (entries.length > limit) this.#drop(entries[0] as Entry<Message>);
    }
    if (this.#ring.size > this.capacity) this.#drop(this.#ring.oldest as Entry<Message>);
  }

  /** The newest `limit` messages that match, oldest first. */
  query(pattern: string, query: HistoryQuery, filter?: MessageFilter): Message[] {
    const { fromTime = Number.NEGATIVE_INFINITY, limit: most = Number.POSITIVE_INFINITY } = query;
    if (!(most >= 0) || Number.isNaN(fromTime)) {
      throw new InvalidArgumentError(
        `The query has limit ${show(most)} and fromTime ${show(fromTime)}: both must be numbers, limit 0 or more.`,
      );
    }
    const oldest = Math.max(fromTime, this.#expire());
    const matches = compilePattern(pattern);
    const found: Message[] = [];
    for (let entry = this.#ring.newest; entry && found.length < most; entry = entry.previous) {
      const { value } = entry;
      if (value.ts >= oldest && matches(value.topic) && passes(value, filter)) found.push(value);
    }
    return found.reverse();
  }

  /** The last `count` messages that match. */
  last(pattern: string, count: number, filter: MessageFilter | undefined): Replay {
    const messages = this.query(pattern, { limit: count }, filter);
    return { messages, missing: Math.min(count - messages.length, this.#countDropped(pattern)) };
  }

  /** The newest message of each topic that matches, in publish order. */
  newestByTopic(pattern: string, filter: MessageFilter | undefined): Replay {
    const oldest = this.#expire();
    const matches = compilePattern(pattern);
    const newest = new Map<string, Message>();
    for (const [topic, message] of this.#latest) {
      if (message.ts >= oldest && matches(topic) && passes(message, filter)) {
        newest.set(topic, message);
      }
    }
    for (let entry = this.#ring.newest; entry; entry = entry.previous) {
      const { topic, ts } = entry.value;
      if (ts >= oldest && !newest.has(topic) && matches(topic) && passes(entry.value, filter)) {
        newest.set(topic, entry.value);
      }
    }
    const messages = [...newest.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const missing = [...this.#dropped.keys()].filter((t) => !newest.has(t) && matches(t)).length;
    return { messages, missing };
  }

  clear(): void {
    this.#ring.oldest = undefined;
    this.#ring.newest = undefined;
    this.#ring.size = 0;
    this.#limited.clear();
    this.#latest.clear();
    this.#dropped.clear();
  }

  #keepLatest(message: Message): void {
    const { topic } = message;
    if (!this.#keepsLatest.some((matches) => matches(topic))) return;
    // Deleted first, so that the map's order is that of the last publishing.
    this.#latest.delete(topic);
    this.#latest.set(topic, message);
    if (this.#latest.size <= MAX_LATEST_TOPICS) return;
    const [stalest] = this.#latest.keys();
    this.#latest.delete(stalest as string);
  }

  #limitOf(topic: string): number | undefined {
    const limits = this.#limits.filter(({ matches }) => matches(topic)).map(({ limit }) => limit);
    return limits.length > 0 ? Math.min(...limits) : undefined;
  }

  /**
   * What has expired is not missing: nobody was promised it.
   *
   * @returns the time before which all has expired: behind a message of the future some may be left
   */
  #expire(): number {
    if (this.#ttlMs === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
    const cutoff = this.#clock.now() - this.#ttlMs;
    while (this.#ring.oldest && this.#ring.oldest.value.ts < cutoff) {
      this.#remove(this.#ring.oldest);
    }
    for (const [topic, { ts }] of this.#latest) {
      if (ts >= cutoff) break;
      this.#latest.delete(topic);
    }
    return cutoff;
  }

  #drop(entry: Entry<Message>): void {
    this.#remove(entry);
    this.#noteDropped(entry.value.topic);
  }

  #remove(entry: Entry<Message>): void {
    this.#ring.remove(entry);
    const { topic } = entry.value;
    const entries = this.#limited.get(topic);
    if (!entries) return;
    entries.shift();
    if (entries.length === 0) this.#limited.delete(topic);
  }

  #noteDropped(topic: string): void {
    // A thousand long topics are much memory, and slow to look up.
    if (topic.length > MAX_TOPIC_LENGTH) return;
    const count = this.#dropped.get(topic);
    if (count === undefined && this.#dropped.size >= MAX_DROPPED_TOPICS) {
      const [first] = this.#dropped.keys();
      this.#dropped.delete(first as string);
    }
    this.#dropped.set(topic, (count ?? 0) + 1);
  }

  #countDropped(pattern: string): number {
    const matches = compilePattern(pattern);
    let dropped = 0;
    for (const [topic, count] of this.#dropped) if (matches(topic)) dropped += count;
    return dropped;
  }
}

function passes(message: Message, filter: MessageFilter | undefined): boolean {
  return filter === undefined || filter(message);
}

function wholeNumber(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw invalidArgument(`retention.${name}`, value, "a whole number of messages, 0 or more");
}
