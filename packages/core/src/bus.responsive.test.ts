import { describe, expect, it } from "vitest";
import { turnEnd } from "./fixtures/turn.js";
import { createPubSub } from "./index.js";

/** Waits for so many tasks of the page: a bus that keeps it busy for ever never lets them come. */
async function pageLives(tasks = 20): Promise<void> {
  for (let n = 0; n < tasks; n += 1) await turnEnd();
}

describe("a page whose handlers publish for ever", () => {
  it("stays alive when they do so at once", async () => {
    const bus = createPubSub();
    let calls = 0;
    bus.subscribe("a", () => {
      calls += 1;
      bus.publish("a", 1);
    });

    bus.publish("a", 1);
    await pageLives();
    bus.dispose();

    expect(calls).toBeGreaterThan(20);
  });

  it("stays alive when they wait for a promise first", async () => {
    const bus = createPubSub();
    let calls = 0;
    bus.subscribe("ping", async () => {
      calls += 1;
      await null;
      if (!bus.getStats().disposed) bus.publish("pong", 1);
    });
    bus.subscribe("pong", async () => {
      await null;
      if (!bus.getStats().disposed) bus.publish("ping", 1);
    });

    bus.publish("ping", 1);
    await pageLives();
    bus.dispose();

    expect(calls).toBeGreaterThan(20);
  });

  it("stays alive when a listener of diagnostics publishes what nobody waits for", async () => {
    let told = 0;
    const bus = createPubSub({
      onDiagnostic: ({ type }) => {
        if (type !== "publish" || bus.getStats().disposed) return;
        told += 1;
        bus.publish("telemetry", 1);
      },
    });

    bus.publish("a", 1);
    await pageLives();
    bus.dispose();

    expect(told).toBeGreaterThan(20);
  });

  it("keeps the order of what waits for a later task", async () => {
    const bus = createPubSub();
    const received: number[] = [];
    bus.subscribe("a", ({ payload }) => received.push(payload));
    const until = performance.now() + 40;

    let n = 0;
    while (performance.now() < until) {
      bus.publish("a", n);
      n += 1;
      await null;
    }
    await pageLives();

    expect(received).toEqual(Array.from({ length: n }, (_, index) => index));
  });
});
