import { beforeEach, describe, expect, it, vi } from "vitest";
import { turnEnd } from "./fixtures/turn.js";
import { createPubSub, type PubSubBus } from "./index.js";

describe("the signal of a subscription", () => {
  let bus: PubSubBus;
  let controller: AbortController;
  let received: unknown[];

  beforeEach(() => {
    bus = createPubSub();
    controller = new AbortController();
    received = [];
  });

  const receive = ({ payload }: { payload: unknown }) => {
    received.push(payload);
  };

  it("ends it, also for messages on their way", async () => {
    bus.subscribe("a", receive, { signal: controller.signal });

    bus.publish("a", 1);
    controller.abort();
    bus.publish("a", 2);
    await turnEnd();

    expect(received).toEqual([]);
    expect(bus.handlerCount()).toBe(0);
  });

  it("ends it from within an earlier handler", async () => {
    bus.subscribe("a", () => controller.abort());
    bus.subscribe("a", receive, { signal: controller.signal });

    bus.publish("a", 1);
    await turnEnd();

    expect(received).toEqual([]);
  });

  it("leaves subscriptions of other signals alone", async () => {
    bus.subscribe("a", receive, { signal: controller.signal });
    bus.subscribe("a", receive, { signal: new AbortController().signal });
    bus.subscribe("a", receive);

    controller.abort();
    bus.publish("a", 1);
    await turnEnd();

    expect(received).toEqual([1, 1]);
  });

  it("subscribes nothing when it is already aborted", async () => {
    const events: string[] = [];
    bus = createPubSub({
      retention: { maxMessages: 1 },
      onDiagnostic: ({ type }) => events.push(type),
    });
    bus.publish("a", 1);

    const end = bus.subscribe("a", receive, { signal: AbortSignal.abort(), replay: 1 });
    bus.publish("a", 2);
    await turnEnd();
    end();

    expect(received).toEqual([]);
    expect(bus.getSubscriptions()).toEqual([]);
    expect(events).toEqual(["publish", "publish"]);
  });

  it("gets one listener of the bus for any number of subscriptions", () => {
    const added = vi.spyOn(controller.signal, "addEventListener");
    const removed = vi.spyOn(controller.signal, "removeEventListener");

    const ends = Array.from({ length: 20 }, (_, n) =>
      bus.subscribe(`topic.${n}`, receive, { signal: controller.signal }),
    );
    expect(added).toHaveBeenCalledTimes(1);

    for (const end of ends.slice(1)) end();
    expect(removed).not.toHaveBeenCalled();

    ends[0]?.();
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it("still ends subscriptions that come after all earlier ones ended", async () => {
    bus.subscribe("a", receive, { signal: controller.signal })();
    bus.subscribe("a", receive, { signal: controller.signal });

    controller.abort();
    bus.publish("a", 1);
    await turnEnd();

    expect(received).toEqual([]);
  });

  it.each(["clear", "dispose"] as const)("is let go by %s", (method) => {
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    bus.subscribe("a", receive, { signal: controller.signal });

    bus[method]();

    expect(removed).toHaveBeenCalledTimes(1);
  });

  it("tells diagnostics of each subscription that it ended", () => {
    const ended: unknown[] = [];
    bus = createPubSub({
      onDiagnostic: (event) => {
        if (event.type === "unsubscribe") ended.push([event.pattern, event.handlerCount]);
      },
    });
    bus.subscribe("a", receive, { signal: controller.signal });
    bus.subscribe("a", receive, { signal: controller.signal });
    bus.subscribe("b.#", receive, { signal: controller.signal });

    controller.abort();

    expect(ended).toEqual([
      ["a", 1],
      ["a", 0],
      ["b.#", 0],
    ]);
  });

  it("stops a replay in its midst", () => {
    bus = createPubSub({ retention: { maxMessages: 5 } });
    for (let n = 1; n <= 5; n += 1) bus.publish("a", n);

    bus.subscribe(
      "a",
      (message) => {
        receive(message);
        if (message.payload === 2) controller.abort();
      },
      { replay: 5, signal: controller.signal },
    );

    expect(received).toEqual([1, 2]);
    expect(bus.handlerCount()).toBe(0);
  });

  it.each([null, {}, "abort"])("refuses %o, and subscribes nothing", (signal) => {
    const options = { signal } as never;

    expect(() => bus.subscribe("a", () => {}, options)).toThrow(
      "it must be the signal of an AbortController.",
    );
    expect(bus.handlerCount()).toBe(0);
  });
});
