import { joinPubSub, scope } from "@pubsub-mfe/core";
import { APP, type Microfrontend } from "../../src/contract.js";
import { Collector, SOURCES } from "./collector.js";
import { Dashboard } from "./dashboard.js";
import { Heard } from "./heard.js";
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
  const heard = new Heard();
  element.append(dashboard, heard.element);
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
  await heard.listen(bus, host.history);
};
