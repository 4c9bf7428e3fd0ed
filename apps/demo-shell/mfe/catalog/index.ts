import { joinPubSub, scope } from "@pubsub-mfe/core";
import { Aggregator } from "@pubsub-mfe/patterns/aggregator";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { createApp } from "vue";
import { APP, type DashboardAnswers, type Microfrontend } from "../../src/contract.js";
import { Catalog } from "./catalog.js";
import { products } from "./products.js";
// biome-ignore lint/correctness/useImportExtensions: a stylesheet
import "./style.css";

export const mount: Microfrontend["mount"] = (element, { signal }) => {
  const copy = joinPubSub({ app: APP, name: "catalog" });
  const bus = scope(copy, "catalog");
  const rpc = new RequestResponse(bus);
  const aggregator = new Aggregator<DashboardAnswers>(bus);
  aggregator.respond("catalog", () => ({ products: products.length }));
  const app = createApp(Catalog, { bus, rpc });
  app.mount(element);
  signal.addEventListener("abort", () => {
    app.unmount();
    aggregator.dispose();
    rpc.dispose();
    copy.dispose();
  });
};
