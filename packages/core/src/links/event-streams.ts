import type { Unsubscribe, Untyped } from "../types.js";

declare const kind: unique symbol;

/**
 * Where an event stands among those of all streams, in the order of their commits. Opaque but for
 * this: of two positions of one store the later is the greater string. It carries the store's id: a
 * store that was deleted meanwhile refuses it with a {@link StalePositionError}. Plain data: it may be
 * stored and sent.
 */
export type EventPosition = string & { readonly [kind]: "event" };

/** An event that is to be appended. */
export interface NewEvent<T = Untyped> {
  /** What happened: a valid topic, so that the event can be published under it. */
  readonly type: string;
  /** Anything that the structured clone algorithm can copy. */
  readonly payload: T;
  /** More facts about the event, which can be copied as well. */
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}

/** An event as it is stored. */
export interface StoredEvent<T = Untyped> extends NewEvent<T> {
  /** A version 7 UUID (RFC 9562). */
  readonly id: string;
  readonly stream: string;
  /** The place in its stream: 1 is the first. */
  readonly version: number;
  readonly position: EventPosition;
  /** When it was committed, in milliseconds since the epoch; never decreases along a stream. */
  readonly time: number;
}

/** A right that can be taken over, such as that of one tab to go on with a saga. */
export interface Fence {
  readonly name: string;
  /** The epoch of the lock under which the right is held; see `Locks` of `@pubsub-mfe/core/locks`. */
  readonly epoch: number;
}

/** Options of {@link EventStreams.append}. */
export interface AppendOptions {
  /**
   * The version that the stream must have: that of its last event; `"none"` or `0`: it must not
   * exist; `"any"`: whatever it is.
   *
   * @defaultValue `"any"`
   */
  readonly expectedVersion?: number | "any" | "none" | undefined;
  /**
   * What the events came of, a non-empty string. When the stream has events under this id, nothing
   * is appended, whatever `expectedVersion` says, and the result is that of the first time. It holds
   * for this stream alone: another one takes the same id as new.
   */
  readonly commandId?: string | undefined;
  /**
   * Refuses the append when a higher epoch of this fence was seen, before anything else is looked at;
   * otherwise this one is seen from now on, also when nothing is appended.
   */
  readonly fence?: Fence | undefined;
  /**
   * Puts the events into the outbox, for {@link EventStreams.pending}, in the same transaction. They
   * lie there until the application takes them out.
   *
   * @defaultValue `false`
   */
  readonly outbox?: boolean | undefined;
}

/** What {@link EventStreams.append} did. */
export interface AppendResult {
  /** The version of the last event; that of the stream when there was nothing to append. */
  readonly version: number;
  /** The position of the last event; `undefined` for a stream that has none. */
  readonly position: EventPosition | undefined;
  /** Whether `commandId` had been appended before. */
  readonly repeated: boolean;
}

/** Options of {@link EventStreams.read}. */
export interface StreamQuery {
  /**
   * The first version that is read.
   *
   * @defaultValue `1`
   */
  readonly fromVersion?: number | undefined;
  /** The last version that is read. */
  readonly toVersion?: number | undefined;
  /** Only what was committed at this time or earlier, in milliseconds since the epoch. */
  readonly untilTime?: number | undefined;
  /**
   * `"backward"`: the last event first.
   *
   * @defaultValue `"forward"`
   */
  readonly direction?: "forward" | "backward" | undefined;
  /** At most so many, counted from the end that `direction` begins with. */
  readonly limit?: number | undefined;
}

/** Options of {@link EventStreams.readAll}. */
export interface AllStreamsQuery {
  /** Only what stands after this position. */
  readonly after?: EventPosition | undefined;
  /**
   * A pattern of event types, as for topics.
   *
   * @defaultValue `"#"`
   */
  readonly types?: string | undefined;
  /** At most so many, the oldest. */
  readonly limit?: number | undefined;
}

/** The state of a stream as of one of its versions, so that a reader need not begin at the first. */
export interface Snapshot<State = Untyped> {
  /** Who made it, and in which format: snapshots of another name are not seen. */
  readonly name: string;
  /** The last event that it contains. */
  readonly version: number;
  /** Anything that the structured clone algorithm can copy. */
  readonly state: State;
}

/** Options of {@link EventStreams.readSnapshot}. */
export interface SnapshotQuery {
  readonly name: string;
  /**
   * The newest that is not after this version.
   *
   * @defaultValue the newest
   */
  readonly maxVersion?: number | undefined;
}

/** Which rows: those of one projection, as one version of its code builds them. */
export interface ProjectionId {
  readonly name: string;
  readonly version: number;
}

/** A row of a projection. */
export interface ProjectionRow<Row = Untyped> {
  readonly id: string;
  readonly row: Row;
}

/** Which rows of a projection, by id; ids are compared as strings. */
export interface RowRange {
  /** The first id. */
  readonly from?: string | undefined;
  /** The id that ends the range, which is not in it. */
  readonly to?: string | undefined;
  /** At most so many, the first. */
  readonly limit?: number | undefined;
}

/** The rows of a projection, and how far they go. */
export interface ProjectionRows {
  /** The event up to which the rows are built; `undefined` before the first. */
  checkpoint(): Promise<EventPosition | undefined>;
  /** Gives a row; `undefined` where there is none. */
  get<Row = Untyped>(id: string): Promise<Row | undefined>;
  /** Gives rows by id, in ascending order. */
  list<Row = Untyped>(range?: RowRange): Promise<ProjectionRow<Row>[]>;
}

