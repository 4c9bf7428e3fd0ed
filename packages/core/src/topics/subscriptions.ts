import { invalidArgument } from "../arguments.js";
import type { Clock } from "../clock.js";
import { assertReplay } from "../delivery/replay.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { HandlerLimit } from "../policy/handler-limit.js";
import { createSourceFilter } from "../policy/source-filter.js";
import type { Handler, PubSubConfig, SubscribeOptions, Unsubscribe } from "../types.js";
import { AbortGroups, assertSignal } from "./abort-groups.js";
import type { Route } from "./route.js";
import { Router } from "./router.js";
import type { Subscription } from "./subscription.js";
import { assertPattern } from "./syntax.js";

/** Marks a subscription that a library makes, in its options: no limit on handlers counts it. */
const INTERNAL = Symbol.for("@pubsub-mfe/internal");

/** What subscriptions work with. */
export interface SubscriptionsContext {
  readonly config: PubSubConfig;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Counts the handlers of a pattern on the whole page. */
  readonly handlerCount: (pattern: string) => number;
  /** Tells those who asked that a handler of a pattern came or went. */
  readonly changed: (pattern: string) => void;
  /** Delivers what was asked to be replayed to a subscription that is new. */
  readonly replay: (subscription: Subscription, request: number | "latest") => void;
}

/** Who is subscribed to what: makes subscriptions, ends them, and finds those of a topic. */
export class Subscriptions {
  readonly #context: SubscriptionsContext;
  readonly #router = new Router();
  readonly #signals = new AbortGroups();
  readonly #limit: HandlerLimit;

  constructor(context: SubscriptionsContext) {
    this.#context = context;
    this.#limit = new HandlerLimit(context.config, context.reporter);
  }

  add(pattern: string, handler: Handler, options: SubscribeOptions): Unsubscribe {
    // What has a route was looked at when it got that.
    if (!this.#router.route(pattern)) this.assertPattern(pattern);
    if (typeof handler !== "function") {
      throw invalidArgument(`The handler for "${pattern}"`, handler, "a function");
    }
    const { signal, replay } = options;
    assertReplay(replay);
    assertSignal(signal);
    const internal = (options as Record<symbol, unknown>)[INTERNAL] === true;
    if (
      signal?.aborted ||
      (!internal && !this.#limit.allows(pattern, this.#router.route(pattern)))
    ) {
      return () => {};
    }
    const filter = createSourceFilter(options.sourceFilter);
    const { clock } = this.#context;
    const subscription = this.#router.add(pattern, handler, filter, internal, clock);
    const unsubscribe = (): void => {
      if (!this.#router.remove(subscription)) return;
      if (signal) this.#signals.remove(signal, unsubscribe);
      this.#tell("unsubscribe", pattern);
    };
    if (signal) this.#signals.add(signal, unsubscribe);
    this.#tell("subscribe", pattern);
    if (replay) this.#context.replay(subscription, replay);
    return unsubscribe;
  }

  /** @throws {@link InvalidTopicError} after telling */
  match(topic: string): readonly Subscription[] {
    try {
      return this.#router.match(topic);
    } catch (error) {
      throw this.#context.reporter.refused(error);
    }
  }

  /** @throws {@link InvalidTopicError} after telling */
  assertPattern(pattern: string): void {
    try {
      assertPattern(pattern);
    } catch (error) {
      throw this.#context.reporter.refused(error);
    }
  }

  /** How many there are, of one pattern or of all. */
  count(pattern?: string): number {
    return pattern === undefined ? this.#router.size : (this.#router.route(pattern)?.size ?? 0);
  }

  /** The routes that have a subscription. */
  routes(): Route[] {
    return this.#router.routes();
  }

  /** What the next subscription will have. */
  get nextSequence(): number {
    return this.#router.nextSequence;
  }

  clear(): void {
    const patterns = this.routes().map(({ pattern }) => pattern);
    this.#router.clear();
    this.#signals.clear();
    for (const pattern of patterns) this.#context.changed(pattern);
  }

  #tell(type: "subscribe" | "unsubscribe", pattern: string): void {
    const { reporter, handlerCount, changed } = this.#context;
    if (reporter.isListening) {
      reporter.tell({ type, pattern, handlerCount: handlerCount(pattern) });
    }
    changed(pattern);
  }
}
