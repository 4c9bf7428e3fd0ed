import "fake-indexeddb/auto";
import {
  createPubSub,
  type LogPosition,
  type LogSubscribeOptions,
  matchTopic,
} from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { createHistoryAdapter } from "./index.js";
import { collectEntries } from "./testing/world.js";

const TTL_MS = 60_000;
const MAX_MESSAGES = 8;

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

  /** What a subscription gets of a message, if it is in time. */
  static delivers(pattern: string, { topic, payload, ts }: Stored, now: number): number[] {
    return matchTopic(pattern, topic) && ts >= now - TTL_MS ? [payload] : [];
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

/** A subscription, what it must get and what it got. */
interface Follower {
  readonly pattern: string;
  readonly expected: number[];
  readonly seen: number[];
}

const topic = fc.oneof(
  fc.constantFrom("a", "a.b", "a.b.c", "a.x.c", "z"),
  fc.nat(11).map((n) => `n.${n}`),
);
const pattern = fc.constantFrom("a", "a.b", "a.+", "a.+.c", "a.#", "+.b.#", "n.+", "n.#", "#");

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
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("page" as const),
      pattern,
      // Of those that were read last, by number.
      after: fc.option(fc.nat(4), { nil: undefined }),
      before: fc.option(fc.nat(4), { nil: undefined }),
      order: fc.constantFrom("asc" as const, "desc" as const),
      limit: fc.option(fc.nat(4), { nil: Number.POSITIVE_INFINITY }),
      odd: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("subscribe" as const),
      pattern,
      from: fc.constantFrom("start" as const, "live" as const, "time" as const),
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
      let followers: Follower[] = [];
      /** Until everything is delivered: what a clock or a collection does to it is another matter. */
      const settle = () =>
        vi.waitFor(
          () => {
            for (const { seen, expected } of followers) expect(seen).toEqual(expected);
          },
          { interval: 1 },
        );
      for (const [n, what] of steps.entries()) {
        if (what.do === "publish") {
          const message = bus.publish(what.topic, n);
          model.add(message);
          for (const { pattern, expected } of followers) {
            expected.push(...ModelLog.delivers(pattern, message, clock.now()));
          }
          continue;
        }
        await settle();
        if (what.do === "clock") {
          clock.wallMs += what.ms;
        } else if (what.do === "read") {
          const fromTime = clock.now() - what.sinceMs;
          const found = await log.getHistory(what.pattern, { fromTime, limit: what.limit });
          expect(found).toEqual(model.read(clock.now(), what.pattern, fromTime, what.limit));
        } else if (what.do === "page") {
          const { pattern, order, limit, odd } = what;
          const known = await collectEntries(log.read("#"));
          const after = what.after === undefined ? undefined : known[what.after];
          const before = what.before === undefined ? undefined : known[what.before];
          const found = await collectEntries(
            log.read(pattern, {
              order,
              limit,
              ...(after && { after: after.position as LogPosition }),
              ...(before && { before: before.position as LogPosition }),
              ...(odd && { where: ({ payload }) => payload % 2 }),
            }),
          );
          const all = model
            .read(clock.now(), pattern, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
            .filter(({ payload }) => !odd || payload % 2 === 1)
            .filter(({ payload }) => !after || payload > after.message.payload)
            .filter(({ payload }) => !before || payload < before.message.payload);
          if (order === "desc") all.reverse();
          expect(found.map(({ message }) => message)).toEqual(all.slice(0, limit));
        } else if (what.do === "subscribe") {
          const { pattern } = what;
          const time = clock.now() - 1_000;
          const from: LogSubscribeOptions["from"] = what.from === "time" ? { time } : what.from;
          const fromTime = what.from === "time" ? time : Number.NEGATIVE_INFINITY;
          const all = Number.POSITIVE_INFINITY;
          const old = from === "live" ? [] : model.read(clock.now(), pattern, fromTime, all);
          const seen: number[] = [];
          followers.push({ pattern, seen, expected: old.map(({ payload }) => payload) });
          await log.subscribe(pattern, ({ message }) => seen.push(message.payload), { from });
        } else if (what.do === "collect") {
          await log.flush();
          expect(await log.forceGc()).toBe(model.collect(clock.now()));
        } else if (what.do === "reload") {
          await log.detach();
          followers = [];
          log = createHistoryAdapter(settings);
          await log.attach(bus);
        } else {
          await log.clearHistory();
          model.clear();
        }
      }
      await settle();
      await log.detach();
      indexedDB.deleteDatabase(dbName);
    }),
    { numRuns: 100 },
  );
}, 60_000);
