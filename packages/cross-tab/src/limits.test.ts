// @vitest-environment happy-dom
import type { DiagnosticEvent } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { isCrossTabError, MessageTooLargeError } from "./index.js";
import { Hub } from "./testing/hub.js";
import { envelope, openTab, payloads, says, turnEnd, wireMessage } from "./testing/tabs.js";

let hub: Hub;
let clock: ManualClock;

beforeEach(() => {
  hub = new Hub();
  clock = new ManualClock();
});

const kilobytes = (count: number) => "x".repeat(count * 1_024);
/** The messages of each post. */
const sizes = () => hub.posts.map((post) => (post as { messages: unknown[] }).messages.length);

describe("maxMessageSize", () => {
  it("keeps a message here, told by topic and size; its neighbours go out without a hole", async () => {
    const told: unknown[] = [];
    const onDiagnostic = (event: DiagnosticEvent) =>
      event.type === "warning" && event.code === "MESSAGE_TOO_LARGE" && told.push(event);
    const [a, b] = [
      await openTab(hub, { maxMessageSize: 2_000 }, { onDiagnostic }),
      await openTab(hub),
    ];

    a.bus.publish("a", 1);
    const { id } = a.bus.publish("cart.saved", kilobytes(2));
    a.bus.publish("a", 2);
    await turnEnd();

    expect(payloads(b.received)).toEqual([1, 2]);
    expect(hub.posts).toMatchObject([{ from: 1, messages: [{ payload: 1 }, { payload: 2 }] }]);
    const [error] = a.errors;
    expect(error).toBeInstanceOf(MessageTooLargeError);
    expect(isCrossTabError(error, "MESSAGE_TOO_LARGE") && error.size).toBeGreaterThan(2_048);
    expect(error).toMatchObject({
      topic: "cart.saved",
      messageId: id,
      maxMessageSize: 2_000,
      clientId: undefined,
      message: expect.stringMatching(
        /^A message of "cart\.saved" was not sent: it has about 21\d\d bytes, and maxMessageSize is 2000\. Publish less, or raise it in all tabs\.$/,
      ),
    });
    expect(told).toEqual([
      { type: "warning", code: "MESSAGE_TOO_LARGE", message: error?.message, details: error },
    ]);
    expect(a.adapter.getStats()).toMatchObject({ messagesSent: 2, messagesOversized: 1 });
  });

  it("is 262,144 bytes", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub)];

    a.bus.publish("a", new Uint8Array(262_144));
    a.bus.publish("a", new Uint8Array(261_000));
    await turnEnd();

    expect(b.received).toHaveLength(1);
    expect(a.errors).toMatchObject([{ code: "MESSAGE_TOO_LARGE" }]);
  });

  it("drops what comes in, which nobody asks for again", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub, { maxMessageSize: 2_000, clock })];

    for (const payload of [1, kilobytes(10), 3]) a.bus.publish("a", payload);
    await turnEnd();
    const { length } = hub.talk;
    clock.advance(60_000);
    await turnEnd();

    expect(payloads(b.received)).toEqual([1, 3]);
    expect(b.errors).toMatchObject([
      {
        code: "MESSAGE_TOO_LARGE",
        topic: "a",
        clientId: a.adapter.getStats().clientId,
        message: expect.stringMatching(/^A message of "a" of tab [0-9a-f]{32} was dropped: /),
      },
    ]);
    expect(b.adapter.getStats()).toMatchObject({ messagesOversized: 1, gaps: 0 });
    expect(hub.talk.slice(length)).toEqual([]);
  });

  it("leaves what is malformed as well to the bus, which refuses it", async () => {
    const { errors } = await openTab(hub, { maxMessageSize: 2_000 });

    hub.inject(envelope(1, [{ topic: { toString: kilobytes(3) }, id: {}, payload: kilobytes(3) }]));

    expect(errors).toMatchObject([{ code: "ENVELOPE_REJECTED" }]);
  });
});

