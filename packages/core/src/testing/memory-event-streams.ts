import { checkFunction } from "../arguments.js";
import { type Clock, systemClock } from "../clock.js";
import { reportUncaught } from "../diagnostics/report-uncaught.js";
import type {
  AllStreamsQuery,
  AppendOptions,
  AppendResult,
  EventPosition,
  EventStreams,
  NewEvent,
  ProjectionId,
  ProjectionRow,
  ProjectionRows,
  ProjectionTransaction,
  RowRange,
  Snapshot,
  SnapshotQuery,
  StoredEvent,
  StreamQuery,
} from "../links/event-streams.js";
import { Listeners } from "../links/listeners.js";
import {
  checkAppend,
  checkBound,
  checkCount,
  checkName,
  checkOptions,
  checkStreamQuery,
  copyEvents,
  copyValue,
} from "../links/store-arguments.js";
import { compilePattern } from "../topics/match-topic.js";
import type { Unsubscribe, Untyped } from "../types.js";
import { MemoryStreamData } from "./memory-stream-data.js";
import { runTransaction } from "./memory-transaction.js";

/** How many events are read, or handed out of the outbox, at once. */
const PAGE = 64;

/** Options of {@link MemoryStreamStore}. */
export interface MemoryStreamStoreOptions {
  /**
   * Tells when events are committed.
   *
   * @defaultValue the platform's
   */
  readonly clock?: Clock | undefined;
}

/**
 * Event streams in memory, shared by the tabs that open them.
 *
 * @example
 * ```ts
 * const store = new MemoryStreamStore({ clock });
 * const tabA = store.open();
 * const tabB = store.open();
 * ```
 */
export class MemoryStreamStore {
  /** @internal */
  readonly clock: Clock;
  /** @internal */
  readonly tabs: Set<MemoryEventStreams> = new Set();
  #data: MemoryStreamData;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ clock = systemClock }: MemoryStreamStoreOptions = {}) {
    this.clock = clock;
    this.#data = new MemoryStreamData(clock.now());
  }

  /** Opens the streams in another tab. */
  open(): MemoryEventStreams {
    const tab = new MemoryEventStreams(this);
    this.tabs.add(tab);
    return tab;
  }

  /** Deletes everything, as the browser or the user may do at any time. The tabs go on. */
  deleteAll(): Promise<void> {
    return this.enqueue(() => {
      this.#data = new MemoryStreamData(this.clock.now());
    });
  }

  /** @internal Runs one piece of work after the other, of all tabs. */
  enqueue<T>(work: (data: MemoryStreamData) => T | PromiseLike<T>): Promise<T> {
    const result = this.#last.then(() => work(this.#data));
    this.#last = result.catch(() => {});
    return result;
  }
}

