import { createPubSub } from "@pubsub-mfe/core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  BroadcastChannelTransport,
  CrossTabError,
  createCrossTabAdapter,
  isCrossTabError,
} from "./index.js";
import { Hub } from "./testing/hub.js";
import { envelope, openTab, payloads, turnEnd, wireMessage } from "./testing/tabs.js";

let hub: Hub;

beforeEach(() => {
  hub = new Hub();
});

describe("createCrossTabAdapter", () => {
  it("has empty counters, and a client id of its own, before it is used", () => {
    const stats = createCrossTabAdapter().getStats();

    expect(stats).toEqual({
      clientId: expect.stringMatching(/^[0-9a-f]{32}$/),
      messagesSent: 0,
      messagesReceived: 0,
      messagesDeduplicated: 0,
      messagesRepaired: 0,
      messagesRejected: 0,
      messagesRateLimited: 0,
      messagesOversized: 0,
      originBlocked: 0,
      gaps: 0,
      batchesSent: 0,
      averageBatchSize: 0,
      maxBatchSizeSeen: 0,
      dedupeCacheSize: 0,
      isLeader: false,
    });
    expect(createCrossTabAdapter().getStats().clientId).not.toBe(stats.clientId);
  });
});

describe("attach", () => {
  it("is refused while the adapter is attached", async () => {
    const { adapter, bus } = await openTab(hub, { channelName: "shop" });
    const message =
      "This adapter is attached already. Call detach() first, or create a second one.";

    await expect(adapter.attach(bus)).rejects.toMatchObject({ code: "CROSS_TAB_MISUSED", message });
    await expect(adapter.attach(createPubSub())).rejects.toMatchObject({ message });
    expect(hub.listenerCount).toBe(1);
  });

  it("waits where another adapter links the bus to the channel, and takes over from it", async () => {
    const far = await openTab(hub, { channelName: "shop" });
    const { bus, adapter } = await openTab(hub, { channelName: "shop" });
    const second = createCrossTabAdapter({ channelName: "shop", transport: hub.connect() });
    await second.attach(bus);
    expect(hub.listenerCount).toBe(2);

    bus.publish("a", 1);
    await turnEnd();
    adapter.detach();
    bus.publish("a", 2);
    far.bus.publish("b", 3);
    await turnEnd();

    expect(hub.listenerCount).toBe(2);
    expect(payloads(far.received)).toEqual([1, 3, 2]);
    expect(hub.posts).toHaveLength(3);
    expect(second.getStats()).toMatchObject({ messagesSent: 1, messagesReceived: 1 });
  });

  it("is possible over a second channel, and after detach", async () => {
    const { adapter, bus } = await openTab(hub, { channelName: "shop" });
    const other = createCrossTabAdapter({ channelName: "other", transport: hub.connect() });
    const next = createCrossTabAdapter({ channelName: "shop", transport: hub.connect() });

    await other.attach(bus);
    adapter.detach();
    await next.attach(bus);

    expect(hub.listenerCount).toBe(2);
  });

  it("rejects where the transport is not available, and the bus goes on", async () => {
    const transport = hub.connect();
    transport.available = false;
    const adapter = createCrossTabAdapter({ transport });
    const bus = createPubSub();

    await expect(adapter.attach(bus)).rejects.toMatchObject({
      code: "TRANSPORT_UNAVAILABLE",
      message:
        "No transport is available: custom: not supported, or closed: then give a function that makes it. The bus goes on in this page alone.",
    });
    bus.publish("a", 1);
    await turnEnd();
    expect(hub.posts).toEqual([]);

    transport.available = true;
    await adapter.attach(bus);
    expect(hub.listenerCount).toBe(1);
  });

  it("rejects without BroadcastChannel", async () => {
    vi.stubGlobal("BroadcastChannel", undefined);

    const failure: unknown = await createCrossTabAdapter()
      .attach(createPubSub())
      .catch((error) => error);
    vi.unstubAllGlobals();

    expect(isCrossTabError(failure, "TRANSPORT_UNAVAILABLE")).toBe(true);
  });

  it("rejects over a transport that was closed, which would be deaf", async () => {
    const transport = new BroadcastChannelTransport({ channelName: crypto.randomUUID() });
    const adapter = createCrossTabAdapter({ transport });
    const bus = createPubSub();
    await adapter.attach(bus);
    adapter.detach();

    await expect(adapter.attach(bus)).rejects.toMatchObject({ code: "TRANSPORT_UNAVAILABLE" });
  });

  it("tells diagnostics", async () => {
    const told: string[] = [];
    const { adapter } = await openTab(
      hub,
      {},
      {
        onDiagnostic: (event) => {
          if (event.type === "link") told.push(`${event.domain} ${event.state}`);
        },
      },
    );

    adapter.detach();

    expect(told).toEqual(["origin:pubsub-mfe active", "origin:pubsub-mfe closed"]);
  });
});

describe("detach", () => {
  it("sends what was published in this turn, and leaves nothing behind", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub)];

    a.bus.publish("a", 1);
    a.adapter.detach();
    a.adapter.detach();
    a.bus.publish("a", "not sent");
    await turnEnd();
    b.bus.publish("b", "not heard");
    await turnEnd();

    expect(payloads(b.received)).toEqual([1, "not heard"]);
    expect(payloads(a.received)).toEqual([1, "not sent"]);
    expect(a.transport.closed).toBe(true);
    expect(hub.listenerCount).toBe(1);
  });

  it("is what the end of the bus does", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub)];

    a.bus.publish("a", 1);
    a.bus.dispose();
    await turnEnd();
    hub.inject(envelope(1, [wireMessage(2)]));
    await turnEnd();

    expect(payloads(b.received)).toEqual([1, 2]);
    expect(a.transport.closed).toBe(true);
    expect(hub.listenerCount).toBe(1);
    expect(a.errors).toEqual([]);
  });

  it("lets the adapter be attached again as a publisher of its own", async () => {
    const a = await openTab(hub);
    const b = await openTab(hub);
    a.bus.publish("a", 1);
    await turnEnd();

    a.adapter.detach();
    await a.adapter.attach(a.bus);
    a.bus.publish("a", 2);
    await turnEnd();

    expect(payloads(b.received)).toEqual([1, 2]);
    expect(b.errors).toEqual([]);
  });
});

describe("isCrossTabError", () => {
  it("knows an error of a link, also of another copy of the package", () => {
    const ofAnotherCopy = Object.assign(new Error("x"), {
      code: "MESSAGE_GAP",
      [Symbol.for("@pubsub-mfe/cross-tab.error")]: true,
    });

    expect(isCrossTabError(new CrossTabError("SEND_FAILED", "x"), "SEND_FAILED")).toBe(true);
    expect(isCrossTabError(ofAnotherCopy, "MESSAGE_GAP")).toBe(true);
    expect(isCrossTabError(ofAnotherCopy, "SEND_FAILED")).toBe(false);
  });

  it.each([new Error("x"), { code: "MESSAGE_GAP" }, null, undefined, "MESSAGE_GAP"])(
    "does not take %o for one",
    (value) => {
      expect(isCrossTabError(value)).toBe(false);
    },
  );
});