describe("a post", () => {
  it("is cut before it has more than 64 kB, and a message above that goes alone", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub)];

    for (const size of [20, 20, 20, 20, 1, 100, 1, 1]) a.bus.publish("a", kilobytes(size));
    await turnEnd();

    expect(sizes()).toEqual([3, 2, 1, 2]);
    expect(b.received).toHaveLength(8);
    expect(a.adapter.getStats()).toMatchObject({ batchesSent: 4, maxBatchSizeSeen: 3 });
  });

  it("is cut as well when it is sent again", async () => {
    const a = await openTab(hub, { clock });
    for (let n = 0; n < 10; n += 1) a.bus.publish("a", kilobytes(20));
    await turnEnd();
    const { publisher: of } = hub.posts[0] as { publisher: string };
    hub.posts.length = 0;

    hub.inject(says("wanted", { of, from: 2, to: 10 }));

    expect(sizes()).toEqual([3, 3, 3]);
  });

  it("can be had again as long as all that is kept is no more than 16 MB", async () => {
    const a = await openTab(hub, { clock });
    for (let n = 0; n < 100; n += 1) a.bus.publish("a", new Uint8Array(204_800));
    await turnEnd();
    const { publisher: of } = hub.posts[0] as { publisher: string };
    hub.posts.length = 0;

    hub.inject(says("wanted", { of, from: 1, to: 100 }));

    const [lost] = hub.talk.filter((each) => (each as { kind: string }).kind === "lost");
    expect(lost).toMatchObject({ from: 1, last: 19 });
    expect(hub.posts).toHaveLength(81);
  });
});

describe("rateLimit", () => {
  const flood = (from: number, count: number, fields: object = {}) => {
    const messages = Array.from({ length: count }, (_, n) =>
      wireMessage(`${JSON.stringify(fields)}${from + n}`),
    );
    hub.inject(envelope(from, messages, fields));
  };

  it("drops what is more, counts it, and tells it once in ten seconds", async () => {
    const rateLimit = { maxPerSecond: 10, maxBurst: 20 };
    const { received, errors, adapter } = await openTab(hub, { clock, rateLimit });

    flood(1, 50);
    await turnEnd();
    expect(received).toHaveLength(20);
    clock.advance(1_000);
    flood(51, 50);
    await turnEnd();
    expect(received).toHaveLength(30);
    expect(adapter.getStats()).toMatchObject({ messagesReceived: 30, messagesRateLimited: 70 });
    expect(errors).toMatchObject([
      {
        code: "RATE_LIMITED",
        message: "Messages of tab tab-1 were dropped: more than 10 a second came.",
      },
    ]);

    clock.advance(10_000);
    flood(101, 50);
    expect(errors).toHaveLength(2);
  });

  it("lets a burst of as many come as in a second where none is given", async () => {
    const { received } = await openTab(hub, { clock, rateLimit: { maxPerSecond: 7 } });

    flood(1, 50);
    await turnEnd();

    expect(received).toHaveLength(7);
  });

  it("costs the other tabs nothing", async () => {
    const { received } = await openTab(hub, { clock, rateLimit: { maxPerSecond: 5 } });

    flood(1, 50);
    flood(1, 5, { publisher: "p-2" });
    await turnEnd();

    expect(received).toHaveLength(10);
  });

  it("is no gap: nothing that was dropped is asked for, also when it was repaired", async () => {
    const { received, adapter } = await openTab(hub, { clock, rateLimit: { maxPerSecond: 5 } });
    const { publisher: to } = hub.talk[0] as { publisher: string };
    flood(1, 4);
    flood(31, 5);
    expect(hub.talk.at(-1)).toMatchObject({ kind: "wanted", from: 5, to: 30 });
    const { length } = hub.talk;

    flood(5, 26, { to });
    hub.inject(says("digest", { last: 35, to, asked: 30 }));
    clock.advance(60_000);
    flood(36, 1);
    await turnEnd();

    expect(received).toHaveLength(6);
    expect(hub.talk.slice(length)).toEqual([]);
    expect(adapter.getStats()).toMatchObject({ messagesRateLimited: 30, gaps: 0 });
  });
});

