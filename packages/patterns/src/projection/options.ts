import type { EventPosition, NewEvent } from "@pubsub-mfe/core";
import type { Locks } from "@pubsub-mfe/core/locks";
import type { Stored } from "../event-store/stored.js";

/** Gives a row after an event: `undefined` for none. Must return at once, and do nothing else. */
export type Reducer<Row, Event> = (row: Row | undefined, event: Event) => Row | undefined;

/** What stands for several types. */
type TypePattern = `${string}#` | `${string}+${string}`;

/** Refuses, by its type, a reducer of events that there are not. */
export type OnlyTypesOf<On, Event extends NewEvent> = {
  readonly [Type in Exclude<keyof On, Event["type"] | TypePattern>]: never;
};

/**
 * Reducers by type of event, or by a pattern of types (`order.#`, `+.paid`). One runs: that of the
 * type itself before those of patterns, and of these the one that stands first.
 */
export type Reducers<Row, Event extends NewEvent> = {
  readonly [Type in Event["type"]]?: Reducer<Row, Stored<Extract<Event, { readonly type: Type }>>>;
} & {
  readonly [pattern: TypePattern]: Reducer<Row, Stored<Event>>;
};

/** What the rows are that some reducers make. */
export type RowOf<On> = {
  [Pattern in keyof On]: On[Pattern] extends (...args: never[]) => infer Row
    ? Exclude<Row, undefined>
    : never;
}[keyof On];

/** Options of {@link createProjection}. */
export interface ProjectionOptions<Row, Event extends NewEvent = NewEvent> {
  readonly name: string;
  /**
   * The version of the code that makes the rows: raise it when they come out differently. Rows of
   * each version are kept apart, so a page of the last release goes on with its own.
   *
   * @defaultValue `1`
   */
  readonly version?: number | undefined;
  /** The row, or rows, that an event belongs to; `undefined` for none. Ids are non-empty strings. */
  readonly key: (event: Stored<Event>) => string | readonly string[] | undefined;
  readonly on: Reducers<Row, Event>;
  /**
   * What is done about an event on which `key`, a reducer or an upcaster throws, or whose row cannot
   * be stored. `"stop"`: the rows stay as they were before it. `"skip"`: it is left out. Either is told
   * by a diagnostic.
   *
   * @defaultValue `"stop"`
   */
  readonly onPoison?: "stop" | "skip" | undefined;
  /**
   * Has one tab at a time build the rows.
   *
   * @defaultValue those of the store
   */
  readonly locks?: Locks | undefined;
  /**
   * How many events go into one transaction.
   *
   * @defaultValue `256`
   */
  readonly batchSize?: number | undefined;
}

/** How far a projection is, as this tab knows it. */
export interface ProjectionStatus {
  /**
   * `"catching-up"`: there are events that are not in the rows. `"live"`: all that were known are.
   * `"rebuilding"`: this tab is at it. `"stopped"`: at an event that it cannot take, or disposed.
   */
  readonly state: "catching-up" | "live" | "rebuilding" | "stopped";
  /** The event up to which the rows are built; `undefined` before the first. */
  readonly position: EventPosition | undefined;
  /**
   * While it is not live, the age of the newest event in the rows that this tab built, in
   * milliseconds; otherwise 0.
   */
  readonly lag: number;
  /** Why it stopped, or why the last attempt to build failed, which is repeated. */
  readonly error: unknown;
}

/** Options of {@link Projection.waitFor}. */
export interface WaitForOptions {
  /**
   * How long to wait, in milliseconds; `Infinity` waits for ever.
   *
   * @defaultValue `5_000`
   */
  readonly timeout?: number | undefined;
  /** Gives up when it aborts: the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link Projection.rebuild}. */
export interface RebuildOptions {
  /** Is told after each transaction. */
  readonly onProgress?: ((progress: RebuildProgress) => void) | undefined;
  /**
   * Gives up when it aborts: the promise rejects with its reason. Once the rows are removed building
   * goes on without it.
   */
  readonly signal?: AbortSignal | undefined;
}

/** How far a rebuild is. */
export interface RebuildProgress {
  /** How many events this tab has built so far. */
  readonly events: number;
  readonly position: EventPosition;
  /** When the last of them was committed, in milliseconds since the epoch. */
  readonly time: number;
}
