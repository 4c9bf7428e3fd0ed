import { checkFunction, invalidArgument } from "./arguments.js";
import { systemClock } from "./clock.js";
import { Intake, type MeetNeighbours } from "./delivery/intake.js";
import { INSPECT_PROTOCOL, type Inspectable } from "./diagnostics/inspect-protocol.js";
import { makeInspectable, Probe } from "./diagnostics/probe.js";
import { Reporter } from "./diagnostics/reporter.js";
import { BusClearedError, BusDisposedError } from "./errors.js";
import { createIdGenerator } from "./ids.js";
import { PAGE } from "./links/domains.js";
import { type BusHooks, createHooks } from "./links/hooks.js";
import type { ConnectOptions, Link, LinkConnection } from "./links/link.js";
import { Listeners } from "./links/listeners.js";
import { createMessage } from "./message.js";
import { alone } from "./page/neighbours.js";
import { VERSION } from "./page/slot.js";
import { deepFreeze } from "./policy/deep-freeze.js";
import type { JsonSchema } from "./policy/json-schema.js";
import { RateLimit } from "./policy/rate-limit.js";
import { Schemas } from "./policy/schemas.js";
import type { StandardSchema } from "./policy/standard-schema.js";
import { tellClearing } from "./streams/clearing.js";
import { LastWords } from "./streams/last-words.js";
import { Subscriptions } from "./topics/subscriptions.js";
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

/** @internal A bus that shares its page with others. */
export function createBus(config: PubSubConfig, meet: MeetNeighbours = alone): PubSubBus {
  return new Bus(config, meet);
}

class Bus implements PubSubBus {
  readonly #app: string;
  readonly #clock;
  readonly #debug: boolean;
  readonly #reporter: Reporter;
  readonly #subscriptions: Subscriptions;
  readonly #intake: Intake;
  readonly #rateLimit: RateLimit | undefined;
  readonly #schemas: Schemas;
  readonly #publishListeners: Listeners<Message>;
  readonly #subscriptionListeners: Listeners<string>;
  readonly #createId = createIdGenerator();
  readonly #instanceId: string;
  readonly #hide: () => void;
  readonly #lastWords: LastWords;
  readonly #life = new AbortController();
  /** Made when somebody waits or streams. */
  #clearing: AbortController | undefined;
  #published = 0;
  #now = 0;
  /** The turn in which `#now` was read. */
  #turn = 0;
  #disposed = false;

