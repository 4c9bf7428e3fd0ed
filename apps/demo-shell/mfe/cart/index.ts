import { joinPubSub, scope } from "@pubsub-mfe/core";
import { Aggregator } from "@pubsub-mfe/patterns/aggregator";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { h, render } from "preact";
import { APP, type DashboardAnswers, type Microfrontend } from "../../src/contract.js";
import { Cart } from "./cart.js";
import { openCart } from "./cart-state.js";
// biome-ignore lint/correctness/useImportExtensions: a stylesheet
import "./style.css";

export const mount: Microfrontend["mount"] = async (element, { signal, host }) => {
  const copy = joinPubSub({ app: APP, name: "cart" });
  const bus = scope(copy, "cart");
  const rpc = new RequestResponse(bus);
  const aggregator = new Aggregator<DashboardAnswers>(bus);
  signal.addEventListener("abort", () => {
    render(null, element);
    aggregator.dispose();
    rpc.dispose();
    copy.dispose();
  });
  const draw = (): void => {
    if (signal.aborted) return;
    const remove = (sku: string): void => {
      bus.publish("cart.item.removed", { sku });
    };
    render(h(Cart, { lines: cart.lines(), onRemove: remove }), element);
  };
  const cart = await openCart(bus, host.history, draw);
  if (signal.aborted) return;
  draw();
  rpc.handle("cart.quantity", ({ sku }) => cart.quantity(sku));
  aggregator.respond("cart", () => cart.summary());
  bus.publish("cart.ready", {}, { scope: "page" });
};
