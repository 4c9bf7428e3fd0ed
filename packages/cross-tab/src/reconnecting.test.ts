import { createPubSub } from "@pubsub-mfe/core";
import { beforeEach, describe, expect, it } from "vitest";
import { BroadcastChannelTransport, createCrossTabAdapter } from "./index.js";
import { Hub } from "./testing/hub.js";
import { Origin } from "./testing/origin.js";
import { openTab, payloads, turnEnd } from "./testing/tabs.js";

let hub: Hub;

beforeEach(() => {
  hub = new Hub();
});

describe("reconnect", () => {
  it("opens the transport anew, and has what was missed while it was deaf", async () => {
    const made: ReturnType<Hub["connect"]>[] = [];
    const transport = () => {
      const end = hub.connect();
      made.push(end);
      return end;
    };
    const a = await openTab(hub);
    const b = await openTab(hub, { transport });
    a.bus.publish("a", 1);
    await turnEnd();
    const [first] = made;
    if (first) first.receive = () => {};

    a.bus.publish("a", 2);
    await turnEnd();
    expect(payloads(b.received)).toEqual([1]);
    await b.adapter.reconnect();
    b.bus.publish("b", 3);
    await turnEnd();

    expect(made).toHaveLength(2);
    expect(first?.closed).toBe(true);
    expect(payloads(b.received)).toEqual([1, 3, 2]);
    expect(payloads(a.received)).toEqual([1, 2, 3]);
    expect(b.adapter.getStats()).toMatchObject({ messagesRepaired: 1, gaps: 0 });
    expect(a.errors).toEqual([]);
  });

  it("attaches to the same bus again after detach", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub)];

    b.adapter.detach();
    await b.adapter.reconnect();
    a.bus.publish("a", 1);
    b.bus.publish("b", 2);
    await turnEnd();

    expect(payloads(b.received)).toEqual([2, 1]);
    expect(payloads(a.received)).toEqual([1, 2]);
    expect(hub.listenerCount).toBe(2);
  });

  it("learns which tabs came meanwhile", async () => {
    const origin = new Origin();
    const a = await origin.open();
    const b = await origin.open();
    await turnEnd();
    b.adapter.detach();
    const c = await origin.open();
    await turnEnd();

    await b.adapter.reconnect();
    await a.adapter.reconnect();
    await turnEnd();

    for (const { adapter } of [a, b, c]) expect(adapter.tabs()).toHaveLength(3);
  });

  it("is refused before the first attach", async () => {
    await expect(createCrossTabAdapter().reconnect()).rejects.toMatchObject({
      code: "DETACHED",
      message: "This adapter never was attached: call attach(bus) first.",
    });
  });

  it("tells of a transport that cannot be opened twice, and is detached then", async () => {
    const transport = new BroadcastChannelTransport({ channelName: crypto.randomUUID() });
    const bus = createPubSub();
    const adapter = createCrossTabAdapter({ transport });
    await adapter.attach(bus);

    await expect(adapter.reconnect()).rejects.toMatchObject({
      code: "TRANSPORT_UNAVAILABLE",
      message: expect.stringContaining("or closed: then give a function that makes it"),
    });
    await expect(adapter.lead(() => {})).rejects.toMatchObject({ code: "DETACHED" });
    bus.publish("a", 1);
    bus.dispose();
  });
});
