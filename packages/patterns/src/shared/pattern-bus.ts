import type { Message, PublishOptions, SubscribeOptions, Unsubscribe } from "@pubsub-mfe/core";

/** What a pattern needs of a bus: a scope, a typed bus and the bus of a test fit as well. */
export interface PatternBus {
  /** As that of core. */
  publish(topic: string, payload: unknown, options?: PublishOptions): unknown;
  /** As that of core. */
  subscribe(
    pattern: string,
    handler: (message: Message) => unknown,
    options?: SubscribeOptions,
  ): Unsubscribe;
  /** Counts the handlers of exactly this pattern on the page; without it nobody is known to be missing. */
  handlerCount?(pattern: string): number;
  /** Tells of each handler that comes or goes on the page. */
  onSubscriptionsChange?(listener: (pattern: string) => void): Unsubscribe;
  /** Aborts when the bus, or the scope, is disposed. */
  readonly signal?: AbortSignal;
}

/** Marks a subscription as the library's own: no limit on handlers counts it. */
export const OWN: SubscribeOptions = { [Symbol.for("@pubsub-mfe/internal")]: true } as object;

/** Keeps a message in the page. */
export const IN_PAGE: PublishOptions = { scope: "page" };
