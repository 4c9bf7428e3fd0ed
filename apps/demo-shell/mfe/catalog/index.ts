import { joinPubSub, scope } from "@pubsub-mfe/core";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { createApp } from "vue";
import { APP, type Microfrontend } from "../../src/contract.js";
import { Catalog } from "./catalog.js";
// biome-ignore lint/correctness/useImportExtensions: a stylesheet
import "./style.css";

export const mount: Microfrontend["mount"] = (element, { signal }) => {
  const copy = joinPubSub({ app: APP, name: "catalog" });
  const bus = scope(copy, "catalog");
  const rpc = new RequestResponse(bus);
  const app = createApp(Catalog, { bus, rpc });
  app.mount(element);
  signal.addEventListener("abort", () => {
    app.unmount();
    rpc.dispose();
    copy.dispose();
  });
};
