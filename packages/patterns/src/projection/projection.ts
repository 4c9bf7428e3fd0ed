import {
  type EventPosition,
  type NewEvent,
  type ProjectionId,
  type ProjectionRow,
  type RowRange,
  reportUncaught,
  type Unsubscribe,
} from "@pubsub-mfe/core";
import { checkBound, checkFunction, checkName, show } from "@pubsub-mfe/core/stores";
import { EventStoreDisposedError } from "../event-store/errors.js";
import { type EventStore, partsOf, type StoreParts } from "../event-store/event-store.js";
import { assertOfStore } from "../event-store/read-stream.js";
import { checkTimeout } from "../shared/deadlines.js";
import { Exclusive } from "../shared/exclusive.js";
import { invalidArgument } from "../shared/pattern-error.js";
import { BatchWriter, reduceOne } from "./batch.js";
import { Builder } from "./builder.js";
import { AsyncReducerError, ProjectionStoppedError, ProjectionTimeoutError } from "./errors.js";
import { Fold } from "./fold.js";
import type {
  OnlyTypesOf,
  ProjectionOptions,
  ProjectionStatus,
  RebuildOptions,
  Reducers,
  RowOf,
  WaitForOptions,
} from "./options.js";
import { Progress } from "./progress.js";
import { Upkeep } from "./upkeep.js";

/** Rows that are made of the events of a store, shared by all tabs. */
export interface Projection<Row> {
  readonly status: ProjectionStatus;
  /**
   * Gives a row as it is now, which may be behind the events: to be sure that some are in it, wait
   * for them with {@link Projection.waitFor}.
   */
  get(id: string): Promise<Row | undefined>;
  /** Gives rows as they are now, by id in ascending order. */
  list(range?: RowRange): Promise<ProjectionRow<Row>[]>;
  /**
   * Settles when the rows have come to a position, such as that of what was just appended.
   *
   * @param position - `undefined`, of a stream without events, is reached at once
   * @throws {@link ProjectionTimeoutError} when it takes longer than the timeout
   * @throws {@link ProjectionStoppedError} when it stopped before
   * @throws `StalePositionError` of core for a position of another store
   */
  waitFor(position: EventPosition | undefined, options?: WaitForOptions): Promise<void>;
  /**
   * Removes the rows and builds them anew; settles when that is done. Meanwhile `get` and `list` give
   * what is there already, in all tabs: a new `version` is built beside the old one instead.
   *
   * @throws {@link ProjectionStoppedError} when it stopped
   */
  rebuild(options?: RebuildOptions): Promise<void>;
  /**
   * Gives the rows as they were at a time, by id: made in memory of all events that were committed
   * until then and are still there, by the present code. It reads the whole store, so it is for
   * looking into things, not for each render.
   *
   * @param time - in milliseconds since the epoch
   */
  at(time: number): Promise<ReadonlyMap<string, Row>>;
  /** Is told when the rows were built further, by any tab, and when the state changes. */
  onChange(listener: (status: ProjectionStatus) => void): Unsubscribe;
  /** Ends it in this tab: another one goes on. The rows stay, and can still be read. */
  dispose(): void;
  /** {@link Projection.dispose}, where the browser has the symbol. */
  readonly [Symbol.dispose]: () => void;
}

/**
 * Builds rows of the events of a store, and keeps them up to date until it is disposed.
 *
 * @throws {@link PatternError} `INVALID_ARGUMENT` for an option that it cannot use
 *
 * @example
 * ```ts
 * const totals = createProjection(store, {
 *   name: "totals",
 *   key: (event) => event.payload.customer,
 *   on: { "order.paid": (total: number = 0, event) => total + event.payload.amount },
 * });
 * const { position } = await store.append("order-42", [paid]);
 * await totals.waitFor(position);
 * await totals.get("ada");
 * ```
 */
export function createProjection<
  Event extends NewEvent,
  // biome-ignore lint/suspicious/noExplicitAny: what the rows are is told by the reducers.
  On extends Reducers<any, Event>,
>(
  store: EventStore<Event>,
  options: ProjectionOptions<RowOf<On>, Event> & {
    readonly on: On & OnlyTypesOf<On, Event>;
  },
): Projection<RowOf<On>>;
export function createProjection<Row, Event extends NewEvent = NewEvent>(
  store: EventStore<Event>,
  options: ProjectionOptions<Row, Event>,
): Projection<Row>;
export function createProjection<Row, Event extends NewEvent>(
  store: EventStore<Event>,
  options: ProjectionOptions<Row, Event>,
): Projection<Row> {
  return new StoreProjection(partsOf(store), options);
}

class StoreProjection<Row, Event extends NewEvent> implements Projection<Row> {
  declare readonly [Symbol.dispose]: () => void;
  readonly #parts: StoreParts;
  readonly #id: ProjectionId;
  readonly #fold: Fold<Row, Event>;
  readonly #skipsPoison: boolean;
  readonly #progress: Progress;
  readonly #upkeep: Upkeep;
  readonly #dispose = (): void => this.dispose();
  #isDisposed = false;

