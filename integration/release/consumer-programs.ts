// What a user of the packages writes. Each program prints one line for each thing that has to
// happen, and does not end well while one of them is missing. What must not compile proves that the
// types arrive, instead of `any`.

export const delivery = `
import { createPubSub, isBusError, type Message, type PubSubBus } from "@pubsub-mfe/core";

interface Item {
  readonly sku: string;
}

const bus: PubSubBus = createPubSub({ app: "shop", retention: { maxMessages: 10 } });
const received = new Promise<Message<Item>>((resolve) => {
  bus.subscribe<Item>("cart.item.+", resolve);
});
bus.publish<Item>("cart.item.added", { sku: "A-1" }, { source: "catalog" });
const message = await received;
console.log(message.topic, message.payload.sku, message.meta?.source);
console.log((await bus.getHistory<Item>("cart.#")).length);

bus.dispose();
try {
  bus.publish("cart.item.added", { sku: "A-2" });
} catch (error) {
  if (isBusError(error)) console.log(error.code);
}

export const wrong = (): unknown => [
  // @ts-expect-error the name of an application is a string
  createPubSub({ app: 1 }),
  // @ts-expect-error no such field
  message.payload.price,
  // @ts-expect-error only what "exports" names can be imported
  import("@pubsub-mfe/core/dist/bus.js"),
];
`;

export const testingKit = `
import { createNetwork, createTestBus, type Recorder, record, type TestBus } from "@pubsub-mfe/core/testing";

const network = createNetwork({ seed: 1, delay: [5, 5] });
const bus: TestBus<{ "cart.added": { sku: string } }> = createTestBus({ clock: network.clock });
const recorder: Recorder = record(bus, "cart.#");
network.channel("shop").onmessage = ({ data }) => void bus.publish("cart.added", data);
network.channel("shop").postMessage({ sku: "A-1" });
await network.settle();
await bus.flush();
console.log(recorder.topics.join(), bus.published.last?.payload.sku, network.clock.monotonic());

export const wrong = (): unknown => [
  // @ts-expect-error a number
  createNetwork({ seed: "1" }),
  // @ts-expect-error no such topic
  bus.publish("cart.removed", 1),
];
`;

export const server = `
const before = Reflect.ownKeys(globalThis).length;
const { copies, joinPubSub } = await import("@pubsub-mfe/core");
const [one, other] = ["one", "other"].map((name) => joinPubSub({ app: "shop", name }));
one?.subscribe("x", ({ payload }) => console.log("one", payload));
other?.subscribe("x", ({ payload }) => console.log("other", payload));
one?.publish("x", 1);
await null;
console.log(Reflect.ownKeys(globalThis).length - before, one && copies(one).length);
`;

export const historyUnavailable = `
import { createPubSub, type Message } from "@pubsub-mfe/core";
import { createHistoryAdapter, type HistoryAdapter, isHistoryError } from "@pubsub-mfe/history";

const bus = createPubSub();
const history: HistoryAdapter = createHistoryAdapter({
  maxMessages: 100,
  onError: (error) => {
    if (isHistoryError(error)) console.log(error.code);
  },
});
await history.attach(bus);
console.log(history.getStats().degraded);

const received = new Promise<Message>((resolve) => {
  bus.subscribe("cart.#", resolve);
});
bus.publish("cart.cleared", { by: "user" });
console.log((await received).payload.by);
console.log((await history.getHistory("cart.#")).length);
await history.detach();

export const wrong = (): unknown => [
  // @ts-expect-error a number of messages
  createHistoryAdapter({ maxMessages: "100" }),
  // @ts-expect-error not a bus
  history.attach({}),
];
`;

export const twoTabs = `
import { createPubSub, type Message, type PubSubBus } from "@pubsub-mfe/core";
import {
  BroadcastChannelTransport,
  createCrossTabAdapter,
  type CrossTabConfig,
} from "@pubsub-mfe/cross-tab";

const channelName = "shop";
const config: CrossTabConfig = {
  channelName,
  // By itself no adapter opens a channel on a server.
  transport: () => new BroadcastChannelTransport({ channelName }),
};
const buses = [createPubSub(), createPubSub()] as const;
const tabs = buses.map(() => createCrossTabAdapter(config));
await Promise.all(tabs.map((tab, n) => tab.attach(buses[n]!)));

const next = (bus: PubSubBus, topic: string): Promise<Message> =>
  new Promise((resolve) => bus.subscribe(topic, resolve));

const there = next(buses[1], "cart.cleared");
buses[0].publish("cart.cleared", { by: "user" });
console.log((await there).payload.by);

const here = next(buses[0], "cart.restored");
buses[1].publish("cart.restored", { by: "undo" });
console.log((await here).payload.by);

for (const tab of tabs) tab.detach();

export const wrong = (): unknown => [
  // @ts-expect-error a name
  createCrossTabAdapter({ channelName: 1 }),
];
`;

export const requestAndAnswer = `
import { createPubSub } from "@pubsub-mfe/core";
import { isPatternError, RequestResponse } from "@pubsub-mfe/patterns";
import { RequestResponse as FromSubpath } from "@pubsub-mfe/patterns/request-response";

const bus = createPubSub();
const catalog = new FromSubpath(bus);
const cart = new RequestResponse(bus);
catalog.handle("stock.get", async ({ sku }: { sku: string }) => sku.length);
cart.handle("cart.count", () => 7);

const stock: number = await cart.request<number>("stock.get", { sku: "A-1" });
const count: number = await catalog.request<number>("cart.count");
console.log(stock, count, RequestResponse === FromSubpath);

const failure: unknown = await cart.request("stock.set").catch((error: unknown) => error);
if (isPatternError(failure)) console.log(failure.code);

export const wrong = (): unknown => [
  // @ts-expect-error not a bus
  new RequestResponse({}),
  // @ts-expect-error a method has a name
  new FromSubpath(bus).request(1),
];
`;

export const everything = `
import { createPubSub, type Message } from "@pubsub-mfe/core";
import { BroadcastChannelTransport, createCrossTabAdapter } from "@pubsub-mfe/cross-tab";
import { createHistoryAdapter } from "@pubsub-mfe/history";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";

const channelName = "shop";
const pages = [1, 2].map(() => {
  const bus = createPubSub({ app: "shop" });
  const tabs = createCrossTabAdapter({
    channelName,
    transport: () => new BroadcastChannelTransport({ channelName }),
  });
  // Node has no database: the log of a page is in its memory.
  const history = createHistoryAdapter({ onError: () => {} });
  return { bus, tabs, history, rpc: new RequestResponse(bus) };
});
for (const { bus, tabs, history } of pages) {
  await history.attach(bus);
  await tabs.attach(bus);
}
const [shop, till] = pages;
if (!shop || !till) throw new Error("two pages");

till.rpc.handle("price.get", () => 42);
const price: number = await till.rpc.request<number>("price.get");
const paid = new Promise<Message<{ by: string }>>((resolve) => {
  shop.bus.subscribe<{ by: string }>("order.paid", resolve);
});
till.bus.publish("order.paid", { by: "order-7" });
console.log(price, "paid", (await paid).payload.by);
console.log((await till.history.getHistory("order.#")).length);

for (const { tabs, history } of pages) {
  tabs.detach();
  await history.detach();
}
`;
