import { beforeEach, describe, expect, it } from "vitest";
import { turnEnd } from "../fixtures/turn.js";
import { createPubSub, type PubSubBus, type Unsubscribe } from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";

/** Handlers this slow use a turn's 12 ms up long before all of them ran. */
const SLOW_MS = 5;
const HANDLERS = 40;

describe("the time budget of a turn", () => {
  let clock: ManualClock;
  let bus: PubSubBus;
  let log: string[];

  beforeEach(() => {
    clock = new ManualClock();
    bus = createPubSub({ clock });
    log = [];
  });

  /** Subscribes slow handlers; resolves when the last of them got the payload `"last"`. */
  function subscribeSlow(topic: string, ends: Unsubscribe[] = []): Promise<void> {
    return new Promise((resolve) => {
      for (let n = 0; n < HANDLERS; n += 1) {
        ends.push(
          bus.subscribe(topic, ({ payload }) => {
            clock.advance(SLOW_MS);
            log.push(`${n}:${payload}`);
            if (n === HANDLERS - 1 && payload === "last") resolve();
          }),
        );
      }
    });
  }

  function expected(...payloads: string[]): string[] {
    return payloads.flatMap((payload) =>
      Array.from({ length: HANDLERS }, (_, n) => `${n}:${payload}`),
    );
  }

  it("ends it, and the rest is delivered in order in later tasks", async () => {
    const done = subscribeSlow("a");
    bus.publish("a", "one");
    bus.publish("a", "last");

    for (let microtask = 0; microtask < 100; microtask += 1) await Promise.resolve();
    const inFirstTurn = log.length;
    await done;

    expect(inFirstTurn).toBeGreaterThan(0);
    expect(inFirstTurn).toBeLessThan(HANDLERS);
    expect(log).toEqual(expected("one", "last"));
  });

  it("does not end it while time stands still", async () => {
    for (let n = 0; n < 1_000; n += 1) bus.subscribe(`a.${n}`, () => log.push("h"));
    bus.subscribe("a.+", () => log.push("h"));

    for (let n = 0; n < 1_000; n += 1) bus.publish(`a.${n}`, 1);
    await Promise.resolve();

    expect(log).toHaveLength(2_000);
  });

  it("looks at the clock often once handlers turn slow", async () => {
    bus = createPubSub({ clock, maxHandlersPerTopic: 500 });
    let calls = 0;
    for (let n = 0; n < 500; n += 1) {
      bus.subscribe("a", () => {
        calls += 1;
        if (n >= 200) clock.advance(2);
      });
    }

    bus.publish("a", 1);
    await Promise.resolve();

    // At worst one stride of 64 calls passes before it is seen that they take their time.
    expect(calls).toBeGreaterThan(200);
    expect(calls).toBeLessThan(200 + 64 + 12);
  });

  it("ends it soon after 12 ms, also when handlers are only a little slow", async () => {
    for (let n = 0; n < 50; n += 1) {
      bus.subscribe(n % 2 ? "a.+" : "a.b", () => {
        clock.advance(0.5);
        log.push("h");
      });
    }

    for (let n = 0; n < 4; n += 1) bus.publish("a.b", n);
    await Promise.resolve();

    expect(log.length).toBeGreaterThan(12 / 0.5);
    expect(log.length).toBeLessThan(16 / 0.5);
  });

  it("starts anew in each task", async () => {
    const perTask: number[] = [];
    let calls = 0;
    const done = new Promise<void>((resolve) => {
      for (let n = 0; n < HANDLERS; n += 1) {
        bus.subscribe("a", () => {
          clock.advance(SLOW_MS);
          calls += 1;
          // The first call of each task asks for a microtask, which runs when the task has ended.
          if (calls === 1) {
            void Promise.resolve().then(() => {
              perTask.push(calls);
              calls = 0;
            });
          }
          if (n === HANDLERS - 1) resolve();
        });
      }
    });

    bus.publish("a", 1);
    await done;

    expect(perTask.reduce((sum, count) => sum + count)).toBe(HANDLERS);
    expect(perTask.length).toBeGreaterThan(2);
    // The last one may have had less left to do.
    expect(new Set(perTask.slice(0, -1))).toEqual(new Set([perTask[0]]));
  });

  it("keeps what is published while the rest waits in order behind it", async () => {
    const done = subscribeSlow("a");
    bus.publish("a", "one");
    await Promise.resolve();
    expect(log.length).toBeLessThan(HANDLERS);

    bus.publish("a", "last");
    await done;

    expect(log).toEqual(expected("one", "last"));
  });

  it("counts what handlers publish to the same turn", async () => {
    const done = new Promise<void>((resolve) => {
      bus.subscribe("a", ({ payload }) => {
        log.push(String(payload));
        clock.advance(SLOW_MS);
        if (payload < 30) bus.publish("a", payload + 1);
        else resolve();
      });
    });

    bus.publish("a", 1);
    for (let microtask = 0; microtask < 100; microtask += 1) await Promise.resolve();

    expect(log.length).toBeLessThan(30);
    await done;
    expect(log).toHaveLength(30);
  });

  it("leaves a subscription that ends while it waits silent", async () => {
    const ends: Unsubscribe[] = [];
    const done = subscribeSlow("a", ends);
    bus.publish("a", "last");
    await Promise.resolve();
    const called = log.length;

    // All but the last: the bus must not tidy the list up while it stands in its midst.
    for (const end of ends.slice(0, -1)) end();
    await done;

    expect(log).toEqual([...expected("last").slice(0, called), `${HANDLERS - 1}:last`]);
  });

  it("leaves a subscription that is made while it waits out", async () => {
    void subscribeSlow("a");
    bus.publish("a", "one");
    await Promise.resolve();

    const done = new Promise<void>((resolve) => {
      bus.subscribe("a", ({ payload }) => {
        log.push(`late:${payload}`);
        resolve();
      });
    });
    bus.publish("a", "last");
    await done;

    expect(log).toEqual([...expected("one", "last"), "late:last"]);
  });

  it.each(["clear", "dispose"] as const)("delivers nothing more after %s", async (method) => {
    void subscribeSlow("a");
    bus.publish("a", "one");
    bus.publish("a", "last");
    await Promise.resolve();
    const called = log.length;

    bus[method]();
    for (let task = 0; task < 5; task += 1) await turnEnd();

    expect(called).toBeLessThan(HANDLERS);
    expect(log).toHaveLength(called);
  });

  it("delivers to new subscriptions after a clear in its midst", async () => {
    void subscribeSlow("a");
    bus.publish("a", "one");
    await Promise.resolve();
    bus.clear();
    log = [];

    const done = new Promise<void>((resolve) => {
      bus.subscribe("a", ({ payload }) => {
        log.push(payload);
        resolve();
      });
    });
    bus.publish("a", "two");
    await done;

    expect(log).toEqual(["two"]);
  });
});