  constructor(parts: StoreParts, options: ProjectionOptions<Row, Event>) {
    const { name, version = 1, onPoison = "stop", locks, batchSize = 256 } = options;
    parts.assertOpen();
    checkOptions(options);
    const { streams, warn, clock } = parts;
    const id = { name, version };
    this.#parts = parts;
    this.#id = id;
    this.#fold = new Fold(options, parts.upcasting);
    this.#skipsPoison = onPoison === "skip";
    const progress = new Progress(clock, (thrown) => {
      reportUncaught(thrown, "[@pubsub-mfe/patterns]");
    });
    this.#progress = progress;
    const builder = new Builder({
      streams,
      id,
      writer: new BatchWriter(streams, id, this.#fold),
      batchSize,
      skipsPoison: this.#skipsPoison,
      warn,
      onPosition: (position, time) => progress.moveTo(position, time),
    });
    this.#upkeep = new Upkeep({
      streams,
      id,
      builder,
      progress,
      exclusive: locks ? new Exclusive(locks, warn) : parts.exclusive,
      lockName: () => parts.lockName(JSON.stringify([name, version])),
      clock,
      warn,
    });
    parts.children.add(this.#dispose);
    // Not a method: some browsers have no such symbol yet.
    if (Symbol.dispose) this[Symbol.dispose] = this.#dispose;
  }

  get status(): ProjectionStatus {
    return this.#progress.status;
  }

  get(id: string): Promise<Row | undefined> {
    return this.#parts.streams.rows(this.#id).get<Row>(id);
  }

  list(range?: RowRange): Promise<ProjectionRow<Row>[]> {
    return this.#parts.streams.rows(this.#id).list<Row>(range);
  }

  async waitFor(
    position: EventPosition | undefined,
    { timeout = 5_000, signal }: WaitForOptions = {},
  ): Promise<void> {
    this.#assertOpen();
    checkTimeout("timeout", timeout);
    signal?.throwIfAborted();
    if (position === undefined) return;
    const { streams } = this.#parts;
    await assertOfStore(streams, position);
    const checkpoint = await streams.rows(this.#id).checkpoint();
    if (checkpoint !== undefined && checkpoint >= position) return;
    signal?.throwIfAborted();
    this.#assertOpen();
    const { state, error } = this.#progress.status;
    if (state === "stopped") throw error;
    const { name } = this.#id;
    const reached = this.#progress.wait(
      position,
      timeout,
      signal,
      () => new ProjectionTimeoutError(name, timeout),
    );
    this.#upkeep.wake();
    await reached;
  }

  async rebuild({ onProgress, signal }: RebuildOptions = {}): Promise<void> {
    this.#assertOpen();
    signal?.throwIfAborted();
    let events = 0;
    await this.#upkeep.rebuild(signal, (count, { position, time }) => {
      events += count;
      onProgress?.({ events, position, time });
    });
  }

  async at(time: number): Promise<ReadonlyMap<string, Row>> {
    this.#assertOpen();
    checkBound("time", time);
    const rows = new Map<string, Row | undefined>();
    for await (const event of this.#parts.streams.readAll()) {
      // Of several streams the times need not be in the order of the commits.
      if (event.time > time) continue;
      try {
        const ready = this.#fold.prepare(event);
        if (ready) reduceOne(rows, ready);
      } catch (error) {
        if (this.#skipsPoison && !(error instanceof AsyncReducerError)) continue;
        throw new ProjectionStoppedError(this.#id.name, event, error);
      }
    }
    const there = [...rows].filter((entry): entry is [string, Row] => entry[1] !== undefined);
    return new Map(there.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  onChange(listener: (status: ProjectionStatus) => void): Unsubscribe {
    checkFunction("The listener", listener);
    return this.#progress.onChange(listener);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#parts.children.delete(this.#dispose);
    this.#upkeep.dispose();
    this.#progress.end(this.#disposedError());
  }

  #assertOpen(): void {
    if (this.#isDisposed) throw this.#disposedError();
  }

  #disposedError(): EventStoreDisposedError {
    return new EventStoreDisposedError(`The projection ${show(this.#id.name)}`);
  }
}

function checkOptions<Row, Event extends NewEvent>({
  name,
  version = 1,
  onPoison = "stop",
  batchSize = 1,
}: ProjectionOptions<Row, Event>): void {
  checkName("The name of a projection", name);
  if (!Number.isSafeInteger(version)) throw invalidArgument("version", version, "a whole number");
  if (onPoison !== "stop" && onPoison !== "skip") {
    throw invalidArgument("onPoison", onPoison, '"stop" or "skip"');
  }
  if (!(Number.isSafeInteger(batchSize) && batchSize >= 1)) {
    throw invalidArgument("batchSize", batchSize, "a whole number of 1 or more");
  }
}