/** The event streams of one tab. */
export class MemoryEventStreams implements EventStreams {
  readonly #store: MemoryStreamStore;
  readonly #listeners = new Listeners<void>((thrown) =>
    reportUncaught(thrown, "[@pubsub-mfe/core]"),
  );
  #telling = false;
  #closed = false;

  /** @internal */
  constructor(store: MemoryStreamStore) {
    this.#store = store;
  }

  async append(
    stream: string,
    newEvents: readonly NewEvent[],
    options: AppendOptions = {},
  ): Promise<AppendResult> {
    checkAppend(stream, options);
    const events = copyEvents(newEvents);
    return await this.#ask((data) => {
      const result = data.append(stream, events, options, this.#store.clock.now());
      if (events.length > 0 && !result.repeated) for (const tab of this.#store.tabs) tab.tell();
      return result;
    });
  }

  async *read(stream: string, query: StreamQuery = {}): AsyncGenerator<StoredEvent> {
    checkStreamQuery(stream, query);
    const { fromVersion = 1, toVersion, untilTime, direction = "forward", limit } = query;
    const wanted = ({ version, time }: StoredEvent): boolean =>
      version >= fromVersion &&
      version <= (toVersion ?? Number.POSITIVE_INFINITY) &&
      time <= (untilTime ?? Number.POSITIVE_INFINITY);
    const backward = direction === "backward";
    yield* this.#pages((data) => data.eventsOf(stream).filter(wanted), limit, backward);
  }

  async *readAll(query: AllStreamsQuery = {}): AsyncGenerator<StoredEvent> {
    checkOptions(query);
    const { after, types = "#", limit } = query;
    const matches = compilePattern(types);
    yield* this.#pages((data) => {
      const from = after === undefined ? 0 : data.positions.numberOf(after);
      const start = data.positions.of(from);
      return data.all.filter(({ type, position }) => position > start && matches(type));
    }, limit);
  }

  head(): Promise<EventPosition> {
    return this.#ask((data) => data.head);
  }

  onAppend(listener: () => void): Unsubscribe {
    checkFunction("The listener", listener);
    return this.#listeners.add(listener);
  }

  async pending(callback: (events: readonly StoredEvent[]) => unknown): Promise<void> {
    checkFunction("The callback", callback);
    for (;;) {
      const events = await this.#ask((data) => structuredClone(data.waiting(PAGE)));
      if (events.length === 0) return;
      const ids = events.map(({ id }) => id);
      await callback(events);
      await this.#ask((data) => data.takeOut(ids));
    }
  }

  async snapshot(stream: string, snapshot: Snapshot): Promise<void> {
    const { name, version, state } = snapshot;
    checkName("The name of a stream", stream);
    checkName("The name of a snapshot", name);
    const subject = `The snapshot ${JSON.stringify(name)}`;
    const copy = copyValue(subject, { name, version, state });
    await this.#ask((data) => data.keep(stream, copy));
  }

  /** See {@link EventStreams.readSnapshot}. */
  async readSnapshot<State = Untyped>(
    stream: string,
    query: SnapshotQuery,
  ): Promise<Snapshot<State> | undefined> {
    checkName("The name of a stream", stream);
    checkName("The name of a snapshot", query.name);
    checkBound("maxVersion", query.maxVersion);
    return await this.#ask((data) => structuredClone(data.snapshotOf(stream, query)));
  }

  rows(projection: ProjectionId): ProjectionRows {
    checkName("The name of a projection", projection.name);
    return {
      checkpoint: () => this.#ask((data) => data.rowsOf(projection).checkpoint),
      get: async <Row>(id: string) => {
        checkName("The id of a row", id);
        return await this.#ask((data) => data.rowsOf(projection).get(id) as Row | undefined);
      },
      list: <Row>(range: RowRange = {}) =>
        this.#ask((data) => data.rowsOf(projection).list(range) as ProjectionRow<Row>[]),
    };
  }

  async transact<T>(
    projection: ProjectionId,
    callback: (transaction: ProjectionTransaction) => T | PromiseLike<T>,
  ): Promise<T> {
    checkName("The name of a projection", projection.name);
    checkFunction("The callback of a transaction", callback);
    return await this.#ask((data) => {
      const scope = {
        projection: projection.name,
        rows: data.rowsOf(projection),
        checkPosition: (position: EventPosition) => void data.positions.numberOf(position),
        isOpen: () => !this.#closed,
      };
      return runTransaction(scope, callback);
    });
  }

  async delete(stream: string): Promise<void> {
    checkName("The name of a stream", stream);
    await this.#ask((data) => data.delete(stream));
  }

  /**
   * Ends the tab without a word, as a crash does: what it waits for never comes, and nothing more of it
   * is stored.
   */
  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#store.tabs.delete(this);
  }

  /** @internal Tells of an append, once for several. */
  tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      this.#listeners.tell();
    });
  }

  /** Gives what there was at the first step, in pages, so that others come in between. */
  async *#pages(
    select: (data: MemoryStreamData) => readonly StoredEvent[],
    limit: number | undefined,
    backward = false,
  ): AsyncGenerator<StoredEvent> {
    checkCount("limit", limit);
    let left = limit ?? Number.POSITIVE_INFINITY;
    let end: EventPosition | undefined;
    let last: EventPosition | undefined;
    while (left > 0) {
      const page = await this.#ask((data) => {
        end ??= data.head;
        const until = end;
        // It may have been deleted since the page before.
        data.positions.numberOf(until);
        const isLeft = ({ position }: StoredEvent): boolean =>
          position <= until &&
          (last === undefined || (backward ? position < last : position > last));
        const events = select(data).filter(isLeft);
        if (backward) events.reverse();
        return structuredClone(events.slice(0, Math.min(left, PAGE)));
      });
      if (page.length === 0) return;
      left -= page.length;
      last = page.at(-1)?.position;
      yield* page;
    }
  }

  /** Waits its turn. A tab that is closed gets none, and hears of nothing. */
  #ask<T>(work: (data: MemoryStreamData) => T | PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#store
        .enqueue(async (data) => {
          if (this.#closed) return;
          const result = await work(data);
          if (!this.#closed) resolve(result);
        })
        .catch((error: unknown) => {
          if (!this.#closed) reject(error);
        });
    });
  }
}
