import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { createApp } from "vue";
import type { Microfrontend } from "../../src/contract.js";
import { Catalog } from "./catalog.js";
// biome-ignore lint/correctness/useImportExtensions: a stylesheet
import "./style.css";

export const mount: Microfrontend["mount"] = (element, { signal, host }) => {
  const rpc = new RequestResponse(host.bus);
  const app = createApp(Catalog, { bus: host.bus, rpc, signal });
  app.mount(element);
  signal.addEventListener("abort", () => {
    app.unmount();
    rpc.dispose();
  });
};
