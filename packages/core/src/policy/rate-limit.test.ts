import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { turnEnd } from "../fixtures/turn.js";
import {
  createPubSub,
  type DiagnosticEvent,
  InvalidArgumentError,
  type Message,
  RateLimitError,
} from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";

const isDropped = ({ meta }: Message): boolean => meta?._rateLimited === true;

describe("rateLimit", () => {
  let clock: ManualClock;

  beforeEach(() => {
    clock = new ManualClock();
  });

  it("lets a burst pass, and gives the messages after it back marked", async () => {
    const handler = vi.fn();
    const bus = createPubSub({ clock, rateLimit: { maxPerSecond: 10, maxBurst: 2 } });
    bus.subscribe("#", handler);

    const messages = [1, 2, 3].map((n) => bus.publish("a", n, { meta: { own: n } }));

    expect(messages.map(isDropped)).toEqual([false, false, true]);
    expect(messages[2]).toMatchObject({ topic: "a", payload: 3, meta: { own: 3 } });
    expect(Object.isFrozen(messages[2]?.meta)).toBe(true);
    await turnEnd();
    expect(handler.mock.calls.map(([{ payload }]) => payload)).toEqual([1, 2]);
    expect(bus.getStats().messageCount.published).toBe(2);
  });

  it("keeps what it drops from retention and adapters", async () => {
    const onPublish = vi.fn();
    const rateLimit = { maxPerSecond: 1 };
    const bus = createPubSub({ clock, rateLimit, retention: { maxMessages: 9 } });
    bus.getHooks().onPublish(onPublish);

    bus.publish("a", 1);
    bus.publish("a", 2);

    expect(onPublish).toHaveBeenCalledTimes(1);
    expect(await bus.getHistory("#")).toHaveLength(1);
  });

  it("refills with time, also in parts, and never above the burst", () => {
    const bus = createPubSub({ clock, rateLimit: { maxPerSecond: 2, maxBurst: 2 } });
    const publish = (): boolean => !isDropped(bus.publish("a", 0));
    expect([publish(), publish(), publish()]).toEqual([true, true, false]);

    clock.advance(250);
    expect(publish()).toBe(false);
    clock.advance(250);
    expect([publish(), publish()]).toEqual([true, false]);
    clock.advance(60_000);
    expect([publish(), publish(), publish()]).toEqual([true, true, false]);
  });

  it("does not notice that the wall clock steps back", () => {
    const bus = createPubSub({ clock, rateLimit: { maxPerSecond: 1 } });
    bus.publish("a", 0);

    clock.wallMs -= 3_600_000;
    clock.advance(1_000);

    expect(isDropped(bus.publish("a", 0))).toBe(false);
  });

  it("throws where it is to, after telling", () => {
    const events: DiagnosticEvent[] = [];
    const bus = createPubSub({
      clock,
      onDiagnostic: (event) => events.push(event),
      rateLimit: { maxPerSecond: 1, onExceeded: "throw" },
    });
    bus.publish("a", 0);

    expect(() => bus.publish("cart.item", 0)).toThrow(RateLimitError);
    expect(() => bus.publish("cart.item", 0)).toThrow(
      'A message of "cart.item" is over the limit of 1 messages a second.',
    );
    expect(events.at(-1)).toEqual({
      type: "rate-limited",
      topic: "cart.item",
      messageId: expect.any(String),
      maxRate: 1,
      action: "throw",
    });
  });

  it.each([
    [{ maxPerSecond: 0 }, "rateLimit.maxPerSecond is 0: it must be a number above 0."],
    [{ maxPerSecond: Number.NaN }, "rateLimit.maxPerSecond is NaN: it must be a number above 0."],
    [{ maxPerSecond: 5, maxBurst: 0 }, "rateLimit.maxBurst is 0: it must be 1 or more."],
    [
      { maxPerSecond: 5, onExceeded: "Throw" as "throw" },
      'rateLimit.onExceeded is "Throw": it must be "drop" or "throw".',
    ],
  ])("refuses %o", (rateLimit, message) => {
    expect(() => createPubSub({ rateLimit })).toThrow(new InvalidArgumentError(message));
  });

  it("never lets more pass than the burst and what time has refilled", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 100 }),
        (maxPerSecond, maxBurst, steps) => {
          const time = new ManualClock();
          const bus = createPubSub({ clock: time, rateLimit: { maxPerSecond, maxBurst } });
          let passed = 0;
          let elapsed = 0;
          for (const step of steps) {
            time.advance(step);
            elapsed += step;
            if (!isDropped(bus.publish("a", 0))) passed += 1;
          }
          expect(passed).toBeLessThanOrEqual(maxBurst + (elapsed / 1_000) * maxPerSecond + 1e-6);
        },
      ),
    );
  });
});
