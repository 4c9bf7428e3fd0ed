import type { OrderEvent } from "../../src/contract.js";
import type { CartEvent } from "./cart-builder.js";

/** What the cart keeps for good. */
export type ShopEvent = CartEvent | OrderEvent;
