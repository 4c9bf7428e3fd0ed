import type { AppendOptions, Clock, EventPosition, EventStreams, NewEvent } from "@pubsub-mfe/core";
import type { Locks } from "@pubsub-mfe/core/locks";
import type { PatternBus } from "../shared/pattern-bus.js";
import type { PatternWarning } from "../shared/warning.js";
import type { Stored } from "./stored.js";
import type { Upcasters } from "./upcasting.js";

/** Options of {@link createEventStore}. */
export interface EventStoreOptions {
  /** Where the events are kept, such as `history.streams`. */
  readonly streams: EventStreams;
  /**
   * Is told of each event once it is committed. Give one to all stores of the same streams, or to
   * none: what is appended without one is not published by another either.
   */
  readonly bus?: Pick<PatternBus, "publish"> | undefined;
  /**
   * Brings payloads that were stored in an earlier shape into the present one, wherever events are
   * read. By type: a function, or several, that make version 2 of version 1, then 3 of 2, and so on.
   * Which version a payload has is in `meta.v`, which `append` sets; without it, 1.
   */
  readonly upcast?: Upcasters | undefined;
  /**
   * Lets one tab at a time publish what lies in the outbox, and build a projection. Without them tabs
   * do the same work, and events are published more than once more often.
   */
  readonly locks?: Locks | undefined;
  /**
   * The source of time.
   *
   * @defaultValue that of the bus; the platform's without one
   */
  readonly clock?: Clock | undefined;
  /** Receives what nobody gets as an error; without it, what failed is reported to the platform. */
  readonly onDiagnostic?: ((warning: PatternWarning) => void) | undefined;
}

/** Options of {@link EventStore.append}. */
export type EventAppendOptions = Omit<AppendOptions, "outbox">;

/** A moment in the life of a store, or of one stream. */
export type EventMoment =
  | {
      /** As of this version of the stream. */
      readonly version: number;
    }
  | {
      /** As of this event, of whatever stream. */
      readonly position: EventPosition;
    }
  | {
      /** What was committed at this time or earlier, in milliseconds since the epoch. */
      readonly time: number;
    };

/** Options of {@link EventStore.read}. */
export interface EventReadOptions {
  /**
   * The first version that is read.
   *
   * @defaultValue `1`
   */
  readonly fromVersion?: number | undefined;
  /** The last version that is read. */
  readonly toVersion?: number | undefined;
  /** Reads the stream as it was then. */
  readonly at?: EventMoment | undefined;
}

/** Options of {@link EventStore.subscribe}. */
export interface EventSubscribeOptions<Event extends NewEvent = NewEvent> {
  /**
   * The event after which it begins: what was kept of an earlier time, or `await store.head()` for
   * what is appended from now on.
   *
   * @defaultValue the first event there is comes first
   */
  readonly after?: EventPosition | undefined;
  /**
   * A pattern of event types, as for topics.
   *
   * @defaultValue `"#"`
   */
  readonly types?: string | undefined;
  /** Ends it when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Is told when the handler, or an upcaster, threw on an event: to return `"skip"` goes on with the
   * next one, all else ends the subscription. Without an event the streams could not be read, which
   * ends it in any case: a `StalePositionError` says that the store was deleted meanwhile.
   *
   * @defaultValue it ends, told by a diagnostic
   */
  readonly onError?: ((error: unknown, event: Stored<Event> | undefined) => unknown) | undefined;
}

/** Receives events one after the other: what it returns is waited for. */
export type EventHandler<Event extends NewEvent = NewEvent> = (event: Stored<Event>) => unknown;
