import type { PubSubBus } from "@pubsub-mfe/core";
import { isPatternError, type RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { defineComponent, h, type PropType, reactive } from "vue";
import type { ItemAdded } from "../../src/contract.js";
import { products } from "./products.js";
import { StockLines } from "./stock-lines.js";

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

/** Lists the products, how many of each the cart says it holds, and what the inventory says is left. */
export const Catalog = defineComponent({
  props: {
    bus: { type: Object as PropType<PubSubBus>, required: true },
    rpc: { type: Object as PropType<RequestResponse>, required: true },
  },
  setup({ bus, rpc }) {
    /** By product; `undefined` while nobody can tell. */
    const inCart = reactive<Record<string, number | undefined>>({});

    const askCart = async (sku: string): Promise<void> => {
      try {
        inCart[sku] = await rpc.request<number>("cart.quantity", { sku });
      } catch (error) {
        // Without a cart on the page there is nothing to show.
        if (!isPatternError(error)) throw error;
        inCart[sku] = undefined;
      }
    };
    const askForAll = (): Promise<unknown> => Promise.all(products.map(({ sku }) => askCart(sku)));

    bus.subscribe("cart.item.+", ({ payload }) => askCart(payload.sku));
    bus.subscribe("cart.ready", askForAll);
    void askForAll();
    const stock = new StockLines(
      bus,
      rpc,
      products.map(({ sku }) => sku),
    );

    const add = ({ sku, name, price }: ItemAdded): void => {
      bus.publish<ItemAdded>("cart.item.added", { sku, name, price });
    };
    return () =>
      h(
        "ul",
        { class: "catalog" },
        products.map((product) =>
          h("li", { key: product.sku }, [
            h("h3", product.name),
            h("span", { class: "catalog-stock" }, stock.tell(product.sku)),
            h("span", { class: "catalog-in-cart" }, [
              inCart[product.sku] ? `${inCart[product.sku]} in the cart` : "",
            ]),
            h("span", { class: "catalog-price" }, euros.format(product.price / 100)),
            h(
              "button",
              {
                type: "button",
                class: "primary",
                "aria-label": `Add ${product.name} to the cart`,
                onClick: () => add(product),
              },
              "Add",
            ),
          ]),
        ),
      );
  },
});
