import { createPubSub, type Message } from "@pubsub-mfe/core";
import {
  BroadcastChannelTransport,
  type CrossTabError,
  createCrossTabAdapter,
  type Transport,
} from "@pubsub-mfe/cross-tab";
import { createHistoryAdapter } from "@pubsub-mfe/history";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

let name: string;

beforeEach(() => {
  name = `repair-${crypto.randomUUID()}`;
});

/** A page with a log and a link to the others; plain buses are pages of their own. */
async function open() {
  const bus = createPubSub();
  const received: Message[] = [];
  const errors: CrossTabError[] = [];
  const history = createHistoryAdapter({ dbName: name, maxMessages: 10_000 });
  await history.attach(bus);
  const channel = new BroadcastChannelTransport({ channelName: name });
  let deaf = false;
  const transport: Transport = {
    send: (data) => channel.send(data),
    onMessage: (listener) =>
      channel.onMessage((...arrived) => {
        if (!deaf) listener(...arrived);
      }),
    close: () => channel.close(),
    isAvailable: () => true,
  };
  const adapter = createCrossTabAdapter({
    channelName: name,
    transport,
    repair: history,
    onError: (error) => errors.push(error),
  });
  await adapter.attach(bus);
  onTestFinished(async () => {
    bus.dispose();
    await history.detach();
  });
  /** Settles when so many messages were delivered. */
  const has = (count: number) =>
    new Promise<void>((resolve) => {
      bus.subscribe("n", (message) => {
        received.push(message);
        if (received.length === count) resolve();
      });
    });
  return {
    bus,
    history,
    adapter,
    received,
    errors,
    has,
    setDeaf: (value: boolean) => {
      deaf = value;
    },
  };
}

const numbersOf = (messages: readonly Message[]) => messages.map(({ payload }) => payload);

describe("a page whose log is its repair", { timeout: 30_000 }, () => {
  it("loses none of more messages than a tab can send again", async () => {
    const [a, b] = [await open(), await open()];
    const all = b.has(3_002);
    a.bus.publish("n", 0);
    await a.history.flush();

    b.setDeaf(true);
    for (let n = 1; n <= 3_000; n += 1) a.bus.publish("n", n);
    await a.history.flush();
    b.setDeaf(false);
    a.bus.publish("n", 3_001);
    await all;

    expect(numbersOf(b.received)).toEqual(Array.from({ length: 3_002 }, (_, n) => n));
    expect(b.errors).toEqual([]);
    expect(b.adapter.getStats().gaps).toBe(0);
  });

  it("loses none of the last words of a page that is gone", async () => {
    const [a, b, gone] = [await open(), await open(), await open()];
    const all = [a, b].map((page) => page.has(2));
    gone.bus.publish("n", 1);
    await gone.history.flush();
    for (const page of [a, b]) page.setDeaf(true);
    gone.bus.publish("n", 2);
    await gone.history.flush();

    gone.bus.dispose();
    for (const page of [a, b]) page.setDeaf(false);
    await Promise.all(all);

    for (const { received, errors } of [a, b]) {
      expect(numbersOf(received)).toEqual([1, 2]);
      expect(errors).toEqual([]);
    }
  });
});
