import type {
  AllStreamsQuery,
  AppendResult,
  Clock,
  EventPosition,
  EventStreams,
  NewEvent,
  Unsubscribe,
} from "@pubsub-mfe/core";
import { clockOf, compilePattern } from "@pubsub-mfe/core/stores";
import { Exclusive } from "../shared/exclusive.js";
import { invalidArgument } from "../shared/pattern-error.js";
import { type Warn, warnTo } from "../shared/warning.js";
import { EventStoreDisposedError } from "./errors.js";
import { lockNames } from "./lock-names.js";
import type {
  EventAppendOptions,
  EventHandler,
  EventReadOptions,
  EventStoreOptions,
  EventSubscribeOptions,
} from "./options.js";
import { Publisher } from "./publisher.js";
import { readStream } from "./read-stream.js";
import type { Appended, Stored } from "./stored.js";
import { EventSubscription } from "./subscription.js";
import { Upcasting } from "./upcasting.js";

/** What aggregates and projections share with their store. */
export interface StoreParts {
  readonly streams: EventStreams;
  readonly upcasting: Upcasting;
  readonly exclusive: Exclusive;
  /** Names a lock of these streams: another store of the origin has others. */
  readonly lockName: (purpose: string) => Promise<string>;
  readonly clock: Clock;
  readonly warn: Warn;
  /** Are ended with the store. */
  readonly children: Set<() => void>;
  readonly assertOpen: () => void;
}

/** @returns what a store shares, whatever the types of its events */
export function partsOf(store: unknown): StoreParts {
  const parts = (store as EventStore | undefined)?.parts;
  if (!parts) throw invalidArgument("The store", store, "one that createEventStore has made");
  return parts;
}

/**
 * Streams of events that nothing but {@link EventStore.forget} deletes, and that are published once
 * they are committed.
 */
export interface EventStore<Event extends NewEvent = NewEvent> {
  /** @internal */
  readonly parts: StoreParts;
  /**
   * Appends events to a stream: all of them or none. Settles after the commit; they are published
   * afterwards, whatever becomes of this tab.
   *
   * @throws `ConcurrencyError` of core when the stream is not at `expectedVersion`, also where another
   *   tab was first
   * @throws `InvalidTopicError` of core for an event whose type is no topic
   * @throws `InvalidArgumentError` of core for what cannot be stored
   * @throws {@link EventStoreDisposedError} once the store was disposed
   */
  append(
    stream: string,
    events: readonly Appended<Event>[],
    options?: EventAppendOptions,
  ): Promise<AppendResult>;
  /**
   * Reads one stream, in the order of versions, and touches no other.
   *
   * @throws `StalePositionError` of core (from the first step) for `at.position` of another store
   * @throws {@link UpcastError} when an upcaster throws
   */
  read(stream: string, options?: EventReadOptions): AsyncIterable<Stored<Event>>;
  /**
   * Reads all streams, in the order of commits.
   *
   * @throws `StalePositionError` of core (from the first step) for `after` of another store
   * @throws {@link UpcastError} when an upcaster throws
   */
  readAll(query?: AllStreamsQuery): AsyncIterable<Stored<Event>>;
  /**
   * Hands over all events after a position, in the order of commits, without a gap and none twice:
   * those that are there, then what any tab appends. The handler is called for one at a time, and
   * what it returns is waited for.
   *
   * @throws `InvalidTopicError` of core for `types` that are no pattern
   * @returns ends it; an event that is being handled is handled to its end
   */
  subscribe(options: EventSubscribeOptions<Event>, handler: EventHandler<Event>): Unsubscribe;
  /**
   * Deletes a stream with its events, its snapshots, the ids of its commands, and what of it is not
   * yet published. What projections made of it stays until they are rebuilt.
   */
  forget(stream: string): Promise<void>;
  /** Tells where the store ends now. */
  head(): Promise<EventPosition>;
  /**
   * Publishes what lies in the outbox, which happens by itself after an append. Settles when that was
   * tried: what the bus does not take now goes on to wait.
   */
  publishPending(): Promise<void>;
  /**
   * Ends its subscriptions, its projections and its publishing. The streams stay open: they are the
   * caller's.
   */
  dispose(): void;
  /** {@link EventStore.dispose}, where the browser has the symbol. */
  readonly [Symbol.dispose]: () => void;
}

