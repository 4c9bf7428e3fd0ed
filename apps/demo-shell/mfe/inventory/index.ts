import { joinPubSub, scope } from "@pubsub-mfe/core";
import { Aggregator } from "@pubsub-mfe/patterns/aggregator";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { mount as mountComponent, unmount } from "svelte";
import { APP, type DashboardAnswers, type Microfrontend } from "../../src/contract.js";
import { hasStorage } from "../../src/has-storage.js";
// biome-ignore lint/correctness/useImportExtensions: a component
import Inventory from "./inventory.svelte";
import { Reservations } from "./reservations.js";
import { Stock } from "./stock.js";

export const mount: Microfrontend["mount"] = (element, { signal, host }) => {
  const copy = joinPubSub({ app: APP, name: "inventory" });
  const bus = scope(copy, "inventory");
  const rpc = new RequestResponse(bus);
  const aggregator = new Aggregator<DashboardAnswers>(bus);
  // Until it is opened, and without storage, nothing is reserved.
  let reservations: Reservations | undefined;
  const stock = new Stock(bus, host.supplier, (sku) => reservations?.taken(sku) ?? 0, signal);
  const component = mountComponent(Inventory, {
    target: element,
    props: {
      stock,
      isSold: () => reservations?.isSold ?? false,
      onRestock: () => void reservations?.restock(),
    },
  });
  signal.addEventListener("abort", () => {
    void unmount(component);
    reservations?.dispose();
    aggregator.dispose();
    rpc.dispose();
    copy.dispose();
  });

  rpc.handle("stock.get", async ({ sku }) => {
    const level = await stock.get(sku);
    if (level.left === undefined)
      throw new Error(`The supplier never told how many ${sku} it has.`);
    return level;
  });
  // For the control room: what its visitor may do to the circuit.
  rpc.handle("breaker.supplier.isolate", () => void stock.breaker.isolate());
  rpc.handle("breaker.supplier.reset", () => stock.breaker.reset());
  aggregator.respond("inventory", () => Promise.all(stock.levels.map(({ sku }) => stock.get(sku))));
  stock.refresh();
  void hasStorage(host).then((isStored) => {
    if (!isStored || signal.aborted) return;
    reservations = new Reservations(bus, host);
    reservations.onChange = (sku) => stock.recount(sku);
    reservations.handle((sku) => stock.supplied(sku));
  });
};
