import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { h, render } from "preact";
import type { Microfrontend } from "../../src/contract.js";
import { Cart } from "./cart.js";
import { openCart } from "./cart-state.js";
// biome-ignore lint/correctness/useImportExtensions: a stylesheet
import "./style.css";

export const mount: Microfrontend["mount"] = async (element, { signal, host }) => {
  const rpc = new RequestResponse(host.bus);
  signal.addEventListener("abort", () => {
    render(null, element);
    rpc.dispose();
  });
  const draw = (): void => {
    if (signal.aborted) return;
    const remove = (sku: string): void => {
      host.bus.publish("cart.item.removed", { sku }, { source: "cart" });
    };
    render(h(Cart, { lines: cart.lines(), onRemove: remove }), element);
  };
  const cart = await openCart(host, signal, draw);
  if (signal.aborted) return;
  draw();
  rpc.handle("cart.quantity", ({ sku }) => cart.quantity(sku));
  host.bus.publish("cart.ready", {}, { source: "cart", scope: "page" });
};