describe("batchIntervalMs", () => {
  it("holds messages of several turns back, as they were published, and posts them together", async () => {
    const [a, b] = [await openTab(hub, { batchIntervalMs: 20, clock }), await openTab(hub)];
    const payload = { n: 1 };

    a.bus.publish("a", payload);
    await turnEnd();
    payload.n = 9;
    clock.advance(19);
    a.bus.publish("a", { n: 2 });
    await turnEnd();
    expect(hub.posts).toEqual([]);
    clock.advance(1);
    await turnEnd();

    expect(sizes()).toEqual([2]);
    expect(payloads(b.received)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("posts at once what fills a batch", async () => {
    const a = await openTab(hub, { batchIntervalMs: 20, clock, maxBatchSize: 3 });

    for (let n = 0; n < 3; n += 1) {
      a.bus.publish("a", n);
      await turnEnd();
    }

    expect(sizes()).toEqual([3]);
  });

  it.each<[string, () => void]>([
    ["pagehide", () => dispatchEvent(new Event("pagehide"))],
    ["freeze", () => document.dispatchEvent(new Event("freeze"))],
  ])("does not outlive %s", async (_, happen) => {
    const a = await openTab(hub, { batchIntervalMs: 20, clock });
    a.bus.publish("a", 1);
    await turnEnd();
    a.bus.publish("a", 2);

    happen();

    expect(sizes()).toEqual([2]);
  });

  it("does not outlive detach, and leaves no timer", async () => {
    const [a, b] = [await openTab(hub, { batchIntervalMs: 20, clock }), await openTab(hub)];
    a.bus.publish("a", 1);
    await turnEnd();
    a.bus.publish("a", 2);

    a.adapter.detach();
    await turnEnd();

    expect(payloads(b.received)).toEqual([1, 2]);
    expect(clock.timerCount).toBe(0);
  });

  it("is 0: a turn is posted at its end", async () => {
    const a = await openTab(hub, { clock });

    a.bus.publish("a", 1);
    await turnEnd();

    expect(sizes()).toEqual([1]);
  });
});

describe("a post that cannot be cloned, though its messages could be copied here", () => {
  it("costs the message that is to blame alone, and leaves no hole", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub)];
    const send = a.transport.send.bind(a.transport);
    a.transport.send = (data) => {
      const { messages = [] } = data as { messages?: { payload: unknown }[] };
      if (messages.some(({ payload }) => payload === "shared memory")) {
        throw new DOMException("not here", "DataCloneError");
      }
      send(data);
    };

    for (const payload of [1, 2, "shared memory", 3, 4, 5]) a.bus.publish("a", payload);
    await turnEnd();
    a.bus.publish("a", 6);
    await turnEnd();

    expect(payloads(b.received)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(a.errors).toMatchObject([
      { code: "MESSAGE_NOT_CLONEABLE", topic: "a", field: "payload" },
    ]);
    expect(a.adapter.getStats().messagesSent).toBe(6);
    expect(b.errors).toEqual([]);
  });
});

describe("expectedOrigin", () => {
  const expectedOrigin = "https://shop.example";
  /** Hands on what was injected as from an origin. */
  async function open(origin: string | undefined) {
    const transport = hub.connect();
    const onMessage = transport.onMessage.bind(transport);
    transport.onMessage = (listener) => onMessage((data) => listener(data, origin));
    return openTab(hub, { transport, expectedOrigin });
  }

  it("lets in what comes from there, and says so in the message", async () => {
    const { received, errors } = await open(expectedOrigin);

    hub.inject(envelope(1, [wireMessage(1)]));
    await turnEnd();

    expect(received).toMatchObject([{ meta: { _origin: expectedOrigin } }]);
    expect(errors).toEqual([]);
  });

  it.each([
    ["elsewhere", "https://evil.example"],
    ["nowhere", "null"],
    ["this page, of another origin, where the transport does not say", undefined],
  ])("refuses what comes from %s, counts it all, and tells it once", async (_, origin) => {
    const { received, errors, adapter } = await open(origin);

    hub.inject(envelope(1, [wireMessage(1)]));
    hub.inject({ v: 1, kind: "presence", type: "nonsense" });
    await turnEnd();

    const from = origin ?? location.origin;
    expect(received).toEqual([]);
    expect(errors).toMatchObject([
      {
        code: "ORIGIN_REFUSED",
        message: `What came from ${from} was refused: expectedOrigin is https://shop.example.`,
      },
    ]);
    expect(adapter.getStats()).toMatchObject({ originBlocked: 2, messagesRejected: 0 });
  });
});

describe("the rules of topics", () => {
  it("hold in both directions, and more in each", async () => {
    const a = await openTab(hub, {
      share: ["cart.#"],
      private: ["cart.draft"],
      send: { private: ["cart.total"] },
      receive: { share: ["#"], private: ["admin.#"] },
    });
    const b = await openTab(hub);

    for (const topic of ["cart.saved", "cart.draft", "cart.total", "user.name"]) {
      a.bus.publish(topic, "from a");
      b.bus.publish(topic, "from b");
    }
    b.bus.publish("admin.reset", "from b");
    await turnEnd();

    const topics = (tab: typeof a, from: string) =>
      tab.received.filter(({ payload }) => payload === from).map(({ topic }) => topic);
    expect(topics(b, "from a")).toEqual(["cart.saved"]);
    expect(topics(a, "from b")).toEqual(["cart.saved", "cart.total", "user.name"]);
    expect(b.errors).toEqual([]);
  });
});