/**
 * The rows of a projection while they are changed: what was changed is read as it will be. Once the
 * transaction has ended every method fails with a {@link TransactionEndedError}.
 */
export interface ProjectionTransaction extends ProjectionRows {
  /**
   * @param id - any non-empty string
   * @param row - anything that the structured clone algorithm can copy; copied at once
   * @throws {@link InvalidArgumentError} for one that cannot be cloned
   */
  put(id: string, row: unknown): void;
  /** Takes a row away; none is taken where there is none. */
  delete(id: string): void;
  /** Removes all rows and the checkpoint. */
  clear(): void;
  /**
   * Sets the checkpoint.
   *
   * @throws {@link StalePositionError} for a position of another store
   */
  advance(position: EventPosition): void;
}

/**
 * Streams of events that are kept until they are deleted: the source of truth of event-sourced
 * aggregates and of sagas. All tabs of an origin share them. What a promise confirms was committed.
 */
export interface EventStreams {
  /**
   * Appends events to a stream: all of them or none. What is refused changes nothing, fences included.
   * Nothing is published on a bus: that is for the application, from the outbox (`outbox: true` and
   * {@link EventStreams.pending}) or from what it reads after {@link EventStreams.onAppend}.
   *
   * @param stream - any non-empty string
   * @param events - copied before this returns, so that what is done to them later is not stored
   * @throws {@link ConcurrencyError} when the stream is not at `expectedVersion`
   * @throws {@link FencedError} when a higher epoch of `fence` was seen
   * @throws {@link InvalidTopicError} for an event whose type is no topic
   * @throws {@link InvalidArgumentError} for an argument with a value that it cannot have, such as a
   *   payload that cannot be cloned
   */
  append(
    stream: string,
    events: readonly NewEvent[],
    options?: AppendOptions,
  ): Promise<AppendResult>;
  /**
   * Reads one stream as it is at the first step; nothing for one that does not exist. What is deleted
   * before it is reached is left out.
   *
   * @throws {@link InvalidArgumentError} (from the first step) for a value that an option cannot have
   */
  read(stream: string, query?: StreamQuery): AsyncIterable<StoredEvent>;
  /**
   * Reads all streams as they are at the first step, in the order of the commits. What is deleted
   * before it is reached is left out.
   *
   * @throws {@link StalePositionError} (from the first step) for a position of another store
   * @throws {@link InvalidTopicError} (from the first step) for `types` that are no pattern
   * @throws {@link InvalidArgumentError} (from the first step) for a value that an option cannot have
   */
  readAll(query?: AllStreamsQuery): AsyncIterable<StoredEvent>;
  /** Tells where the store ends now: `after` it comes what is appended from now on. */
  head(): Promise<EventPosition>;
  /**
   * Calls the listener after a commit of any tab, or once for several: what is new is to be read. It
   * may be called when nothing is. What it throws changes nothing for others.
   *
   * @throws {@link InvalidArgumentError} for a listener that is no function
   */
  onAppend(listener: () => void): Unsubscribe;
  /**
   * Hands out what is in the outbox, oldest first, and takes it out once the callback has succeeded.
   * When that throws, or the tab dies before, it stays for another call, in any tab.
   *
   * @remarks
   * Calls at the same time may be handed the same events; use a lock where that matters.
   *
   * @param callback - called with one batch after the other, until the outbox is empty; not at all
   *   when it is
   * @throws {@link InvalidArgumentError} for a callback that is no function
   * @throws whatever the callback threw
   */
  pending(callback: (events: readonly StoredEvent[]) => unknown): Promise<void>;
  /**
   * Keeps a snapshot, in place of one of the same name and version. It keeps none of a version that the
   * stream does not have: it may have been deleted since the snapshot was made.
   *
   * @throws {@link InvalidArgumentError} for a state that cannot be cloned
   */
  snapshot(stream: string, snapshot: Snapshot): Promise<void>;
  /** Gives the newest snapshot that fits; `undefined` where there is none. */
  readSnapshot<State = Untyped>(
    stream: string,
    query: SnapshotQuery,
  ): Promise<Snapshot<State> | undefined>;
  /** The rows of a projection, to be read outside of a transaction. */
  rows(projection: ProjectionId): ProjectionRows;
  /**
   * Changes the rows and the checkpoint of a projection in one transaction: what the callback did is
   * committed when it has returned, or not at all when it throws. Transactions of one projection run
   * one after the other, in all tabs.
   *
   * @param callback - called once; may wait for what the transaction's own methods return and for
   *   nothing else (a timer, a request, another method of the streams), which would end it
   * @returns what the callback returned, after the commit
   * @throws {@link TransactionEndedError} when the callback waited for something else; then nothing
   *   of what it did is kept, neither what was done before that nor what is after
   * @throws whatever the callback threw
   */
  transact<T>(
    projection: ProjectionId,
    callback: (transaction: ProjectionTransaction) => T | PromiseLike<T>,
  ): Promise<T>;
  /**
   * Deletes a stream with its events, its snapshots, the ids of its commands, and what of it is in the
   * outbox. Appended to again it begins at version 1. What projections made of it stays.
   */
  delete(stream: string): Promise<void>;
}
