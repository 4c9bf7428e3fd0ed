import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.js";
import { Router } from "./router.js";

let router: Router;
let clock: ManualClock;

function subscribeAndEnd(pattern: string): void {
  router.remove(router.add(pattern, () => {}, undefined, false, clock));
}

beforeEach(() => {
  router = new Router();
  clock = new ManualClock();
});

describe("Router", () => {
  it.each(["a.b", "a.+"])("keeps the route of %s for whoever comes back", (pattern) => {
    subscribeAndEnd(pattern);
    const route = router.route(pattern);
    subscribeAndEnd(pattern);

    expect(route?.size).toBe(0);
    expect(router.route(pattern)).toBe(route);
    expect(router.routes()).toEqual([]);
  });

  it.each(["", ".+"])("keeps a bounded number of routes that ended, like t1%s", (end) => {
    const patterns = Array.from({ length: 5_000 }, (_, n) => `t${n}${end}`);
    for (const pattern of patterns) subscribeAndEnd(pattern);

    const kept = patterns.filter((pattern) => router.route(pattern));
    expect(kept.length).toBeLessThanOrEqual(256);
  });

  it("keeps no route of a huge pattern that ended", () => {
    const pattern = "x".repeat(1_000);
    subscribeAndEnd(pattern);

    expect(router.route(pattern)).toBeUndefined();
  });

  it("keeps the routes that are used when it removes those that ended", () => {
    subscribeAndEnd("a");
    const subscription = router.add("a", () => {}, undefined, false, clock);
    for (let n = 0; n < 300; n += 1) subscribeAndEnd(`t${n}`);

    expect(router.match("a")).toEqual([subscription]);
  });

  it("finds whoever comes back to a wildcard whose route was removed", () => {
    subscribeAndEnd("a.+");
    // Some other wildcard, so that topics are resolved; twice, so that the answer is kept.
    router.add("b.+", () => {}, undefined, false, clock);
    router.match("a.b");
    router.match("a.b");
    for (let n = 0; n < 300; n += 1) subscribeAndEnd(`t${n}`);
    const subscription = router.add("a.+", () => {}, undefined, false, clock);

    expect(router.match("a.b")).toEqual([subscription]);
  });

  it("dates a pattern by the first of those who subscribe to it now", () => {
    subscribeAndEnd("a");
    clock.advance(1_000);
    router.add("a", () => {}, undefined, false, clock);
    const createdAt = clock.now();
    clock.advance(1_000);
    router.add("a", () => {}, undefined, false, clock);

    expect(router.routes()).toMatchObject([{ pattern: "a", createdAt, size: 2 }]);
  });
});
