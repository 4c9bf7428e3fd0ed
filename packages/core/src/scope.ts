/// <reference lib="esnext.disposable" preserve="true" />
import { invalidArgument } from "./arguments.js";
import { INSPECT } from "./diagnostics/inspect-protocol.js";
import { reportUncaught } from "./diagnostics/report-uncaught.js";
import { BusClearedError, ScopeDisposedError } from "./errors.js";
import type { BusHooks } from "./links/hooks.js";
import type { ConnectOptions, Link, LinkConnection } from "./links/link.js";
import type { JsonSchema } from "./policy/json-schema.js";
import type { StandardSchema } from "./policy/standard-schema.js";
import { clearingOf, tellClearing } from "./streams/clearing.js";
import { Ending } from "./streams/ending.js";
import { LastWords, onEnding } from "./streams/last-words.js";
import { AbortGroups } from "./topics/abort-groups.js";
import type {
  BusStats,
  Handler,
  HistoryQuery,
  Message,
  PublishOptions,
  PubSubBus,
  SubscribeOptions,
  SubscriptionInfo,
  Unsubscribe,
  Untyped,
} from "./types.js";

/** Options of {@link scope}. */
export interface ScopeOptions {
  /** Disposes the scope when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** A bus as one part of the page has it; see {@link scope}. */
export interface BusScope<Topics = Untyped> extends PubSubBus<Topics>, Disposable {
  /**
   * Aborts when the scope is disposed, for whatever else ends with it, such as a `fetch`. Its reason
   * is that of the signal that the scope was made with, or a {@link ScopeDisposedError}.
   */
  readonly signal: AbortSignal;
  /** Ends the subscriptions made through this scope. Others stay. */
  clear(): void;
  /**
   * Ends the subscriptions made through this scope, and scopes, streams and waits on it, for good.
   * The bus goes on. May be called more than once.
   */
  dispose(): void;
}

/**
 * Makes a scope of a bus: the same bus, with `source` filled in, whose `dispose()` ends everything
 * that was subscribed through it.
 *
 * @remarks
 * A source that is given to `publish`, as an option or in `meta`, wins. All that is not about
 * publishing and subscribing is the bus's: counts, stats and history are those of the whole bus, and
 * what is connected by `connect` or `getHooks` stays when the scope is disposed. A disposed scope
 * throws where a disposed bus does.
 *
 * @param bus - a bus or a scope of one; a scope ends with the one that it was made of
 * @param source - who publishes here, for example the name of a microfrontend; lands in
 *   `message.meta.source`
 * @throws {@link InvalidArgumentError} for a source that is no string, or empty
 *
 * @example
 * ```ts
 * const cart = scope(bus, "cart");
 * cart.subscribe("catalog.#", update);
 * cart.publish("cart.item.added", { sku: "A-1" }); // meta: { source: "cart" }
 *
 * export const unmount = () => cart.dispose();
 * ```
 */
export function scope<Topics>(
  bus: PubSubBus<Topics>,
  source: string,
  options: ScopeOptions = {},
): BusScope<Topics> {
  if (typeof source !== "string" || source === "") {
    throw invalidArgument("The source of a scope", source, "a string that is not empty");
  }
  // Inside, no topics are known.
  return new Scope(bus as PubSubBus, source, options.signal) as BusScope<Topics>;
}

class Scope implements BusScope {
  declare readonly [Symbol.dispose]: () => void;
  readonly #bus: PubSubBus;
  readonly #source: string;
  readonly #ending: Ending;
  readonly #lastWords: LastWords;
  /** Leaves the end of the bus alone. */
  readonly #unlisten: Unsubscribe;
  readonly #life = new AbortController();
  /** What the bus ends subscriptions by: it knows which of them are left. */
  #subscriptions = new AbortController();
  /** End the subscriptions that have a signal of their own. */
  #ends = new Set<Unsubscribe>();
  readonly #signals = new AbortGroups();

