import type { Subscription } from "./subscription.js";

/** A number that grows when what depends on it is out of date. */
export interface Version {
  value: number;
}

/** What a topic was resolved to, and the versions it depends on. */
export class Match {
  readonly subscriptions: readonly Subscription[];
  readonly #scoped: Version;
  readonly #scopedValue: number;
  readonly #global: Version;
  readonly #globalValue: number;

  constructor(subscriptions: readonly Subscription[], scoped: Version, global: Version) {
    this.subscriptions = subscriptions;
    this.#scoped = scoped;
    this.#scopedValue = scoped.value;
    this.#global = global;
    this.#globalValue = global.value;
  }

  get isCurrent(): boolean {
    return this.#scoped.value === this.#scopedValue && this.#global.value === this.#globalValue;
  }
}

/** How many topics each of the three tables below holds at most. */
const CAPACITY = 4096;
/** Longer ones are not remembered, so that memory stays small whatever is published. */
export const MAX_TOPIC_LENGTH = 256;

/**
 * Remembers what topics were resolved to, in bounded memory. A topic is admitted when it comes
 * back: a stream of topics that never do must not push out those that do.
 */
export class MatchCache {
  readonly #seen = new Set<string>();
  /**
   * Of so many topics that were not seen before one is noted: fewer when none comes back. A prime,
   * which a stream with a rhythm of its own is unlikely to share.
   */
  #strangersANote = 1;
  #strangers = 0;
  #young = new Map<string, Match>();
  #old = new Map<string, Match>();

  get(topic: string): Match | undefined {
    const young = this.#young.get(topic);
    if (young) return young;
    const old = this.#old.get(topic);
    if (old) this.keep(topic, old);
    return old;
  }

  /** Tells whether a topic comes back, and remembers that it came. */
  admits(topic: string): boolean {
    if (topic.length > MAX_TOPIC_LENGTH) return false;
    if (this.#seen.has(topic)) {
      this.#strangersANote = 1;
      return true;
    }
    if (++this.#strangers % this.#strangersANote > 0) return false;
    if (this.#seen.size >= CAPACITY) {
      this.#seen.clear();
      this.#strangersANote = 7;
    }
    this.#seen.add(topic);
    return false;
  }

  /** Two generations: what was not asked for while one filled up is forgotten with the other. */
  keep(topic: string, match: Match): void {
    if (this.#young.size >= CAPACITY) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(topic, match);
  }
}
