import { ManualClock } from "@pubsub-mfe/core/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { BroadcastChannelTransport } from "./index.js";
import {
  envelope,
  linkBus,
  nextMessage,
  payloads,
  says,
  turnEnd,
  wireMessage,
} from "./testing/tabs.js";

/** A channel that follows no rules, as a script of the same origin could open one. */
function openRaw(name: string, Channel = BroadcastChannel): BroadcastChannel {
  const channel = new Channel(name);
  onTestFinished(() => channel.close());
  return channel;
}

/** The next that is posted of a kind. */
function nextPost(channel: BroadcastChannel, kind = "messages"): Promise<unknown> {
  return new Promise((resolve) => {
    channel.addEventListener("message", function listen({ data }) {
      if (data.kind !== kind) return;
      channel.removeEventListener("message", listen);
      resolve(data);
    });
  });
}

/** Loses the posts of messages that it is told to, by the number of their first message. */
class LossyTransport extends BroadcastChannelTransport {
  readonly losses = new Set<number>();

  override send(data: { from?: number; to?: string }): void {
    // What is sent again says to whom.
    if (data.to === undefined && this.losses.has(data.from as number)) return;
    super.send(data);
  }
}

async function twoTabs(channelName: string = crypto.randomUUID()) {
  return [await linkBus({ channelName }), await linkBus({ channelName })] as const;
}

describe("a link over BroadcastChannel", () => {
  it("keeps what structured clone keeps", async () => {
    const [a, b] = await twoTabs();
    const payload = {
      map: new Map([["a", new Set([1])]]),
      date: new Date(86_400_000),
      big: 2n ** 70n,
      bytes: new Uint8Array([1, 2, 255]),
      nothing: undefined,
      none: null,
      notANumber: Number.NaN,
    };
    const arrival = nextMessage(b.bus, "all");

    const published = a.bus.publish("all", payload, { source: "cart", schemaVersion: "2" });

    const received = await arrival;
    expect(received.payload).toStrictEqual(payload);
    expect(received.payload).not.toBe(payload);
    expect(received).toMatchObject({ id: published.id, ts: published.ts, schemaVersion: "2" });
    expect(received.meta).toEqual({
      source: "cart",
      _crossTab: true,
      _sourceClientId: a.adapter.getStats().clientId,
      _origin: location.origin,
    });
  });

  it("delivers 1,000 messages both ways, in order, once, and none back", async () => {
    const [a, b] = await twoTabs();
    const arrivals = [nextMessage(a.bus, "b.last"), nextMessage(b.bus, "a.last")];

    for (let n = 0; n < 1_000; n += 1) {
      a.bus.publish("a", n);
      b.bus.publish("b", n);
    }
    a.bus.publish("a.last", null);
    b.bus.publish("b.last", null);
    await Promise.all(arrivals);

    const inOrder = Array.from({ length: 1_000 }, (_, n) => n);
    for (const { received, errors, adapter } of [a, b]) {
      expect(payloads(received.filter(({ topic }) => topic === "a"))).toEqual(inOrder);
      expect(payloads(received.filter(({ topic }) => topic === "b"))).toEqual(inOrder);
      expect(received).toHaveLength(2_002);
      expect(errors).toEqual([]);
      expect(adapter.getStats()).toMatchObject({
        messagesSent: 1_001,
        messagesReceived: 1_001,
        messagesDeduplicated: 0,
        batchesSent: 21,
      });
    }
  });

  it("tells of a message that cannot be cloned, and delivers its neighbours", async () => {
    const [a, b] = await twoTabs();
    const arrival = nextMessage(b.bus, "last");

    a.bus.publish("a", 1);
    a.bus.publish("a", { node: document.body });
    a.bus.publish("last", 2);
    await arrival;

    expect(payloads(b.received)).toEqual([1, 2]);
    expect(a.errors).toMatchObject([{ code: "MESSAGE_NOT_CLONEABLE", field: "payload.node" }]);
    expect(b.errors).toEqual([]);
  });

  it("keeps channels of different names apart", async () => {
    const [a, b] = await twoTabs();
    const [other] = await twoTabs();
    const arrival = nextMessage(b.bus, "a");

    other.bus.publish("a", "elsewhere");
    a.bus.publish("a", "here");

    expect((await arrival).payload).toBe("here");
    expect(payloads(b.received)).toEqual(["here"]);
  });

  it("reaches the frames of the same origin", async () => {
    const channelName = crypto.randomUUID();
    const { bus, received, errors } = await linkBus({ channelName });
    const frame = document.createElement("iframe");
    document.body.append(frame);
    onTestFinished(() => frame.remove());
    const realm = frame.contentWindow as Window & typeof globalThis;
    const channel = openRaw(channelName, realm.BroadcastChannel);

    const arrival = nextMessage(bus, "a");
    channel.postMessage(envelope(1, [wireMessage(new Date(0))]));
    expect((await arrival).payload).toEqual(new Date(0));
    const post = nextPost(channel);
    bus.publish("b", new Map([["k", 1n]]));

    expect(await post).toMatchObject({ v: 1, from: 1, messages: [{ topic: "b" }] });
    expect(received).toHaveLength(2);
    expect(errors).toEqual([]);
  });
});

