import { describe, expect, it } from "vitest";
import { Match, MatchCache } from "./match-cache.js";

const match = new Match([], { value: 0 }, { value: 0 });

/** What the router does with a topic that it resolved. */
function offer(cache: MatchCache, topic: string, resolved: Match): void {
  if (cache.admits(topic)) cache.keep(topic, resolved);
}

function offerTwice(cache: MatchCache, topic: string): void {
  offer(cache, topic, match);
  offer(cache, topic, match);
}

describe("MatchCache", () => {
  it("remembers a topic when it comes back", () => {
    const cache = new MatchCache();

    offer(cache, "a", match);
    expect(cache.get("a")).toBeUndefined();

    offer(cache, "a", match);
    expect(cache.get("a")).toBe(match);
  });

  it("keeps what comes back through a stream of topics that never do", () => {
    const cache = new MatchCache();
    offerTwice(cache, "hot");

    for (let n = 0; n < 50_000; n += 1) offer(cache, `unique.${n}`, match);

    expect(cache.get("hot")).toBe(match);
    expect(cache.get("unique.49999")).toBeUndefined();
  });

  it("learns what comes back in the midst of topics that never do", () => {
    const cache = new MatchCache();
    for (let n = 0; n < 10_000; n += 1) offer(cache, `unique.${n}`, match);

    for (let n = 0; n < 20; n += 1) {
      offer(cache, "hot", match);
      offer(cache, `another.${n}`, match);
    }

    expect(cache.get("hot")).toBe(match);
  });

  it("forgets what is no longer asked for, and keeps what is", () => {
    const cache = new MatchCache();
    offerTwice(cache, "cold");
    offerTwice(cache, "warm");

    for (let n = 0; n < 20_000; n += 1) {
      offerTwice(cache, `topic.${n}`);
      cache.get("warm");
    }

    expect(cache.get("cold")).toBeUndefined();
    expect(cache.get("warm")).toBe(match);
  });

  it("forgets after some thousand other topics that it saw one once", () => {
    const cache = new MatchCache();
    offer(cache, "rare", match);
    for (let n = 0; n < 5_000; n += 1) offer(cache, `unique.${n}`, match);

    offer(cache, "rare", match);

    expect(cache.get("rare")).toBeUndefined();
  });

  it("holds a bounded number of topics", () => {
    const cache = new MatchCache();
    const topics = Array.from({ length: 50_000 }, (_, n) => `topic.${n}`);
    for (const topic of topics) offerTwice(cache, topic);

    const known = topics.filter((topic) => cache.get(topic) !== undefined);

    expect(known.length).toBeGreaterThan(0);
    expect(known.length).toBeLessThanOrEqual(2 * 4_096);
  });

  it("remembers no huge topics", () => {
    const cache = new MatchCache();

    offerTwice(cache, "x".repeat(257));

    expect(cache.get("x".repeat(257))).toBeUndefined();
  });
});
