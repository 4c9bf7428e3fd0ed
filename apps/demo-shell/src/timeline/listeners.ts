import { matchTopic, type PubSubBus } from "@pubsub-mfe/core";
import { inspect } from "@pubsub-mfe/core/inspect";

/** Who listens to what, over all copies of the page. */
export interface Listeners {
  /** The names of the copies whose patterns match a topic; who listens to everything is left out. */
  of(topic: string): readonly string[];
  /** Patterns that match none of the topics, with the copies that wait for them. */
  unheard(topics: ReadonlySet<string>): ReadonlyMap<string, readonly string[]>;
}

/** Looks up who listens now. */
export function findListeners(bus: PubSubBus): Listeners {
  const own = inspect(bus);
  const byPattern = new Map<string, Set<string>>();
  for (const copy of [own, ...own.neighbours()]) {
    const { name = "–", subscriptions } = copy.describe();
    for (const { pattern } of subscriptions) {
      if (pattern === "#") continue;
      const names = byPattern.get(pattern) ?? new Set();
      byPattern.set(pattern, names.add(name));
    }
  }
  const patterns = [...byPattern];
  return {
    of: (topic) => {
      const matching = patterns.filter(([pattern]) => matchTopic(pattern, topic) !== undefined);
      return [...new Set(matching.flatMap(([, names]) => [...names]))];
    },
    unheard: (topics) => {
      const known = [...topics];
      return new Map(
        patterns
          .filter(([pattern]) => !known.some((topic) => matchTopic(pattern, topic) !== undefined))
          .map(([pattern, names]) => [pattern, [...names]]),
      );
    },
  };
}
