import type { PubSubBus } from "@pubsub-mfe/core";
import type { CrossTabAdapter } from "@pubsub-mfe/cross-tab";

/** What the tour watches, to see that a visitor has done it. */
export interface Watched {
  readonly bus: PubSubBus;
  readonly tabs: Pick<CrossTabAdapter, "presence">;
}

/** A step of the tour. */
export interface TourStep {
  readonly title: string;
  readonly text: string;
  /** A selector of what it is about. */
  readonly about?: string;
  /** Where in the control room it is seen. */
  readonly view?: string;
  /** Calls `done` when the visitor has done it; ends with the signal. */
  readonly watch?: (watched: Watched, done: () => void, signal: AbortSignal) => void;
}

/** Whenever a message comes that matches. */
function on(pattern: string): NonNullable<TourStep["watch"]> {
  return ({ bus }, done, signal) => {
    bus.subscribe(pattern, done, { signal });
  };
}

export const TOUR_STEPS: readonly TourStep[] = [
  {
    title: "A shop of six teams",
    text: "Each part of this shop is built by itself, with a framework and a copy of the bus of its own. The control room beside it shows what they say to each other, as it happens.",
    about: "#copies",
  },
  {
    title: "Add something to the cart",
    text: "Press Add at a product. The catalog only says that it happened; the cart, the reviews and the dashboard each hear it, and the log keeps it. Select its message in the timeline to see who got it, and how fast.",
    about: '[data-mfe="catalog"]',
    view: "#timeline",
    watch: on("cart.item.added"),
  },
  {
    title: "Open a second tab",
    text: "It has the same cart: what was said before it opened comes from the log, and what is said now goes from tab to tab. The star marks the tab that leads; close that one, and another leads.",
    about: "#open-tab",
    view: "#tabs",
    watch: ({ tabs: { presence } }, done, signal) => {
      const look = (): void => {
        if (presence.tabs().length > 1) done();
      };
      const stop = presence.onChange(look);
      signal.addEventListener("abort", stop);
      look();
    },
  },
  {
    title: "Break a checkout",
    text: "Open Faults…, have Take payment fail always, put something into the cart and pay. What was done is undone, step by step; and whatever tab goes on with it, nobody pays twice.",
    about: '[data-mfe="cart"]',
    view: "#patterns",
    watch: on("saga.step.compensated"),
  },
  {
    title: "Travel in time",
    text: "Drag the bar at the bottom, or use its arrows: cart, orders and sagas are shown as they were at that message, rebuilt from the log. The page goes on meanwhile; Esc brings you back.",
    about: "#transport",
    watch: (_watched, done, signal) => {
      const look = (): void => {
        if (location.hash.startsWith("#travel?")) done();
      };
      addEventListener("hashchange", look, { signal });
      // The address may change without an event, while the bar is dragged.
      const timer = setInterval(look, 500);
      signal.addEventListener("abort", () => clearInterval(timer));
      look();
    },
  },
  {
    title: "Fail the supplier",
    text: "Open Faults…, set the error rate of the supplier to 100 %, and refresh the inventory. After three failures its breaker opens: nobody waits for it any more, and the shop goes on with what it remembers.",
    about: '[data-mfe="inventory"]',
    view: "#patterns",
    watch: on("circuit.opened"),
  },
];