  constructor(config: PubSubConfig, meet: MeetNeighbours) {
    if (typeof config !== "object" || config === null) {
      throw invalidArgument("The configuration of a bus", config, "an object");
    }
    const { app = "default", clock = systemClock, debug = false, onDiagnostic } = config;
    if (typeof app !== "string" || app === "") {
      throw invalidArgument("app", app, "a string that is not empty");
    }
    if (onDiagnostic !== undefined) checkFunction("onDiagnostic", onDiagnostic);
    this.#app = app;
    this.#clock = clock;
    this.#debug = debug;
    this.#instanceId = this.#createId(clock.now());
    const probe = new Probe();
    const reporter = new Reporter(onDiagnostic, debug, probe);
    this.#reporter = reporter;
    this.#rateLimit = config.rateLimit && new RateLimit(config.rateLimit, clock, reporter);
    this.#schemas = new Schemas(config, reporter);
    this.#publishListeners = new Listeners(reporter.hookFailed);
    this.#subscriptionListeners = new Listeners(reporter.hookFailed);
    this.#subscriptions = new Subscriptions({
      config,
      clock,
      reporter,
      handlerCount: (pattern) => this.handlerCount(pattern),
      changed: (pattern) => {
        this.#subscriptionListeners.tell(pattern);
        this.#intake.neighbours.subscriptionsChanged(pattern);
      },
      replay: (subscription, request) => this.#intake.replay(subscription, request),
    });
    const inspectable = this.#createInspectable(probe);
    this.#intake = new Intake({
      config,
      clock,
      reporter,
      probe,
      isOwnId: this.#createId.isOwn,
      subscriptions: this.#subscriptions,
      subscriptionListeners: this.#subscriptionListeners,
      inspectable: () => inspectable,
      meet,
    });
    this.#lastWords = new LastWords(this, reporter.hookFailed);
    tellClearing(this, () => {
      this.#clearing ??= new AbortController();
      return [this.#clearing.signal];
    });
    this.#hide = makeInspectable(this, inspectable, config.enableDevTools === true);
  }

  get signal(): AbortSignal {
    return this.#life.signal;
  }

  publish<T = Untyped>(topic: string, payload: T, options?: PublishOptions): Message<T> {
    this.#assertAlive("publish");
    const subscriptions = this.#subscriptions.match(topic);
    const ts = this.#readClock();
    const rateLimit = this.#rateLimit;
    if (rateLimit && !rateLimit.take()) {
      return rateLimit.refuse(createMessage(this.#createId(ts), topic, ts, payload, options));
    }
    this.#schemas.check(topic, options?.schemaVersion, payload);
    const message = createMessage(this.#createId(ts), topic, ts, payload, options);
    if (this.#debug) deepFreeze(payload);
    this.#published += 1;
    const leaves = options?.scope !== "page";
    this.#intake.spread(message, message, PAGE, subscriptions, leaves);
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
    return this.#subscriptions.add(pattern, handler, options);
  }

  registerSchema(schemaVersion: string, schema: JsonSchema | StandardSchema): void {
    this.#assertAlive("register a schema");
    this.#schemas.register(schemaVersion, schema);
  }

  async getHistory<T = Untyped>(pattern: string, query: HistoryQuery = {}): Promise<Message<T>[]> {
    this.#assertAlive("get history");
    this.#subscriptions.assertPattern(pattern);
    return this.#intake.retained(pattern, query);
  }

  handlerCount(pattern?: string): number {
    const own = this.#subscriptions.count(pattern);
    return pattern === undefined ? own : own + this.#intake.neighbours.handlerCount(pattern);
  }

  getStats(): BusStats {
    const { queue, retention } = this.#intake;
    return {
      instanceId: this.#instanceId,
      app: this.#app,
      handlerCount: this.#subscriptions.count(),
      subscriptionPatterns: this.#subscriptions.routes().map(({ pattern }) => pattern),
      retentionBufferSize: retention?.size ?? 0,
      retentionBufferCapacity: retention?.capacity ?? 0,
      messageCount: { published: this.#published, dispatched: queue.dispatched },
      disposed: this.#disposed,
    };
  }

  getSubscriptions(): SubscriptionInfo[] {
    return this.#subscriptions.routes().map(({ pattern, size, createdAt }) => ({
      pattern,
      handlerCount: size,
      createdAt,
    }));
  }

  onSubscriptionsChange(listener: (pattern: string) => void): Unsubscribe {
    this.#assertAlive("listen to subscriptions");
    checkFunction("The listener", listener);
    return this.#subscriptionListeners.add(listener);
  }

  clear(): void {
    this.#assertAlive("clear");
    this.#subscriptions.clear();
    const clearing = this.#clearing;
    this.#clearing = undefined;
    clearing?.abort(new BusClearedError());
  }

  dispose(): void {
    const reason = new BusDisposedError("go on");
    if (!this.#lastWords.begin(reason)) return;
    this.#intake.leave();
    this.#hide();
    this.#disposed = true;
    // What was connected while the others closed.
    this.#intake.leave();
    this.#subscriptions.clear();
    this.#publishListeners.clear();
    this.#subscriptionListeners.clear();
    this.#intake.clear();
    this.#life.abort(reason);
  }

  connect(link: Link, options: ConnectOptions = {}): LinkConnection {
    this.#assertAlive("connect");
    return this.#intake.connect(link, options);
  }

  getHooks(): BusHooks {
    this.#assertAlive("get hooks");
    return createHooks({
      reporter: this.#reporter,
      listeners: this.#publishListeners,
      assertAlive: (action) => this.#assertAlive(action),
      deliver: (message) => this.#intake.deliver(message),
    });
  }

  #createInspectable({ watchers }: Probe): Inspectable {
    const intake = (): Intake => this.#intake;
    return {
      protocol: INSPECT_PROTOCOL,
      version: VERSION,
      clock: this.#clock,
      watchers,
      get name() {
        return intake().port?.name;
      },
      get candidates() {
        return intake().neighbours.candidates;
      },
      getStats: () => this.getStats(),
      routes: () => this.#subscriptions.routes(),
      findSchema: (topic, version) => this.#schemas.find(topic, version),
      retained: () => intake().retained("#", {}),
      neighbours: () => intake().neighbours.inspectables(),
    };
  }

  /** Once a turn: reading the clock is a quarter of what publishing costs. */
  #readClock(): number {
    const { turn } = this.#intake.queue;
    if (turn === 0 || turn !== this.#turn) {
      this.#turn = turn;
      this.#now = this.#clock.now();
    }
    return this.#now;
  }

  #assertAlive(action: string): void {
    if (this.#disposed) throw new BusDisposedError(action);
  }
}