describe("posts that are lost", () => {
  async function lossyTabs() {
    const channelName = crypto.randomUUID();
    const transport = new LossyTransport({ channelName });
    const a = await linkBus({ channelName, transport });
    return { a, b: await linkBus({ channelName }), losses: transport.losses };
  }

  it("are had again from their sender, in order", async () => {
    const { a, b, losses } = await lossyTabs();
    losses.add(2).add(3);
    const arrival = nextMessage(b.bus, "last");

    for (const n of [1, 2, 3]) {
      a.bus.publish("a", n);
      await turnEnd();
    }
    a.bus.publish("last", 4);
    await arrival;

    expect(payloads(b.received)).toEqual([1, 2, 3, 4]);
    expect(b.adapter.getStats()).toMatchObject({ messagesRepaired: 2, gaps: 0 });
    expect([...a.errors, ...b.errors]).toEqual([]);
  });

  it("show by the digest where nothing follows them", async () => {
    const { a, b, losses } = await lossyTabs();
    losses.add(1);
    const [known, arrival] = [nextMessage(a.bus, "hi"), nextMessage(b.bus, "last")];
    b.bus.publish("hi", null);
    await known; // and with it the hello before it

    a.bus.publish("last", 1);

    expect((await arrival).payload).toBe(1);
    expect(b.adapter.getStats()).toMatchObject({ messagesReceived: 1, messagesRepaired: 1 });
  });
});

describe("a page that hides", () => {
  it("sends what it published in this turn", async () => {
    const channelName = crypto.randomUUID();
    const { bus } = await linkBus({ channelName });
    const other = openRaw(channelName);
    const post = nextPost(other);

    bus.publish("a", 1);
    dispatchEvent(new PageTransitionEvent("pagehide"));

    expect(await post).toMatchObject({ messages: [{ topic: "a", payload: 1 }] });
  });

  it("hears nothing until it is shown again, and then has what it missed sent again", async () => {
    const channelName = crypto.randomUUID();
    const { bus, received, errors } = await linkBus({ channelName });
    const other = openRaw(channelName);
    const witness = openRaw(channelName); // younger than the link: it hears after it
    const send = async (n: number) => {
      const heard = nextPost(witness);
      other.postMessage(envelope(n, [wireMessage(n)]));
      await heard;
      await turnEnd();
    };

    await send(1);
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    await send(2);
    expect(payloads(received)).toEqual([1]);
    const hello = nextPost(other, "hello");
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    const { publisher: to } = (await hello) as { publisher: string };
    const question = nextPost(other, "wanted");
    other.postMessage(says("digest", { last: 2, to }));
    expect(await question).toMatchObject({ of: "p-1", from: 2, to: 2 });
    const arrival = nextMessage(bus, "a");
    other.postMessage(envelope(2, [wireMessage(2)], { to }));
    await arrival;

    expect(payloads(received)).toEqual([1, 2]);
    expect(errors).toEqual([]);
  });

  it("tells, once it is shown again, what it has missed of a tab that is gone", async () => {
    const channelName = crypto.randomUUID();
    const clock = new ManualClock();
    const { bus, errors } = await linkBus({ channelName, clock });
    const other = openRaw(channelName);
    const first = nextMessage(bus, "a");
    other.postMessage(envelope(1, [wireMessage(1)]));
    await first;

    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    other.postMessage(envelope(2, [wireMessage(2), wireMessage(3)]));
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    const [question, arrival] = [nextPost(other, "wanted"), nextMessage(bus, "a")];
    other.postMessage(envelope(4, [wireMessage(4)]));
    await question;
    clock.advance(2_600);
    await arrival;

    expect(errors).toMatchObject([{ code: "MESSAGE_GAP", range: [2, 3] }]);
  });

  it("sends what a later listener publishes while it hides, and hears nothing after it", async () => {
    const channelName = crypto.randomUUID();
    const { bus, received } = await linkBus({ channelName });
    const other = openRaw(channelName);
    addEventListener("pagehide", () => bus.publish("tab.hides", null), { once: true });

    const post = nextPost(other);
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    expect(await post).toMatchObject({ messages: [{ topic: "tab.hides" }] });
    const witness = openRaw(channelName); // younger than any channel that is open
    const heard = nextPost(witness);
    other.postMessage(envelope(1, [wireMessage(1)]));
    await heard;
    await turnEnd();

    expect(received.map(({ topic }) => topic)).toEqual(["tab.hides"]);
  });

  it("is left alone after detach", async () => {
    const channelName = crypto.randomUUID();
    const { adapter, received } = await linkBus({ channelName });
    const other = openRaw(channelName);
    const witness = openRaw(channelName);

    adapter.detach();
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    const heard = nextPost(witness);
    other.postMessage(envelope(1, [wireMessage(1)]));
    await heard;
    await turnEnd();

    expect(received).toEqual([]);
  });
});
