import { beforeEach, describe, expect, it } from "vitest";
import { createPubSub, type HistoryQuery, InvalidArgumentError, type PubSubBus } from "./index.js";
import { ManualClock } from "./testing/manual-clock.js";

describe("getHistory", () => {
  let bus: PubSubBus;

  async function history(pattern: string, query?: HistoryQuery): Promise<unknown[]> {
    return (await bus.getHistory(pattern, query)).map(({ payload }) => payload);
  }

  beforeEach(() => {
    const clock = new ManualClock(1_000);
    bus = createPubSub({ clock, retention: { maxMessages: 10 } });
    for (let n = 1; n <= 5; n += 1) {
      bus.publish(n % 2 ? "odd" : "even", n);
      clock.advance(10);
    }
  });

  it("gives the newest limit messages that match, oldest first", async () => {
    expect(await history("#", { limit: 2 })).toEqual([4, 5]);
    expect(await history("odd", { limit: 2 })).toEqual([3, 5]);
    expect(await history("odd", { limit: 0 })).toEqual([]);
    expect(await history("odd", { limit: 100 })).toEqual([1, 3, 5]);
  });

  it("gives those published at a time or later", async () => {
    expect(await history("#", { fromTime: 1_020 })).toEqual([3, 4, 5]);
    expect(await history("#", { fromTime: 1_021 })).toEqual([4, 5]);
    expect(await history("odd", { fromTime: 1_010, limit: 1 })).toEqual([5]);
    expect(await history("#", { fromTime: 2_000 })).toEqual([]);
  });

  it.each([{ limit: -1 }, { limit: Number.NaN }, { fromTime: Number.NaN }])(
    "rejects the query %o",
    async (query) => {
      await expect(bus.getHistory("#", query)).rejects.toThrow(InvalidArgumentError);
      await expect(bus.getHistory("#", query)).rejects.toThrow(
        "both must be numbers, limit 0 or more.",
      );
    },
  );

  it("is empty on a bus that keeps nothing", async () => {
    bus = createPubSub();
    bus.publish("a", 1);

    expect(await history("#")).toEqual([]);
  });

  it("includes messages that stay in the page", async () => {
    bus.publish("page", "here", { scope: "page" });

    expect(await history("page")).toEqual(["here"]);
  });

  it("gives an array of the caller's own", async () => {
    (await bus.getHistory("#")).length = 0;

    expect(await history("#")).toEqual([1, 2, 3, 4, 5]);
  });
});
