import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { patterns, topics } from "../fixtures/arbitraries.js";
import { createMatcher } from "../fixtures/model.js";
import { turnEnd } from "../fixtures/turn.js";
import { createPubSub, matchTopic } from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";

describe("a bus with random patterns", () => {
  it("reaches exactly the patterns that a regular expression says", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(patterns, { maxLength: 12 }),
        fc.array(topics, { maxLength: 12 }),
        async (subscribed, published) => {
          const bus = createPubSub({ clock: new ManualClock() });
          const received: unknown[] = [];
          for (const [nth, pattern] of subscribed.entries()) {
            bus.subscribe(pattern, ({ topic }) => received.push([topic, nth]));
          }

          // Three rounds: a topic is looked up anew, then remembered, then known.
          const rounds = [...published, ...published, ...published];
          for (const topic of rounds) bus.publish(topic, undefined);
          await turnEnd();

          const matchers = subscribed.map(createMatcher);
          expect(received).toEqual(
            rounds.flatMap((topic) =>
              matchers.flatMap((matches, nth) => (matches(topic) ? [[topic, nth]] : [])),
            ),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("matchTopic with random patterns", () => {
  it("matches exactly what a regular expression says", () => {
    fc.assert(
      fc.property(patterns, topics, (pattern, topic) => {
        expect(matchTopic(pattern, topic) !== undefined).toBe(createMatcher(pattern)(topic));
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives captures that make the topic again when put in for the wildcards", () => {
    fc.assert(
      fc.property(patterns, topics, (pattern, topic) => {
        const captures = matchTopic(pattern, topic);
        fc.pre(captures !== undefined);

        const filled = pattern
          .split(".")
          .map((segment) => (segment === "+" || segment === "#" ? captures.shift() : segment))
          .filter((segment) => segment !== "")
          .join(".");

        expect(filled).toBe(topic);
        expect(captures).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
