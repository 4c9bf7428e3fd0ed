import "fake-indexeddb/auto";
import { createPubSub, matchTopic } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createHistoryAdapter } from "./index.js";

const TTL_MS = 60_000;
const MAX_MESSAGES = 5;

interface Stored {
  readonly topic: string;
  readonly payload: number;
  readonly ts: number;
}

/** A log as simple as can be. */
class ModelLog {
  #stored: Stored[] = [];

  add(message: Stored): void {
    this.#stored.push(message);
  }

  read(now: number, pattern: string, fromTime: number, limit: number): Stored[] {
    const found = this.#stored
      .slice(-MAX_MESSAGES)
      .filter(
        ({ topic, ts }) => matchTopic(pattern, topic) && ts >= Math.max(fromTime, now - TTL_MS),
      );
    return found.slice(Math.max(0, found.length - limit));
  }

  collect(now: number): number {
    const before = this.#stored.length;
    this.#stored = this.#stored.slice(Math.max(0, before - MAX_MESSAGES));
    const firstToStay = this.#stored.findIndex(({ ts }) => ts >= now - TTL_MS);
    this.#stored = firstToStay < 0 ? [] : this.#stored.slice(firstToStay);
    return before - this.#stored.length;
  }

  clear(): void {
    this.#stored = [];
  }
}

const topic = fc.constantFrom("a", "a.b", "a.b.c", "a.x.c", "z");
const pattern = fc.constantFrom("a", "a.b", "a.+", "a.+.c", "a.#", "+.b.#", "#");

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("publish" as const), topic }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("clock" as const),
      ms: fc.constantFrom(1, 1_000, TTL_MS / 2, TTL_MS, -1_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("read" as const),
      pattern,
      sinceMs: fc.option(fc.nat(2 * TTL_MS), { nil: Number.POSITIVE_INFINITY }),
      limit: fc.option(fc.nat(8), { nil: Number.POSITIVE_INFINITY }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("collect" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reload" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clear" as const) }) },
);

it("a log reads as a plain array does, whatever happens to it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = new ManualClock();
      const dbName = `history-model-${crypto.randomUUID()}`;
      const limits = { maxMessages: MAX_MESSAGES, ttlSeconds: TTL_MS / 1_000 };
      const settings = { dbName, clock, ...limits };
      let log = createHistoryAdapter(settings);
      const model = new ModelLog();
      const bus = createPubSub({ clock });
      await log.attach(bus);
      for (const [n, what] of steps.entries()) {
        if (what.do === "publish") {
          model.add(bus.publish(what.topic, n));
        } else if (what.do === "clock") {
          clock.wallMs += what.ms;
        } else if (what.do === "read") {
          const fromTime = clock.now() - what.sinceMs;
          const found = await log.getHistory(what.pattern, { fromTime, limit: what.limit });
          expect(found).toEqual(model.read(clock.now(), what.pattern, fromTime, what.limit));
        } else if (what.do === "collect") {
          await log.flush();
          expect(await log.forceGc()).toBe(model.collect(clock.now()));
        } else if (what.do === "reload") {
          await log.detach();
          log = createHistoryAdapter(settings);
          await log.attach(bus);
        } else {
          await log.clearHistory();
          model.clear();
        }
      }
      await log.detach();
      indexedDB.deleteDatabase(dbName);
    }),
    { numRuns: 150 },
  );
});