  constructor(bus: PubSubBus, source: string, signal: AbortSignal | undefined) {
    this.#bus = bus;
    this.#source = source;
    this.#ending = new Ending(bus, [signal], (reason) => this.#end(reason));
    this.#lastWords = new LastWords(this, (thrown) => reportUncaught(thrown, "[@pubsub-mfe/core]"));
    // Before the signal of the bus tells of it: then nothing is carried any more.
    this.#unlisten = onEnding(bus, (reason) => this.#end(reason));
    if (Symbol.dispose) this[Symbol.dispose] = () => this.dispose();
    // Whoever inspects a scope sees its bus.
    Object.defineProperty(this, INSPECT, { value: (bus as { [INSPECT]?: unknown })[INSPECT] });
    tellClearing(this, () => [this.#subscriptions.signal, ...clearingOf(bus)]);
    const { aborted } = this.#ending;
    if (aborted) this.#end(aborted.reason);
    else this.#ending.listen();
  }

  get signal(): AbortSignal {
    return this.#life.signal;
  }

  publish<T = Untyped>(topic: string, payload: T, options?: PublishOptions): Message<T> {
    this.#assertAlive("publish");
    const isGiven = (options?.source ?? options?.meta?.source) !== undefined;
    const filled = isGiven ? options : { ...options, source: this.#source };
    return this.#bus.publish(topic, payload, filled);
  }

  subscribe<T = Untyped>(
    pattern: string,
    handler: Handler<T>,
    options: SubscribeOptions = {},
  ): Unsubscribe {
    this.#assertAlive("subscribe");
    const own = options.signal;
    if (own?.aborted) return this.#bus.subscribe(pattern, handler, options);
    if (own) return this.#subscribeUntil(own, pattern, handler, options);
    const { signal } = this.#subscriptions;
    return this.#bus.subscribe(pattern, handler, { ...options, signal });
  }

  clear(): void {
    this.#assertAlive("clear");
    this.#endSubscriptions();
  }

  dispose(): void {
    this.#end(new ScopeDisposedError("go on", this.#source));
  }

  registerSchema(schemaVersion: string, schema: JsonSchema | StandardSchema): void {
    this.#assertAlive("register a schema");
    this.#bus.registerSchema(schemaVersion, schema);
  }

  async getHistory<T = Untyped>(pattern: string, query?: HistoryQuery): Promise<Message<T>[]> {
    this.#assertAlive("get history");
    return this.#bus.getHistory(pattern, query);
  }

  handlerCount(pattern?: string): number {
    return this.#bus.handlerCount(pattern);
  }

  getStats(): BusStats {
    const stats = this.#bus.getStats();
    return { ...stats, disposed: stats.disposed || this.signal.aborted };
  }

  getSubscriptions(): SubscriptionInfo[] {
    return this.#bus.getSubscriptions();
  }

  onSubscriptionsChange(listener: (pattern: string) => void): Unsubscribe {
    this.#assertAlive("listen to subscriptions");
    const end = (): void => {
      this.#ends.delete(end);
      unlisten();
    };
    const unlisten = this.#bus.onSubscriptionsChange(listener);
    this.#ends.add(end);
    return end;
  }

  connect(link: Link, options?: ConnectOptions): LinkConnection {
    this.#assertAlive("connect");
    return this.#bus.connect(link, options);
  }

  getHooks(): BusHooks {
    this.#assertAlive("get hooks");
    return this.#bus.getHooks();
  }

  /** Two may end it, and a bus takes one signal: that of a controller which both of them abort. */
  #subscribeUntil<T>(
    own: AbortSignal,
    pattern: string,
    handler: Handler<T>,
    options: SubscribeOptions,
  ): Unsubscribe {
    const stop = new AbortController();
    const end = (): void => {
      this.#ends.delete(end);
      this.#signals.remove(own, end);
      stop.abort();
    };
    this.#ends.add(end);
    this.#signals.add(own, end);
    try {
      this.#bus.subscribe(pattern, handler, { ...options, signal: stop.signal });
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }

  #end(reason: unknown): void {
    if (!this.#lastWords.begin(reason)) return;
    this.#ending.unlisten();
    this.#unlisten();
    // First, so that nothing is subscribed here while the rest ends.
    this.#life.abort(reason);
    this.#endSubscriptions();
  }

  #endSubscriptions(): void {
    const subscriptions = this.#subscriptions;
    const ends = this.#ends;
    // Before: who learns of the end may subscribe again.
    this.#subscriptions = new AbortController();
    this.#ends = new Set();
    subscriptions.abort(new BusClearedError());
    for (const end of ends) end();
  }

  #assertAlive(action: string): void {
    // Of its own end a bus tells by itself.
    if (this.signal.aborted && !this.#bus.signal.aborted) {
      throw new ScopeDisposedError(action, this.#source);
    }
  }
}
