import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { patterns, topics } from "../fixtures/arbitraries.js";
import { createMatcher } from "../fixtures/model.js";
import { createPubSub, type HistoryQuery, type Message, type RetentionConfig } from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";

type Step =
  | { do: "publish"; topic: string; source: string }
  | { do: "wait"; ms: number }
  | { do: "query"; pattern: string; query: HistoryQuery }
  | { do: "replay"; pattern: string; count: number; source: string }
  | { do: "replay latest"; pattern: string; source: string };

const source = fc.constantFrom("cart", "shop");
const count = fc.nat({ max: 6 });
const steps = fc.array(
  fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
    {
      weight: 10,
      arbitrary: fc.record({ do: fc.constant("publish" as const), topic: topics, source }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat({ max: 40 }) }),
    },
    fc.record({
      do: fc.constant("query" as const),
      pattern: patterns,
      query: fc.record(
        { limit: count, fromTime: fc.integer({ min: 1_000, max: 1_500 }) },
        { requiredKeys: [] },
      ),
    }),
    fc.record({ do: fc.constant("replay" as const), pattern: patterns, count, source }),
    fc.record({ do: fc.constant("replay latest" as const), pattern: patterns, source }),
  ),
  { size: "max", maxLength: 60 },
);
const configs = fc.record(
  {
    maxMessages: fc.nat({ max: 12 }),
    perTopic: fc.dictionary(patterns, fc.nat({ max: 3 }), { maxKeys: 3 }),
    ttlMs: fc.integer({ min: 1, max: 120 }),
    latest: fc.array(patterns, { maxLength: 2 }),
  },
  { requiredKeys: ["maxMessages"] },
);

/** Retention with plain arrays that are gone through each time. */
class ModelRetention {
  #kept: Message[] = [];
  #latest: Message[] = [];
  readonly #config: RetentionConfig;
  readonly #clock: ManualClock;

  constructor(config: RetentionConfig, clock: ManualClock) {
    this.#config = config;
    this.#clock = clock;
  }

  add(message: Message): void {
    const { maxMessages, perTopic = {}, latest = [] } = this.#config;
    const { topic } = message;
    if (latest.some((pattern) => createMatcher(pattern)(topic))) {
      this.#latest = [...this.#latest.filter((m) => m.topic !== topic), message];
    }
    const limits = Object.entries(perTopic)
      .filter(([pattern]) => createMatcher(pattern)(topic))
      .map(([, limit]) => limit);
    const kept = [...this.#kept, message];
    const surplus = kept.filter((m) => m.topic === topic).length - Math.min(...limits);
    const oldestOfTopic = kept.find((m) => m.topic === topic);
    const limited = surplus > 0 ? kept.filter((m) => m !== oldestOfTopic) : kept;
    this.#kept = limited.slice(Math.max(0, limited.length - maxMessages));
  }

  query(pattern: string, { fromTime = 0, limit = Number.POSITIVE_INFINITY }: HistoryQuery) {
    const found = this.#alive(this.#kept).filter(
      ({ topic, ts }) => createMatcher(pattern)(topic) && ts >= fromTime,
    );
    return found.slice(Math.max(0, found.length - limit));
  }

  replay(pattern: string, limit: number, from: string): Message[] {
    const found = this.query(pattern, {}).filter(({ meta }) => meta?.source === from);
    return found.slice(Math.max(0, found.length - limit));
  }

  replayLatest(pattern: string, from: string): Message[] {
    const all = this.#alive([...this.#kept, ...this.#latest]).filter(
      ({ topic, meta }) => createMatcher(pattern)(topic) && meta?.source === from,
    );
    const sorted = [...new Set(all)].sort((a, b) => a.payload - b.payload);
    return sorted.filter((m) => !sorted.some((o) => o.topic === m.topic && o.payload > m.payload));
  }

  get size(): number {
    return this.#alive(this.#kept).length;
  }

  #alive(messages: readonly Message[]): Message[] {
    const { ttlMs = Number.POSITIVE_INFINITY } = this.#config;
    return messages.filter(({ ts }) => ts >= this.#clock.now() - ttlMs);
  }
}

describe("retention under random use", () => {
  it("keeps what a model of plain arrays keeps", async () => {
    await fc.assert(
      fc.asyncProperty(configs, steps, async (retention, taken) => {
        const clock = new ManualClock(1_000);
        const bus = createPubSub({ clock, retention });
        const model = new ModelRetention(retention, clock);

        for (const [n, step] of taken.entries()) {
          if (step.do === "publish") {
            model.add(bus.publish(step.topic, n, { source: step.source }));
          } else if (step.do === "wait") {
            clock.advance(step.ms);
          } else if (step.do === "query") {
            expect(await bus.getHistory(step.pattern, step.query)).toEqual(
              model.query(step.pattern, step.query),
            );
          } else {
            const received: Message[] = [];
            const replay = step.do === "replay" ? step.count : "latest";
            bus.subscribe(step.pattern, (message) => received.push(message), {
              replay,
              sourceFilter: { include: [step.source] },
            })();
            expect(received).toEqual(
              step.do === "replay"
                ? model.replay(step.pattern, step.count, step.source)
                : model.replayLatest(step.pattern, step.source),
            );
          }
          expect(bus.getStats().retentionBufferSize).toBe(model.size);
        }
      }),
      { numRuns: 300 },
    );
  });
});
