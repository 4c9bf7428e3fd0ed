/** The name of the saga that buys a cart. */
export const CHECKOUT = "checkout";

/** The name of a step of the checkout. */
export type CheckoutStepName = "reserve" | "order" | "payment" | "ship" | "confirm";

/** A step of the checkout, as it is shown. */
export interface CheckoutStep {
  readonly name: CheckoutStepName;
  /** What it does, such as "Reserve stock". */
  readonly title: string;
  /** What undoes it; `undefined` where nothing has to. */
  readonly undo: string | undefined;
  /** Which microfrontend does it; the bank belongs to the shell. */
  readonly lane: "shell" | "cart" | "inventory";
}

/** The steps of the checkout, in their order. From `ship` on there is no way back. */
export const CHECKOUT_STEPS: readonly CheckoutStep[] = [
  { name: "reserve", title: "Reserve stock", undo: "Release stock", lane: "inventory" },
  { name: "order", title: "Place the order", undo: "Cancel the order", lane: "cart" },
  { name: "payment", title: "Take payment", undo: "Refund", lane: "shell" },
  { name: "ship", title: "Ship", undo: undefined, lane: "inventory" },
  { name: "confirm", title: "Confirm the order", undo: undefined, lane: "cart" },
];
