import { describe, expect, it, vi } from "vitest";
import { turnEnd } from "../fixtures/turn.js";
import { createPubSub } from "../index.js";
import { trace } from "../inspect.js";
import { ManualClock } from "../testing/manual-clock.js";

describe("trace", () => {
  it("records what became of each message in each handler", async () => {
    const clock = new ManualClock();
    const bus = createPubSub({ clock, onDiagnostic: () => {} });
    let finish = (): void => {};
    bus.subscribe("a", () => clock.advance(2));
    bus.subscribe("a", () => new Promise<void>((resolve) => (finish = resolve)));
    bus.subscribe("a", () => {
      throw new Error("no");
    });
    bus.subscribe("a", () => {}, { sourceFilter: { include: ["cart"] } });
    const { records, ...rest } = trace(bus);
    expect(records).toEqual([]);
    const onChange = vi.fn();
    const watched = trace(bus, { onChange });

    const message = bus.publish("a", 1);
    await turnEnd();
    expect(watched.records).toMatchObject([
      {
        message,
        from: "page",
        handlers: [
          { outcome: "done", durationMs: 2, settledMs: undefined },
          { outcome: "pending" },
          { outcome: "failed" },
          { outcome: "filtered", durationMs: 0 },
        ],
      },
    ]);

    clock.advance(7);
    finish();
    await turnEnd();
    expect(watched.records[0]?.handlers[1]).toMatchObject({ outcome: "done", settledMs: 7 });
    expect(onChange).toHaveBeenCalledTimes(6);

    watched.stop();
    rest.stop();
    bus.publish("a", 2);
    expect(watched.records).toHaveLength(1);
  });

  it("keeps the newest, and forgets what became of older ones", async () => {
    const bus = createPubSub();
    bus.subscribe("a", () => {});
    const controller = new AbortController();
    const traced = trace(bus, { limit: 2, signal: controller.signal });

    for (const n of [1, 2, 3]) bus.publish("a", n);
    await turnEnd();
    controller.abort();
    bus.publish("a", 4);

    expect(traced.records.map(({ message }) => message.payload)).toEqual([2, 3]);
    expect(traced.records.map(({ handlers }) => handlers.length)).toEqual([1, 1]);
  });
});
