// @vitest-environment happy-dom
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Hub } from "./testing/hub.js";
import { envelope, openTab, says, turnEnd, wireMessage } from "./testing/tabs.js";

let hub: Hub;
let clock: ManualClock;

beforeEach(() => {
  hub = new Hub();
  clock = new ManualClock();
});

const kinds = () => hub.talk.map((said) => (said as { kind: string }).kind);

function show(visibilityState: DocumentVisibilityState): void {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(visibilityState);
  document.dispatchEvent(new Event("visibilitychange"));
}

describe("attach", () => {
  it("says hello, with the age of the tab", async () => {
    await openTab(hub, { clock, clientId: "me" });

    const publisher = expect.stringMatching(/^[0-9a-f]{32}$/);
    expect(hub.talk).toEqual([
      { v: 1, kind: "hello", publisher, clientId: "me", last: 0, ageMs: 0 },
    ]);
  });

  it("is answered, once a hello, with what was sent before and since", async () => {
    const { bus } = await openTab(hub, { clock });
    for (const n of [1, 2]) bus.publish("a", n);
    await turnEnd();
    clock.advance(100);
    bus.publish("a", 3);
    await turnEnd();
    hub.talk.length = 0;

    hub.inject(says("hello", { last: 1, ageMs: 50 }));
    hub.inject(says("hello", { last: 1, ageMs: 1_000 }));
    hub.inject(says("hello", { last: 1, ageMs: 50, to: "somebody else" }));

    expect(hub.talk).toMatchObject([
      { kind: "digest", to: "p-1", last: 3, base: 2, ageMs: 50 },
      { kind: "digest", to: "p-1", last: 3, base: 0, ageMs: 1_000 },
    ]);
  });
});

describe("a tab that has published", () => {
  it("tells four times how far it has come, and anew after the next message", async () => {
    const { bus } = await openTab(hub, { clock });
    hub.talk.length = 0;
    const told: number[] = [];
    const tellsUntil = (ms: number) => {
      while (clock.monotonic() < ms) {
        clock.advance(50);
        if (hub.talk.length > 0) told.push(clock.monotonic());
        hub.talk.length = 0;
      }
    };

    bus.publish("a", 1);
    await turnEnd();
    tellsUntil(500);
    bus.publish("a", 2);
    await turnEnd();
    tellsUntil(60_000);

    expect(told).toEqual([250, 750, 1_500, 4_500, 16_500]);
    expect(clock.timerCount).toBe(0);
  });

  it("tells it when the page hides, as long as that is of use", async () => {
    const { bus } = await openTab(hub, { clock });
    hub.talk.length = 0;

    dispatchEvent(new Event("pagehide"));
    expect(kinds()).toEqual([]);
    bus.publish("a", 1);
    dispatchEvent(new Event("pagehide"));
    expect(hub.posts).toHaveLength(1);
    expect(hub.talk).toMatchObject([{ kind: "digest", last: 1 }]);
  });

  it("sends again what is asked for, in batches, and says what it no longer has", async () => {
    const { bus } = await openTab(hub, { clock, maxBatchSize: 2 });
    const { publisher } = hub.talk.pop() as { publisher: string };
    for (let n = 1; n <= 2_050; n += 1) bus.publish("a", n);
    await turnEnd();
    hub.posts.length = 0;

    hub.inject(says("wanted", { of: "somebody else", from: 1, to: 2 }));
    hub.inject(says("wanted", { of: publisher, from: 1, to: 5 }));

    expect(hub.talk).toMatchObject([
      { kind: "lost", from: 1, last: 2, to: "p-1" },
      { kind: "digest", last: 2_050, asked: 5, to: "p-1" },
    ]);
    expect(hub.posts).toMatchObject([
      { from: 3, to: "p-1", messages: [{ payload: 3 }, { payload: 4 }] },
      { from: 5, to: "p-1", messages: [{ payload: 5 }] },
    ]);
  });

  it("sends again what it published, not what a handler has made of it", async () => {
    const a = await openTab(hub, { clock });
    a.bus.subscribe("cart", ({ payload }) => payload.items.push("changed"));
    a.transport.failure = new Error("lost");
    a.bus.publish("cart", { items: ["A-1"] });
    await turnEnd();
    const { publisher } = hub.talk[0] as { publisher: string };

    hub.inject(says("wanted", { of: publisher, from: 1, to: 1 }));

    expect(hub.posts).toMatchObject([{ messages: [{ payload: { items: ["A-1"] } }] }]);
  });
});

describe("a page that comes back", () => {
  it.each<[string, () => void]>([
    [
      "is shown again",
      () => dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true })),
    ],
    ["is resumed", () => document.dispatchEvent(new Event("resume"))],
    ["becomes visible", () => show("visible")],
  ])("asks what it has missed, and tells how far it has come, when it %s", async (_, comeBack) => {
    await openTab(hub, { clock });
    hub.talk.length = 0;

    comeBack();

    expect(kinds()).toEqual(["digest", "hello"]);
  });

  it("asks nothing when it was not away", async () => {
    await openTab(hub, { clock });
    hub.talk.length = 0;

    dispatchEvent(new Event("pageshow"));
    show("hidden");

    expect(kinds()).toEqual([]);
  });
});

describe("detach", () => {
  it("leaves no timer and no listener, and tells how far the tab came", async () => {
    const { bus, adapter } = await openTab(hub, { clock });
    hub.inject(envelope(1, [wireMessage(1)]));
    hub.inject(envelope(3, [wireMessage(3)]));
    hub.inject(envelope(7, [wireMessage(7)], { publisher: "p-2" }));
    bus.publish("a", 1);
    await turnEnd();
    expect(clock.timerCount).toBe(3);
    hub.talk.length = 0;

    adapter.detach();

    expect(hub.talk).toMatchObject([{ kind: "digest", last: 1 }]);
    expect([clock.timerCount, hub.listenerCount]).toEqual([0, 0]);
    dispatchEvent(new Event("pagehide"));
    document.dispatchEvent(new Event("resume"));
    expect(hub.talk).toHaveLength(1);
  });

  it("may come while a message is delivered", async () => {
    const { adapter } = await openTab(hub, { clock, onError: () => adapter.detach() });

    // The first is malformed, which is told.
    hub.inject(envelope(1, [null, wireMessage(2)]));
    expect(adapter.getStats()).toMatchObject({ messagesRejected: 1, messagesReceived: 0 });

    expect([clock.timerCount, hub.listenerCount]).toEqual([0, 0]);
  });
});
