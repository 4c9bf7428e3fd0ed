import type { Clock } from "./clock.js";
import type { DiagnosticEvent } from "./diagnostics/events.js";
import type { BusHooks } from "./links/hooks.js";
import type { ConnectOptions, Link, LinkConnection } from "./links/link.js";
import type { JsonSchema } from "./policy/json-schema.js";
import type { RateLimitConfig } from "./policy/rate-limit.js";
import type { ValidationMode } from "./policy/schemas.js";
import type { StandardSchema } from "./policy/standard-schema.js";
import type {
  CheckedPattern,
  CheckedTopic,
  DynamicTopic,
  ExactTopic,
  IsUntyped,
  MessageOf,
  PayloadOf,
} from "./topics/typed.js";

/** What the type of a payload is where nobody declared one. */
// biome-ignore lint/suspicious/noExplicitAny: on an untyped bus payloads are `any`, by contract
export type Untyped = any;

/** Facts about a message that are not its payload. */
export interface MessageMeta {
  /** Who published the message, for example the name of a microfrontend. */
  readonly source?: string;
  /** Ties messages of one conversation together. */
  readonly correlationId?: string;
  readonly [key: string]: unknown;
}

/** One published message: a frozen envelope around the payload. */
export interface Message<T = Untyped, Topic extends string = string> {
  /** A version 7 UUID (RFC 9562); ids of one bus sort in publish order. */
  readonly id: string;
  /** The topic that the message was published under. */
  readonly topic: Topic;
  /** When it was published, in milliseconds since the epoch. */
  readonly ts: number;
  readonly payload: T;
  /** The version of the schema that the payload follows. */
  readonly schemaVersion?: string;
  readonly meta?: MessageMeta;
}

/** Receives a message. What it returns is not used, but a promise that rejects is reported. */
export type Handler<T = Untyped> = (message: Message<T>) => unknown;

/** Ends a subscription. May be called more than once. */
export type Unsubscribe = () => void;

/** Which sources a subscription listens to, by {@link MessageMeta.source}. */
export interface SourceFilter {
  /** Only messages of these sources; a message without a source is left out. */
  readonly include?: readonly string[] | undefined;
  /** No message of these sources; wins over `include`. A message without a source passes. */
  readonly exclude?: readonly string[] | undefined;
}

/** Options of {@link PubSubBus.subscribe}. */
export interface SubscribeOptions {
  /** Ends the subscription when it aborts. Already aborted: nothing is subscribed. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Delivers retained messages first, synchronously: the last so many that match (`Infinity`: all of
   * them), or with `"latest"` the newest of each topic that matches.
   *
   * @defaultValue `0`
   */
  readonly replay?: number | "latest" | undefined;
  /** Leaves messages out by their source. */
  readonly sourceFilter?: SourceFilter | undefined;
}

/** Options of {@link PubSubBus.publish}. */
export interface PublishOptions {
  /** Lands in `message.meta.source`, before the same key of `meta`. */
  readonly source?: string | undefined;
  /** Lands in `message.schemaVersion`. */
  readonly schemaVersion?: string | undefined;
  /** Lands in `message.meta.correlationId`, before the same key of `meta`. */
  readonly correlationId?: string | undefined;
  /** More facts about the message. Copied, not kept. */
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The message that this one follows from: sets `meta.causationId` to its id, and takes over its
   * `correlationId` and `traceparent` unless they are given here.
   */
  readonly cause?: Message | undefined;
  /**
   * `"page"` keeps the message in this page: neither other tabs nor the log get it.
   *
   * @defaultValue everywhere that the bus is linked to
   */
  readonly scope?: "page" | undefined;
}

/** Options of {@link PubSubBus.getHistory}. */
export interface HistoryQuery {
  /** Only messages published at this time or later, in milliseconds since the epoch. */
  readonly fromTime?: number | undefined;
  /** At most so many, the newest of those that match. */
  readonly limit?: number | undefined;
}

/** What the bus keeps in memory for those who subscribe later. */
export interface RetentionConfig {
  /** The most messages kept, over all topics. */
  readonly maxMessages: number;
  /**
   * Limits by topic: of each topic that matches the pattern at most so many are kept. Where
   * several patterns match a topic, the smallest limit holds.
   */
  readonly perTopic?: Readonly<Record<string, number>> | undefined;
  /**
   * How long a message is kept, in milliseconds.
   *
   * @defaultValue no limit
   */
  readonly ttlMs?: number | undefined;
  /**
   * Patterns of topics whose newest message is kept beside the others, whatever `maxMessages`
   * says; for the 10,000 topics that were published last.
   */
  readonly latest?: readonly string[] | undefined;
}

