import { Batch } from "./batch.js";
import { commit, RefusedRowError } from "./commit.js";
import type { Connection } from "./connection.js";
import type { NewRow } from "./database.js";
import { HistoryUnavailableError, HistoryWriteError } from "./errors.js";

/** Larger transactions were measured to be slower. */
const MAX_BATCH = 256;

/** Options of a {@link Writer}. */
export interface WriterOptions {
  /** Where there is something older to be stored first: settles, without an error, when it is. */
  ready(): Promise<void> | undefined;
  readonly durability: IDBTransactionDurability;
  /** How many messages wait in memory at most while nothing can be stored. */
  readonly maxKept: number;
}

/** What the writer tells. */
export interface WriterListener {
  onCommit(persisted: number, duplicates: number): void;
  /** These messages will never be stored; the others are. */
  onRefused(error: HistoryWriteError): void;
  /** The quota is used up. Settles when what could be spared is removed. */
  makeRoom(): Promise<void>;
  /** Nothing is stored any more, until `onRecovered`. */
  onDegraded(error: HistoryWriteError | HistoryUnavailableError): void;
  /** Too many wait: the oldest are given up. */
  onDropped(count: number): void;
  onRecovered(): void;
}

/**
 * Group commit: one transaction in flight, and what comes meanwhile collects for the next. No timer,
 * for those of a hidden page are throttled. What cannot be stored waits in memory, in its order,
 * until it is tried again.
 */
export class Writer {
  readonly #connection: Connection;
  readonly #options: WriterOptions;
  readonly #listener: WriterListener;
  readonly #inFlight = new Set<Batch>();
  readonly #waiting: Batch[] = [];
  #batchCount = 0;
  /** To the batches of lower numbers nothing more is added. */
  #sealed = 0;
  /** Why nothing could be stored when it was last tried. */
  #failure: unknown;
  /** Whether it is not tried at the moment. */
  #paused = false;

  constructor(connection: Connection, options: WriterOptions, listener: WriterListener) {
    this.#connection = connection;
    this.#options = options;
    this.#listener = listener;
  }

  /** Whether nothing could be stored when it was last tried. */
  get degraded(): boolean {
    return this.#failure !== undefined;
  }

  /** Whether there is no database to write to. */
  get isWithoutDatabase(): boolean {
    return this.#failure instanceof HistoryUnavailableError;
  }

