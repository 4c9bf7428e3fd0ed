import { systemClock } from "./clock.js";
import { DeliveryQueue } from "./delivery/queue.js";
import { assertReplay, replayRetained } from "./delivery/replay.js";
import { INSPECT_PROTOCOL, type Inspectable } from "./diagnostics/inspect-protocol.js";
import { makeInspectable, Probe } from "./diagnostics/probe.js";
import { Reporter } from "./diagnostics/reporter.js";
import { BusDisposedError, InvalidArgumentError } from "./errors.js";
import { createIdGenerator } from "./ids.js";
import { PAGE } from "./links/domains.js";
import { type BusHooks, createHooks } from "./links/hooks.js";
import type { ConnectOptions, Link, LinkConnection } from "./links/link.js";
import { Links } from "./links/links.js";
import { Listeners } from "./links/listeners.js";
import { createMessage } from "./message.js";
import { alone, type Neighbours } from "./page/neighbours.js";
import type { CopyInfo, WaysIn } from "./page/port.js";
import { VERSION } from "./page/slot.js";
import { deepFreeze } from "./policy/deep-freeze.js";
import { HandlerLimit } from "./policy/handler-limit.js";
import type { JsonSchema } from "./policy/json-schema.js";
import { RateLimit } from "./policy/rate-limit.js";
import { Retention } from "./policy/retention.js";
import { Schemas } from "./policy/schemas.js";
import { createSourceFilter } from "./policy/source-filter.js";
import type { StandardSchema } from "./policy/standard-schema.js";
import { show } from "./show.js";
import { AbortGroups, assertSignal } from "./topics/abort-groups.js";
import { Router } from "./topics/router.js";
import type { Subscription } from "./topics/subscription.js";
import { assertPattern } from "./topics/syntax.js";
import type { TopicsOf } from "./topics/typed.js";
import type {
  BusStats,
  Handler,
  HistoryQuery,
  Message,
  PublishOptions,
  PubSubBus,
  PubSubConfig,
  SubscribeOptions,
  SubscriptionInfo,
  Unsubscribe,
  Untyped,
} from "./types.js";

/** Marks a subscription that a library makes, in its options: no limit on handlers counts it. */
const INTERNAL = Symbol.for("@pubsub-mfe/internal");

/**
 * Creates a bus.
 *
 * @throws {@link InvalidArgumentError} for an option with a value that it cannot have
 *
 * @example
 * ```ts
 * const bus = createPubSub({ app: "shop" });
 * bus.subscribe("cart.#", ({ topic, payload }) => console.log(topic, payload));
 * bus.publish("cart.item.added", { sku: "A-1" });
 * ```
 */
export function createPubSub<const Schemas extends Readonly<Record<string, StandardSchema>>>(
  config: PubSubConfig & { readonly topics: Schemas },
): PubSubBus<TopicsOf<Schemas>>;
export function createPubSub<Topics = Untyped>(config?: PubSubConfig): PubSubBus<Topics>;
export function createPubSub(config: PubSubConfig = {}): PubSubBus {
  return new Bus(config, alone);
}

/** How a bus gets to know the others of its page: it tells the ways into it, and is told of them. */
export type MeetNeighbours = (ways: WaysIn) => {
  readonly neighbours: Neighbours;
  readonly port?: CopyInfo;
  /** What the page has retained until now. */
  readonly retained?: readonly Message[];
};

/** @internal A bus that shares its page with others. */
export function createBus(config: PubSubConfig, meet: MeetNeighbours = alone): PubSubBus {
  return new Bus(config, meet);
}

class Bus implements PubSubBus {
  readonly #app: string;
  readonly #clock;
  readonly #debug: boolean;
  readonly #probe: Probe;
  readonly #reporter: Reporter;
  readonly #router = new Router();
  readonly #signals = new AbortGroups();
  readonly #queue: DeliveryQueue;
  #retention: Retention | undefined;
  readonly #handlerLimit: HandlerLimit;
  readonly #rateLimit: RateLimit | undefined;
  readonly #schemas: Schemas;
  readonly #publishListeners: Listeners<Message>;
  readonly #links: Links;
  readonly #neighbours: Neighbours;
  readonly #createId = createIdGenerator();
  readonly #instanceId: string;
  readonly #inspectable: Inspectable;
  readonly #hide: () => void;
  readonly #life = new AbortController();
  #published = 0;
  #now = 0;
  #disposed = false;