/**
 * Makes an event store of event streams.
 *
 * @throws {@link PatternError} `INVALID_ARGUMENT` for an option that it cannot use
 *
 * @example
 * ```ts
 * const store = createEventStore<OrderEvent>({ streams: history.streams, bus, locks: createLocks() });
 * const placed = { type: "order.placed", payload: { customer: "ada", total: 12 } } as const;
 * await store.append("order-42", [placed], { expectedVersion: "none" });
 * for await (const event of store.read("order-42")) console.log(event.version, event.type);
 * ```
 */
export function createEventStore<Event extends NewEvent = NewEvent>(
  options: EventStoreOptions,
): EventStore<Event> {
  return new StreamsEventStore<Event>(options);
}

class StreamsEventStore<Event extends NewEvent> implements EventStore<Event> {
  readonly parts: StoreParts;
  declare readonly [Symbol.dispose]: () => void;
  readonly #publisher: Publisher | undefined;
  #disposed = false;

  constructor({ streams, bus, upcast = {}, locks, clock, onDiagnostic }: EventStoreOptions) {
    if (typeof streams?.append !== "function") {
      throw invalidArgument("streams", streams, "event streams, such as history.streams");
    }
    if (bus && typeof bus.publish !== "function") {
      throw invalidArgument("bus", bus, "an object with a function publish");
    }
    const warn = warnTo(onDiagnostic);
    this.parts = {
      streams,
      upcasting: new Upcasting(upcast, warn),
      exclusive: new Exclusive(locks, warn),
      lockName: lockNames(streams),
      clock: clock ?? clockOf(bus),
      warn,
      children: new Set(),
      assertOpen: () => this.#assertOpen(),
    };
    if (bus) this.#publisher = new Publisher({ ...this.parts, bus });
    // Not a method: some browsers have no such symbol yet.
    if (Symbol.dispose) this[Symbol.dispose] = () => this.dispose();
  }

  async append(
    stream: string,
    events: readonly Appended<Event>[],
    options: EventAppendOptions = {},
  ): Promise<AppendResult> {
    this.#assertOpen();
    const { streams, upcasting } = this.parts;
    const stamped = Array.isArray(events) ? events.map((event) => upcasting.stamp(event)) : events;
    const outbox = this.#publisher !== undefined;
    const result = await streams.append(stream, stamped, { ...options, outbox });
    void this.#publisher?.publish();
    return result;
  }

  async *read(stream: string, options: EventReadOptions = {}): AsyncGenerator<Stored<Event>> {
    this.#assertOpen();
    const { streams, upcasting } = this.parts;
    for await (const event of readStream(streams, stream, options)) {
      yield upcasting.apply(event) as Stored<Event>;
    }
  }

  async *readAll(query: AllStreamsQuery = {}): AsyncGenerator<Stored<Event>> {
    this.#assertOpen();
    const { streams, upcasting } = this.parts;
    for await (const event of streams.readAll(query)) {
      yield upcasting.apply(event) as Stored<Event>;
    }
  }

  subscribe(options: EventSubscribeOptions<Event>, handler: EventHandler<Event>): Unsubscribe {
    this.#assertOpen();
    if (typeof handler !== "function") throw invalidArgument("The handler", handler, "a function");
    // Refused here and not by the first reading, where nobody could catch it.
    compilePattern(options.types ?? "#");
    if (options.signal?.aborted) return () => {};
    const { children } = this.parts;
    const onEnd = (): void => void children.delete(subscription.end);
    const subscription = new EventSubscription({ ...this.parts, onEnd }, options, handler);
    children.add(subscription.end);
    return subscription.end;
  }

  async forget(stream: string): Promise<void> {
    this.#assertOpen();
    await this.parts.streams.delete(stream);
  }

  async head(): Promise<EventPosition> {
    this.#assertOpen();
    return await this.parts.streams.head();
  }

  async publishPending(): Promise<void> {
    this.#assertOpen();
    await this.#publisher?.publish();
  }

  dispose(): void {
    this.#disposed = true;
    this.#publisher?.dispose();
    for (const end of this.parts.children) end();
  }

  #assertOpen(): void {
    if (this.#disposed) throw new EventStoreDisposedError("The event store");
  }
}