/** Options of {@link createPubSub}. */
export interface PubSubConfig {
  /**
   * The namespace of the bus; the log of `@pubsub-mfe/history` is kept under it.
   *
   * @defaultValue `"default"`
   */
  readonly app?: string | undefined;
  /** Receives every diagnostic event. What it throws is reported to the platform. */
  readonly onDiagnostic?: ((event: DiagnosticEvent) => void) | undefined;
  /**
   * The most handlers one pattern may have.
   *
   * @defaultValue `50`
   */
  readonly maxHandlersPerTopic?: number | undefined;
  /**
   * What one handler too many does: throws a {@link HandlerLimitError}, or is left out with a
   * `limit-exceeded` diagnostic.
   *
   * @defaultValue `"throw"`
   */
  readonly onMaxHandlersExceeded?: "throw" | "warn" | undefined;
  /**
   * Writes each diagnostic event to the console, and freezes plain objects and arrays of payloads.
   *
   * @defaultValue `false`
   */
  readonly debug?: boolean | undefined;
  /**
   * Lists the bus for tools: `inspectableBuses()` of `@pubsub-mfe/core/inspect` finds it.
   *
   * @defaultValue `false`
   */
  readonly enableDevTools?: boolean | undefined;
  /**
   * Keeps messages in memory for `replay` and `getHistory`.
   *
   * @defaultValue nothing is kept
   */
  readonly retention?: RetentionConfig | undefined;
  /**
   * The schemas of payloads, by topic; `+` in a topic stands for a segment that varies. Any library
   * that implements Standard Schema will do. What is delivered is what was published.
   */
  readonly topics?: Readonly<Record<string, StandardSchema>> | undefined;
  /**
   * What is done about a payload that does not follow the schema of its topic or `schemaVersion`.
   * `"strict"`: `publish` throws a {@link ValidationError}. `"warn"`: a `validation-error` event, and
   * it is delivered. `"off"`: nothing is checked.
   *
   * @defaultValue `"strict"` when `topics` is given, otherwise `"off"`
   */
  readonly validationMode?: ValidationMode | undefined;
  /**
   * How much may be published.
   *
   * @defaultValue no limit
   */
  readonly rateLimit?: RateLimitConfig | undefined;
  /**
   * The source of time.
   *
   * @defaultValue the platform's
   */
  readonly clock?: Clock | undefined;
}

/** Counters of a bus, as {@link PubSubBus.getStats} returns them. */
export interface BusStats {
  /** Unique to this bus. */
  readonly instanceId: string;
  readonly app: string;
  readonly handlerCount: number;
  readonly subscriptionPatterns: readonly string[];
  readonly retentionBufferSize: number;
  readonly retentionBufferCapacity: number;
  readonly messageCount: {
    /** Messages accepted by `publish`. */
    readonly published: number;
    /** Calls of handlers for live messages. */
    readonly dispatched: number;
  };
  readonly disposed: boolean;
}

/** One pattern somebody listens to, as {@link PubSubBus.getSubscriptions} returns it. */
export interface SubscriptionInfo {
  readonly pattern: string;
  readonly handlerCount: number;
  /** When the pattern got its first handler, in milliseconds since the epoch. */
  readonly createdAt: number;
}

/** The methods of a bus whose topics are not declared: any topic, any payload. */
interface UntypedMethods {
  subscribe<T = Untyped>(
    pattern: string,
    handler: Handler<T>,
    options?: SubscribeOptions,
  ): Unsubscribe;
  publish<T = Untyped>(topic: string, payload: T, options?: PublishOptions): Message<T>;
  getHistory<T = Untyped>(pattern: string, query?: HistoryQuery): Promise<Message<T>[]>;
}

/**
 * The methods of a bus whose topics are declared: what matches none of them does not compile. The
 * overloads for exact topics are what an editor completes, and cheap to check. What does not compile
 * is explained by the last one.
 */