  constructor(config: PubSubConfig, meet: MeetNeighbours) {
    const { clock = systemClock, debug = false } = config;
    this.#app = config.app ?? "default";
    this.#clock = clock;
    this.#debug = debug;
    this.#instanceId = this.#createId(clock.now());
    this.#retention = config.retention && new Retention(config.retention, clock);
    const probe = new Probe();
    const reporter = new Reporter(config.onDiagnostic, debug, probe);
    this.#probe = probe;
    this.#reporter = reporter;
    this.#handlerLimit = new HandlerLimit(config, reporter);
    this.#rateLimit = config.rateLimit && new RateLimit(config.rateLimit, clock, reporter);
    this.#schemas = new Schemas(config, reporter);
    this.#publishListeners = new Listeners(reporter.hookFailed);
    const { neighbours, port, retained } = meet(this.#waysIn());
    this.#neighbours = neighbours;
    this.#retain(retained ?? []);
    this.#links = new Links({
      reporter,
      port,
      page: neighbours,
      endTurn: this.#endTurn,
      admit: (bare, view, from) => this.#spread(bare, view, from, this.#match(bare.topic), true),
    });
    this.#queue = new DeliveryQueue({
      clock,
      beforeHandlers: this.#beforeHandlers,
      onFailure: reporter.handlerFailed,
      probe,
      onDelivered: reporter.isListening ? reporter.delivered : undefined,
    });
    this.#inspectable = {
      protocol: INSPECT_PROTOCOL,
      version: VERSION,
      name: port?.name,
      clock,
      watchers: probe.watchers,
      getStats: () => this.getStats(),
      routes: () => this.#router.routes(),
      findSchema: (topic, version) => this.#schemas.find(topic, version),
      retained: () => this.#retained(),
      get candidates() {
        return neighbours.candidates;
      },
      neighbours: () => neighbours.inspectables(),
    };
    this.#hide = makeInspectable(this, this.#inspectable, config.enableDevTools === true);
  }

  get signal(): AbortSignal {
    return this.#life.signal;
  }

  publish<T = Untyped>(topic: string, payload: T, options?: PublishOptions): Message<T> {
    this.#assertAlive("publish");
    const subscriptions = this.#match(topic);
    // Once a turn: reading the clock is a quarter of what publishing costs.
    if (!this.#queue.turnOpen) this.#now = this.#clock.now();
    const ts = this.#now;
    const rateLimit = this.#rateLimit;
    if (rateLimit && !rateLimit.take()) {
      return rateLimit.refuse(createMessage(this.#createId(ts), topic, ts, payload, options));
    }
    this.#schemas.check(topic, options?.schemaVersion, payload);
    const message = createMessage(this.#createId(ts), topic, ts, payload, options);
    if (this.#debug) deepFreeze(payload);
    this.#published += 1;
    const leaves = options?.scope !== "page";
    this.#spread(message, message, PAGE, subscriptions, leaves);
    // Last: what a listener publishes comes after this message.
    if (leaves) this.#publishListeners.tell(message);
    return message;
  }

  subscribe<T = Untyped>(
    pattern: string,
    handler: Handler<T>,
    options: SubscribeOptions = {},
  ): Unsubscribe {
    this.#assertAlive("subscribe");
    // What has a route was looked at when it got that.
    if (!this.#router.route(pattern)) this.#assertPattern(pattern);
    if (typeof handler !== "function") {
      throw new InvalidArgumentError(
        `The handler for "${pattern}" is ${show(handler)}: it must be a function.`,
      );
    }
    const { signal, replay } = options;
    assertReplay(replay);
    assertSignal(signal);
    const internal = (options as Record<symbol, unknown>)[INTERNAL] === true;
    if (
      signal?.aborted ||
      (!internal && !this.#handlerLimit.allows(pattern, this.#router.route(pattern)))
    )
      return () => {};

    const filter = createSourceFilter(options.sourceFilter);
    const subscription = this.#router.add(pattern, handler, filter, internal, this.#clock);
    const unsubscribe = (): void => {
      if (!this.#router.remove(subscription)) return;
      if (signal) this.#signals.remove(signal, unsubscribe);
      this.#tellSubscription("unsubscribe", pattern);
    };
    if (signal) this.#signals.add(signal, unsubscribe);
    this.#tellSubscription("subscribe", pattern);
    if (replay && this.#retention) {
      replayRetained(this.#retention, subscription, replay, this.#reporter, this.#probe);
    }
    return unsubscribe;
  }

  registerSchema(schemaVersion: string, schema: JsonSchema | StandardSchema): void {
    this.#assertAlive("register a schema");
    this.#schemas.register(schemaVersion, schema);
  }

  async getHistory<T = Untyped>(pattern: string, query: HistoryQuery = {}): Promise<Message<T>[]> {
    this.#assertAlive("get history");
    this.#assertPattern(pattern);
    return this.#retention?.query(pattern, query) ?? [];
  }

  handlerCount(pattern?: string): number {
    if (pattern === undefined) return this.#router.size;
    return this.#countOwn(pattern) + this.#neighbours.handlerCount(pattern);
  }

  getStats(): BusStats {
    return {
      instanceId: this.#instanceId,
      app: this.#app,
      handlerCount: this.#router.size,
      subscriptionPatterns: this.#router.routes().map(({ pattern }) => pattern),
      retentionBufferSize: this.#retention?.size ?? 0,
      retentionBufferCapacity: this.#retention?.capacity ?? 0,
      messageCount: { published: this.#published, dispatched: this.#queue.dispatched },
      disposed: this.#disposed,
    };
  }

  getSubscriptions(): SubscriptionInfo[] {
    return this.#router.routes().map(({ pattern, size, createdAt }) => ({
      pattern,
      handlerCount: size,
      createdAt,
    }));
  }

  clear(): void {
    this.#assertAlive("clear");
    this.#router.clear();
    this.#signals.clear();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#links.close();
    this.#neighbours.leave();
    this.#hide();
    this.#disposed = true;
    this.#router.clear();
    this.#signals.clear();
    this.#queue.clear();
    this.#publishListeners.clear();
    this.#retention?.clear();
    this.#life.abort(new BusDisposedError("go on"));
  }

  connect(link: Link, options: ConnectOptions = {}): LinkConnection {
    this.#assertAlive("connect");
    return this.#links.connect(link, options);
  }

  getHooks(): BusHooks {
    this.#assertAlive("get hooks");
    return createHooks({
      reporter: this.#reporter,
      listeners: this.#publishListeners,
      assertAlive: (action) => this.#assertAlive(action),
      deliver: (message) => {
        const subscriptions = this.#match(message.topic);
        this.#tellArrival("received", message, "hooks", subscriptions, false);
        this.#enqueue(message, subscriptions);
      },
    });
  }

  #match(topic: string): readonly Subscription[] {
    try {
      return this.#router.match(topic);
    } catch (error) {
      throw this.#reporter.refused(error);
    }
  }

  #assertPattern(pattern: string): void {
    try {
      assertPattern(pattern);
    } catch (error) {
      throw this.#reporter.refused(error);
    }
  }

  readonly #endTurn = (): void => {
    this.#links.handOver();
    this.#neighbours.handOver();
  };

  readonly #beforeHandlers = (): void => {
    if (this.#neighbours.isGone) this.#queue.clear();
    else this.#endTurn();
  };

  #waysIn(): WaysIn {
    return {
      accept: (bare, view, from, leaves) => {
        if (from !== PAGE && this.#links.hasSeen(bare.id)) return;
        const subscriptions = this.#match(bare.topic);
        this.#tellArrival("received", view, from, subscriptions, leaves);
        this.#admit(bare, view, from, subscriptions, leaves);
      },
      handOver: () => this.#links.handOver(),
      handlerCount: (pattern) => this.#countOwn(pattern),
      inspectable: () => this.#inspectable,
      retained: () => this.#retained(),
      retain: (retention, retained) => {
        this.#retention = new Retention(retention, this.#clock);
        this.#retain(retained);
      },
      tell: (event) => this.#reporter.tell(event),
    };
  }

  #retained(): readonly Message[] {
    return this.#retention?.query("#", {}) ?? [];
  }

  #retain(messages: readonly Message[]): void {
    for (const message of messages) this.#retention?.add(message);
  }

  #countOwn(pattern: string): number {
    return this.#router.route(pattern)?.size ?? 0;
  }

  /** Takes in a message, and gives it to the other copies at once: so all have one order. */
  #spread(
    bare: Message,
    view: Message,
    from: string,
    subscriptions: readonly Subscription[],
    leaves: boolean,
  ): void {
    this.#tellArrival("published", view, from, subscriptions, leaves);
    this.#neighbours.accept(bare, view, from, leaves);
    this.#admit(bare, view, from, subscriptions, leaves);
  }

  /** What becomes of a message here, wherever it is from. */
  #admit(
    bare: Message,
    view: Message,
    from: string,
    subscriptions: readonly Subscription[],
    leaves: boolean,
  ): void {
    this.#retention?.add(view);
    if (leaves) this.#links.offer(bare, from);
    this.#enqueue(view, subscriptions);
  }

  #enqueue(message: Message, subscriptions: readonly Subscription[]): void {
    if (subscriptions.length === 0 && !this.#reporter.isListening) return;
    this.#queue.push(message, subscriptions, this.#router.nextSequence);
  }

  #tellArrival(
    type: "published" | "received",
    message: Message,
    from: string,
    { length: matches }: readonly Subscription[],
    leaves: boolean,
  ): void {
    if (this.#probe.isWatched) this.#probe.tell({ type, message, from, leaves, matches });
  }

  #tellSubscription(type: "subscribe" | "unsubscribe", pattern: string): void {
    if (!this.#reporter.isListening) return;
    this.#reporter.tell({ type, pattern, handlerCount: this.handlerCount(pattern) });
  }

  #assertAlive(action: string): void {
    if (this.#disposed) throw new BusDisposedError(action);
  }
}
