import type { Handler, Message } from "../types.js";
import type { Route } from "./route.js";

/** Decides whether a subscription wants a message. */
export type MessageFilter = (message: Message) => boolean;

/** One handler's interest in one pattern. */
export class Subscription {
  handler: Handler;
  readonly route: Route;
  /** Grows with every subscription of the bus: delivery follows it. */
  readonly sequence: number;
  readonly filter: MessageFilter | undefined;
  /** Made by a library: does not count against `maxHandlersPerTopic`. */
  readonly internal: boolean;

  constructor(
    route: Route,
    sequence: number,
    handler: Handler,
    filter: MessageFilter | undefined,
    internal: boolean,
  ) {
    this.route = route;
    this.sequence = sequence;
    this.handler = handler;
    this.filter = filter;
    this.internal = internal;
  }

  get active(): boolean {
    return this.handler !== ended;
  }
}

/** Stands in for the handler of an ended subscription, which then can be collected. */
export function ended(): void {}
