import {
  type AllStreamsQuery,
  type AppendOptions,
  type AppendResult,
  type Clock,
  type EventPosition,
  type EventStreams,
  type NewEvent,
  type ProjectionId,
  type ProjectionRows,
  type ProjectionTransaction,
  type Snapshot,
  type SnapshotQuery,
  type StoredEvent,
  type StreamQuery,
  systemClock,
  type Unsubscribe,
  type Untyped,
} from "@pubsub-mfe/core";
import {
  checkAppend,
  checkBound,
  checkFunction,
  checkName,
  copyEvents,
  copyValue,
  createIdGenerator,
} from "@pubsub-mfe/core/stores";
import { CommitSignals } from "../commit-signal.js";
import type { Connection } from "../connection.js";
import { append } from "./append.js";
import { deleteStream } from "./delete-stream.js";
import { drainOutbox } from "./outbox.js";
import { checkProjection, rowsOf } from "./projection-rows.js";
import { readAll } from "./read-all.js";
import { readStream } from "./read-stream.js";
import { keepSnapshot, readSnapshot } from "./snapshots.js";
import { StoreAccess } from "./store.js";
import { transact } from "./transact.js";

/** Options of {@link DatabaseStreams}. */
export interface DatabaseStreamsOptions {
  readonly dbName: string;
  readonly connection: Connection;
  /** Throws where it is not known. */
  readonly namespace: () => string;
  readonly clock?: Clock | undefined;
}

/** Event streams in IndexedDB. */
export class DatabaseStreams implements EventStreams {
  readonly #access: StoreAccess;
  readonly #signals: CommitSignals;
  readonly #clock: Clock;
  readonly #createId = createIdGenerator();

  constructor({ dbName, connection, namespace, clock = systemClock }: DatabaseStreamsOptions) {
    this.#access = new StoreAccess(connection, namespace);
    this.#signals = new CommitSignals(`@pubsub-mfe/history:streams:${dbName}`);
    this.#clock = clock;
  }

  async append(
    stream: string,
    newEvents: readonly NewEvent[],
    options: AppendOptions = {},
  ): Promise<AppendResult> {
    checkAppend(stream, options);
    const events = copyEvents(newEvents);
    const commits = this.#signals.of(this.#access.ns);
    const result = await this.#access.use((store) =>
      append(store, {
        stream,
        events,
        options,
        now: () => this.#clock.now(),
        createId: this.#createId,
        onCommit: () => commits.tellOthers(),
      }),
    );
    if (events.length > 0 && !result.repeated) commits.tellHere();
    return result;
  }

  read(stream: string, query: StreamQuery = {}): AsyncGenerator<StoredEvent> {
    return readStream(this.#access, stream, query);
  }

  readAll(query: AllStreamsQuery = {}): AsyncGenerator<StoredEvent> {
    return readAll(this.#access, query);
  }

  async head(): Promise<EventPosition> {
    return await this.#access.use(async ({ db, ns, positions }) => {
      const head = await db.get("heads", ns);
      return positions.of(head?.position ?? 0);
    });
  }

  onAppend(listener: () => void): Unsubscribe {
    checkFunction("The listener", listener);
    return this.#signals.of(this.#access.ns).listen(listener);
  }

  async pending(callback: (events: readonly StoredEvent[]) => unknown): Promise<void> {
    checkFunction("The callback", callback);
    await drainOutbox(this.#access, callback);
  }

  async snapshot(stream: string, { name, version, state }: Snapshot): Promise<void> {
    checkName("The name of a stream", stream);
    checkName("The name of a snapshot", name);
    checkBound("The version of a snapshot", version);
    const subject = `The snapshot ${JSON.stringify(name)}`;
    const copy = copyValue(subject, { name, version, state });
    await this.#access.use((store) => keepSnapshot(store, stream, copy));
  }

  async readSnapshot<State = Untyped>(
    stream: string,
    query: SnapshotQuery,
  ): Promise<Snapshot<State> | undefined> {
    checkName("The name of a stream", stream);
    checkName("The name of a snapshot", query.name);
    checkBound("maxVersion", query.maxVersion);
    return await this.#access.use((store) => readSnapshot(store, stream, query));
  }

  rows(projection: ProjectionId): ProjectionRows {
    checkProjection(projection);
    return rowsOf(this.#access, projection);
  }

  async transact<T>(
    projection: ProjectionId,
    callback: (transaction: ProjectionTransaction) => T | PromiseLike<T>,
  ): Promise<T> {
    checkProjection(projection);
    checkFunction("The callback of a transaction", callback);
    // What the callback throws must not look as if the connection were closed: it is called once.
    const begun = await this.#access.use(async (store) => ({
      result: transact(store, projection, callback),
    }));
    return await begun.result;
  }

  async delete(stream: string): Promise<void> {
    checkName("The name of a stream", stream);
    await this.#access.use((store) => deleteStream(store, stream));
  }

  /** Closes the database; what is done afterwards opens it again. */
  close(): Promise<void> {
    return this.#access.close();
  }
}