  /** How many messages are not stored yet. */
  get pending(): number {
    return [...this.#inFlight, ...this.#waiting].reduce((sum, { rows }) => sum + rows.length, 0);
  }

  /** All that is not known to be stored. */
  get unconfirmed(): readonly NewRow[] {
    return this.#batches().flatMap(({ rows }) => rows);
  }

  /** What waits in memory because it cannot be stored. */
  get kept(): readonly NewRow[] {
    return this.degraded ? this.unconfirmed : [];
  }

  add(rows: readonly NewRow[]): void {
    for (const row of rows) {
      let batch = this.#waiting.at(-1);
      if (!batch || batch.rows.length === MAX_BATCH || batch.number < this.#sealed) {
        batch = new Batch(this.#batchCount);
        this.#batchCount += 1;
        if (this.#paused) batch.reject(this.#failure);
        this.#waiting.push(batch);
      }
      batch.rows.push(row);
    }
    if (this.#paused) this.#dropOldest();
    this.#writeNext();
  }

  /** Settles when everything added so far is committed; rejects when some of it could not be. */
  async committed(): Promise<void> {
    const failures = await Promise.all(this.#batches().map((batch) => batch.failure()));
    const errors = [...new Set(failures.filter((error) => error !== undefined))];
    const [first] = errors;
    if (first === undefined || errors.length === 1) {
      if (first) throw first;
      return;
    }
    const ids = errors.flatMap(({ messageIds }) => messageIds);
    throw new HistoryWriteError(ids, first.cause, first.pending);
  }

  /**
   * Waits for the batch that a message is in.
   *
   * @returns whether it is certainly stored: not when it is in none, or others of its batch failed
   * @throws {@link HistoryWriteError} when it could not be stored
   */
  async stored(id: string): Promise<boolean> {
    const batch = this.#batches().find((candidate) => candidate.has(id));
    const error = await batch?.failure();
    if (error?.messageIds.includes(id)) throw error;
    return batch !== undefined && error === undefined;
  }

  /**
   * Hands everything to the database at once, for the page may not live to see another turn. In one
   * transaction: of several that wait when a page goes, browsers drop the last.
   */
  writeAll(): void {
    if (this.#paused || this.#waiting.length === 0) return;
    void this.#write(this.#waiting.splice(0));
  }

  /** Tries again to store what waits because it could not be. */
  retry(): void {
    if (this.#inFlight.size > 0) return;
    this.#resume();
    this.#writeNext();
  }

  /** Writes nothing until `retry`: there is nothing to write to. */
  suspend(failure: HistoryUnavailableError): void {
    this.#fail(failure, failure);
  }

  /**
   * Draws a line after what waits now.
   *
   * @returns gives up what stands before the line and still cannot be stored; whoever waits for it
   *   was told
   */
  sealKept(): () => void {
    const end = this.#batchCount;
    this.#sealed = end;
    return () => {
      if (!this.#paused) return;
      const rest = this.#waiting.filter(({ number }) => number >= end);
      this.#waiting.splice(0, this.#waiting.length, ...rest);
    };
  }

  /** Gives up all that waits, for what it was to be stored in is somebody else's. */
  reset(cause: unknown): void {
    for (const batch of this.#waiting.splice(0)) batch.reject(cause);
    this.#failure = undefined;
    this.#paused = false;
  }

  #batches(): Batch[] {
    return [...this.#inFlight, ...this.#waiting];
  }

  #writeNext(): void {
    if (this.#inFlight.size > 0 || this.#paused) return;
    const batch = this.#waiting.shift();
    if (batch) void this.#write([batch]);
  }

  async #write(batches: readonly Batch[]): Promise<void> {
    for (const batch of batches) this.#inFlight.add(batch);
    try {
      const error = await this.#store(batches.flatMap(({ rows }) => rows));
      for (const batch of batches) {
        if (error) batch.reject(error);
        else batch.resolve();
        this.#inFlight.delete(batch);
      }
    } catch (cause) {
      for (const batch of batches) this.#keep(batch, cause);
    }
    this.#writeNext();
  }

  /**
   * @returns what the database does not take, after telling
   * @throws why nothing can be stored now
   */
  async #store(rows: readonly NewRow[]): Promise<HistoryWriteError | undefined> {
    let duplicates: number;
    try {
      duplicates = await this.#commit(rows);
    } catch (cause) {
      if (!(cause instanceof RefusedRowError)) throw cause;
      if (rows.length > 1) {
        // One of them is too large or the like: found by halving, so that the others are stored.
        const middle = rows.length >> 1;
        const first = await this.#store(rows.slice(0, middle));
        return (await this.#store(rows.slice(middle))) ?? first;
      }
      const error = new HistoryWriteError(
        rows.map(({ id }) => id),
        cause.cause,
      );
      this.#listener.onRefused(error);
      return error;
    }
    this.#recover();
    this.#listener.onCommit(rows.length - duplicates, duplicates);
    return undefined;
  }

  /** Once more where it fails: a transaction also ends with its connection, and for lack of room. */
  async #commit(rows: readonly NewRow[]): Promise<number> {
    const { durability } = this.#options;
    const ready = this.#options.ready();
    // Not for nothing: who hands something over relies on its being under way at once.
    if (ready !== undefined) await ready;
    const once = () => this.#connection.useRepeatedly((db) => commit(db, rows, durability));
    try {
      return await once();
    } catch (error) {
      if (error instanceof RefusedRowError || error instanceof HistoryUnavailableError) throw error;
      if ((error as Error).name === "QuotaExceededError") await this.#listener.makeRoom();
      return await once();
    }
  }

  #keep(batch: Batch, cause: unknown): void {
    this.#inFlight.delete(batch);
    // Of several that were handed over together others may have come back before it.
    const place = this.#waiting.findIndex(({ number }) => number > batch.number);
    this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, batch);
    const ids = batch.rows.map(({ id }) => id);
    this.#fail(cause, new HistoryWriteError(ids, cause, true));
  }

  #fail(cause: unknown, error: HistoryWriteError | HistoryUnavailableError): void {
    const isNew = !this.degraded;
    this.#failure = cause;
    this.#paused = true;
    for (const batch of this.#waiting) batch.reject(cause);
    if (isNew) this.#listener.onDegraded(error);
    this.#dropOldest();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const batch of this.#waiting) batch.renew();
  }

  #recover(): void {
    if (!this.degraded) return;
    this.#failure = undefined;
    this.#resume();
    this.#listener.onRecovered();
  }

  #dropOldest(): void {
    let excess = this.#waiting.reduce((sum, { rows }) => sum + rows.length, 0);
    excess -= this.#options.maxKept;
    if (excess <= 0) return;
    this.#listener.onDropped(excess);
    while (excess > 0) {
      const [oldest] = this.#waiting as [Batch];
      excess -= oldest.rows.splice(0, excess).length;
      if (oldest.rows.length === 0) this.#waiting.shift();
    }
  }
}