interface TypedMethods<Topics> {
  subscribe<K extends ExactTopic<Topics>>(
    topic: K,
    handler: (message: Message<Topics[K], K>) => unknown,
    options?: SubscribeOptions,
  ): Unsubscribe;
  subscribe<P extends string>(
    pattern: CheckedPattern<Topics, P>,
    handler: (message: NoInfer<MessageOf<Topics, P>>) => unknown,
    options?: SubscribeOptions,
  ): Unsubscribe;
  publish<K extends DynamicTopic<Topics>>(
    topic: CheckedTopic<Topics, K>,
    payload: PayloadOf<Topics, K>,
    options?: PublishOptions,
  ): Message<PayloadOf<Topics, K>, K>;
  publish<K extends ExactTopic<Topics>>(
    topic: K,
    payload: Topics[K],
    options?: PublishOptions,
  ): Message<Topics[K], K>;
  getHistory<K extends ExactTopic<Topics>>(
    topic: K,
    query?: HistoryQuery,
  ): Promise<Message<Topics[K], K>[]>;
  getHistory<P extends string>(
    pattern: CheckedPattern<Topics, P>,
    query?: HistoryQuery,
  ): Promise<MessageOf<Topics, P>[]>;
}

type Methods<Topics> = IsUntyped<Topics> extends true ? UntypedMethods : TypedMethods<Topics>;

/** Carries the type of a bus's topics, for functions that take a bus; there is no such property. */
export declare const topicsOfBus: unique symbol;

/** What a bus is to those who must work with any, whether its topics are declared or not. */
export interface BusLike {
  /** As {@link PubSubBus.subscribe}. */
  subscribe(
    pattern: string,
    handler: (message: Message) => unknown,
    options?: SubscribeOptions,
  ): Unsubscribe;
  /** As {@link PubSubBus.publish}. */
  publish(topic: string, payload: unknown, options?: PublishOptions): Message;
}

/**
 * A bus: publishes messages under topics, and delivers them to the handlers of patterns.
 *
 * @typeParam Topics - the payloads by topic; `+` in a topic stands for a segment that varies. Where
 *   they are declared, a wrong topic or payload and a pattern that can match nothing do not compile,
 *   and a handler gets the union of the messages that its pattern matches.
 */
export interface PubSubBus<Topics = Untyped> {
  readonly [topicsOfBus]?: Topics;
  /**
   * Calls the handler for each message whose topic matches, in publish order, never before
   * `publish` returned.
   *
   * @remarks
   * `subscribe(pattern, handler, options?)`, where `pattern` is a topic in which `+` stands for one
   * segment and a last `#` for any number. Returns what ends the subscription: afterwards the handler
   * is not called again, not even for messages that were published before.
   *
   * @throws {@link InvalidTopicError} for a pattern that is none
   * @throws {@link HandlerLimitError} at `maxHandlersPerTopic`
   */
  readonly subscribe: Methods<Topics>["subscribe"];
  /**
   * Publishes a message: `publish(topic, payload, options?)`. Returns it, frozen. Handlers run later,
   * in a microtask.
   *
   * @throws {@link InvalidTopicError} for a topic that is none, wildcards included
   * @throws {@link ValidationError} in strict mode, for a payload that its schema refuses
   * @throws {@link RateLimitError} over `rateLimit`, where it is to throw
   */
  readonly publish: Methods<Topics>["publish"];
  /** Returns the retained messages that match, oldest first: `getHistory(pattern, query?)`. */
  readonly getHistory: Methods<Topics>["getHistory"];
  /** Aborts when the bus is disposed, with a {@link BusDisposedError}. */
  readonly signal: AbortSignal;
  /**
   * Gives messages published with this `schemaVersion` a schema; it goes before that of the topic.
   *
   * @throws {@link InvalidSchemaError} for one that is not understood
   */
  registerSchema(schemaVersion: string, schema: JsonSchema | StandardSchema): void;
  /** Counts the handlers subscribed with exactly this pattern; without one, all of them. */
  handlerCount(pattern?: string): number;
  /** Counts what this copy has done so far. */
  getStats(): BusStats;
  /** Lists the patterns that this copy listens to. */
  getSubscriptions(): SubscriptionInfo[];
  /**
   * Calls the listener with its pattern whenever a handler came or went, of whatever copy on the page,
   * inside the call that brought or ended it; {@link PubSubBus.handlerCount} then says how many there
   * are. Handlers of a frame that was removed go untold.
   */
  onSubscriptionsChange(listener: (pattern: string) => void): Unsubscribe;
  /** Ends every subscription. Retained messages stay. */
  clear(): void;
  /** Ends every subscription and empties the bus for good. May be called more than once. */
  dispose(): void;
  /**
   * Links this bus to another place. Of several links of one domain the first is used, and the next
   * one when that is disposed.
   *
   * @param options - which topics pass, in each direction
   */
  connect(link: Link, options?: ConnectOptions): LinkConnection;
  /** Returns what an adapter needs to link this bus to other places. */
  getHooks(): BusHooks;
}
