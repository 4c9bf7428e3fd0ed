// What a user of the packages writes for a page: each says in its title what came of it.
import type { Combination } from "./consumers.js";

interface ConsumerPage {
  readonly program: string;
  /** What the title then says. */
  readonly says: string;
}

const twoTabs = `
import { createPubSub } from "@pubsub-mfe/core";
import { createCrossTabAdapter } from "@pubsub-mfe/cross-tab";

const [one, other] = [createPubSub({ app: "shop" }), createPubSub({ app: "shop" })];
for (const bus of [one, other]) await createCrossTabAdapter({ channelName: "shop" }).attach(bus);
const heard = new Promise((resolve) => other.subscribe("cart.#", resolve));
one.publish("cart.cleared", { by: "user" });
const { payload, meta } = await heard;
document.title = payload.by + ", from another tab: " + meta._crossTab;
`;

export const pages: Readonly<Record<Combination, ConsumerPage>> = {
  "core alone": {
    program: `
import { createPubSub } from "@pubsub-mfe/core";
import { inspect } from "@pubsub-mfe/core/inspect";

const bus = createPubSub({ app: "shop" });
bus.subscribe("cart.item.+", ({ topic, payload }) => {
  document.title = topic + " " + payload.sku + ", for " + inspect(bus).describe().subscriptions.length + " subscription";
});
bus.publish("cart.item.added", { sku: "A-1" });
`,
    says: "cart.item.added A-1, for 1 subscription",
  },
  "core and cross-tab": { program: twoTabs, says: "user, from another tab: true" },
  "core and history": {
    program: `
import { createPubSub } from "@pubsub-mfe/core";
import { createHistoryAdapter } from "@pubsub-mfe/history";

const bus = createPubSub({ app: "shop" });
const history = createHistoryAdapter();
await history.attach(bus);
bus.publish("cart.item.added", { sku: "A-1" });
await history.flush();
const [message] = await history.getHistory("cart.#");
document.title = message.payload.sku + ", stored: " + !history.getStats().degraded;
`,
    says: "A-1, stored: true",
  },
  "core and patterns": {
    program: `
import { createPubSub } from "@pubsub-mfe/core";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";

const bus = createPubSub({ app: "shop" });
new RequestResponse(bus).handle("stock.get", ({ sku }) => sku + " is there");
document.title = await new RequestResponse(bus).request("stock.get", { sku: "A-1" });
`,
    says: "A-1 is there",
  },
  "all packages": {
    program: `${twoTabs.replace("document.title =", "const heardOfTab =")}
import { createHistoryAdapter } from "@pubsub-mfe/history";
import { createEventStore } from "@pubsub-mfe/patterns";

const history = createHistoryAdapter();
await history.attach(one);
const store = createEventStore({ streams: history.streams, bus: one });
const published = new Promise((resolve) => other.subscribe("order.#", resolve));
await store.append("order-42", [{ type: "order.placed", payload: { total: 7 } }]);
document.title = heardOfTab + "; " + (await published).payload.total + " from the events";
`,
    says: "user, from another tab: true; 7 from the events",
  },
};
