import { matchTopic, type PubSubBus } from "@pubsub-mfe/core";
import { inspect } from "@pubsub-mfe/core/inspect";
import { withoutIds } from "../without-ids.js";

/** So many answers are remembered. */
const MAX_REMEMBERED = 20_000;

/** Who listens to what, over all copies of the page; who listens to everything is left out. */
export class Listeners {
  readonly #bus: PubSubBus;
  /** The names of copies, by pattern. */
  #exact = new Map<string, Set<string>>();
  #wild = new Map<string, Set<string>>();
  /** Whether a pattern matches a topic, by both. */
  readonly #known = new Map<string, boolean>();

  constructor(bus: PubSubBus) {
    this.#bus = bus;
    this.update();
  }

  /** Looks up who listens now. */
  update(): void {
    this.#exact = new Map();
    this.#wild = new Map();
    const own = inspect(this.#bus);
    for (const copy of [own, ...own.neighbours()]) {
      const { name = "–", subscriptions } = copy.describe();
      for (const { pattern } of subscriptions) {
        // Also who waits for the answer to one call.
        if (pattern === "#" || withoutIds(pattern) !== pattern) continue;
        const patterns = /[+#]/.test(pattern) ? this.#wild : this.#exact;
        patterns.set(pattern, (patterns.get(pattern) ?? new Set()).add(name));
      }
    }
  }

  /** The names of the copies that listen to a topic. */
  of(topic: string): readonly string[] {
    const names = new Set(this.#exact.get(topic));
    for (const [pattern, copies] of this.#wild) {
      if (!this.#matches(pattern, topic)) continue;
      for (const name of copies) names.add(name);
    }
    return [...names];
  }

  /** Patterns that match none of the topics, with the copies that wait for them. */
  unheard(
    topics: ReadonlySet<string>,
  ): readonly (readonly [pattern: string, copies: readonly string[]])[] {
    const exact = [...this.#exact].filter(([pattern]) => !topics.has(pattern));
    const wild = [...this.#wild].filter(([pattern]) => {
      for (const topic of topics) if (this.#matches(pattern, topic)) return false;
      return true;
    });
    return [...exact, ...wild].map(([pattern, copies]) => [pattern, [...copies]] as const).sort();
  }

  #matches(pattern: string, topic: string): boolean {
    const key = `${pattern} ${topic}`;
    let isMatch = this.#known.get(key);
    if (isMatch === undefined) {
      if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
      isMatch = matchTopic(pattern, topic) !== undefined;
      this.#known.set(key, isMatch);
    }
    return isMatch;
  }
}
