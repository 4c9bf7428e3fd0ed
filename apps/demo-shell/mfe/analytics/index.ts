import { joinPubSub, scope } from "@pubsub-mfe/core";
import { createEventStore } from "@pubsub-mfe/patterns/cqrs";
import { APP, type Host, type Microfrontend } from "../../src/contract.js";
import { hasStorage } from "../../src/has-storage.js";
import { createOrderRows } from "../../src/order-rows.js";
import { Collector, SOURCES } from "./collector.js";
import { Dashboard } from "./dashboard.js";
import { Heard } from "./heard.js";
import { OrderFigures } from "./order-figures.js";
import { throttle } from "./throttle.js";
// biome-ignore lint/correctness/useImportExtensions: a stylesheet
import "./style.css";

const ELEMENT = "shop-dashboard";

/** However much goes on, the sources are asked no more often, in milliseconds. */
const PERIOD_MS = 500;

/** The topics under which sources are asked: whoever answers for one listens to it. */
const ASKS: readonly string[] = SOURCES.map((source) => `aggregate.${source}.request`);

export const mount: Microfrontend["mount"] = async (element, { signal, host }) => {
  const copy = joinPubSub({ app: APP, name: "analytics" });
  const bus = scope(copy, "analytics");
  // A name can be given once a page, also by a bundle that was loaded again.
  if (!customElements.get(ELEMENT)) customElements.define(ELEMENT, Dashboard);
  const dashboard = document.createElement(ELEMENT) as Dashboard;
  const figures = new OrderFigures();
  const heard = new Heard();
  element.append(figures.element, dashboard, heard.element);
  const collector = new Collector(bus, (collection) => dashboard.draw(collection));
  signal.addEventListener("abort", () => {
    element.replaceChildren();
    collector.dispose();
    copy.dispose();
  });

  const collect = throttle(() => void collector.collect(signal), PERIOD_MS, signal);
  dashboard.onRefresh = collect;
  bus.subscribe("cart.#", collect);
  // Teams come and go: whoever begins or stops to answer changes the picture.
  bus.onSubscriptionsChange((topic) => {
    if (ASKS.includes(topic)) collect();
  });
  collect();
  void followOrders(figures, host, signal);
  await heard.listen(bus, host.history);
};

/** The figures of the orders need no other microfrontend: they are made of what is stored. */
async function followOrders(figures: OrderFigures, host: Host, signal: AbortSignal): Promise<void> {
  if (!(await hasStorage(host)) || signal.aborted) return;
  const store = createEventStore({ streams: host.history.streams, locks: host.locks });
  signal.addEventListener("abort", () => store.dispose());
  figures.follow(createOrderRows(store), signal);
}
