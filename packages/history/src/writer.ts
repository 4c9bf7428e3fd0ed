import { type IDBPTransaction, unwrap } from "idb";
import type { Connection } from "./connection.js";
import type { LogDatabase, LogSchema, NewRow } from "./database.js";
import { HistoryWriteError } from "./errors.js";

/** Larger transactions were measured to be slower. */
const MAX_BATCH = 256;

/** Rows that are written in one transaction. */
class Batch {
  readonly rows: NewRow[] = [];
  readonly committed: Promise<void>;
  resolve!: () => void;
  reject!: (error: HistoryWriteError) => void;

  constructor() {
    this.committed = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever waits hears of a failure, and `onFailure` does; nobody need wait.
    this.committed.catch(() => {});
  }
}

/** What the writer tells. */
export interface WriterListener {
  onCommit(persisted: number, duplicates: number): void;
  onFailure(error: HistoryWriteError): void;
}

/**
 * Group commit: one transaction in flight, and what comes meanwhile collects for the next. No timer,
 * for those of a hidden page are throttled.
 */
export class Writer {
  readonly #connection: Connection;
  readonly #durability: IDBTransactionDurability;
  readonly #listener: WriterListener;
  readonly #inFlight = new Set<Batch>();
  readonly #waiting: Batch[] = [];

  constructor(
    connection: Connection,
    durability: IDBTransactionDurability,
    listener: WriterListener,
  ) {
    this.#connection = connection;
    this.#durability = durability;
    this.#listener = listener;
  }

  add(rows: readonly NewRow[]): void {
    for (const row of rows) {
      let batch = this.#waiting.at(-1);
      if (batch === undefined || batch.rows.length === MAX_BATCH) {
        batch = new Batch();
        this.#waiting.push(batch);
      }
      batch.rows.push(row);
    }
    this.#writeNext();
  }

  /** Settles when everything added so far is committed; rejects when some of it could not be. */
  async committed(): Promise<void> {
    await Promise.all([...this.#inFlight, ...this.#waiting].map(({ committed }) => committed));
  }

  /**
   * Waits for the batch that a message is in.
   *
   * @returns whether it is certainly stored: not when it is in none, or others of its batch failed
   * @throws {@link HistoryWriteError} when it could not be stored
   */
  async stored(id: string): Promise<boolean> {
    const batches = [...this.#inFlight, ...this.#waiting];
    const batch = batches.find(({ rows }) => rows.some((row) => row.id === id));
    const error = await batch?.committed.catch((thrown: HistoryWriteError) => thrown);
    if (error?.messageIds.includes(id)) throw error;
    return batch !== undefined && error === undefined;
  }

  /** Hands everything to the database at once, for the page may not live to see another turn. */
  writeAll(): void {
    for (let batch = this.#waiting.shift(); batch; batch = this.#waiting.shift()) {
      void this.#write(batch);
    }
  }

  #writeNext(): void {
    if (this.#inFlight.size > 0) return;
    const batch = this.#waiting.shift();
    if (batch) void this.#write(batch);
  }

  async #write(batch: Batch): Promise<void> {
    this.#inFlight.add(batch);
    const error = await this.#store(batch.rows);
    if (error) batch.reject(error);
    else batch.resolve();
    this.#inFlight.delete(batch);
    this.#writeNext();
  }

  /** @returns what could not be stored, after telling */
  async #store(rows: readonly NewRow[]): Promise<HistoryWriteError | undefined> {
    let duplicates: number;
    try {
      duplicates = await this.#connection.use((db) => commit(db, rows, this.#durability));
    } catch (cause) {
      if (cause instanceof RefusedRowError && rows.length > 1) {
        // One of them is too large or the like: found by halving, so that the others are stored.
        const middle = rows.length >> 1;
        const first = await this.#store(rows.slice(0, middle));
        return (await this.#store(rows.slice(middle))) ?? first;
      }
      const ids = rows.map(({ id }) => id);
      const error = new HistoryWriteError(
        ids,
        cause instanceof RefusedRowError ? cause.cause : cause,
      );
      this.#listener.onFailure(error);
      return error;
    }
    this.#listener.onCommit(rows.length - duplicates, duplicates);
    return undefined;
  }
}

/** The database did not even take a row in: not the transaction failed, but this one is to blame. */
class RefusedRowError extends Error {}

/** @returns how many of the rows the log held already */
async function commit(
  db: LogDatabase,
  rows: readonly NewRow[],
  durability: IDBTransactionDurability,
): Promise<number> {
  const tx = begin(db, durability);
  let duplicates = 0;
  store(tx, rows, () => {
    duplicates += 1;
  });
  try {
    await tx.done;
    return duplicates;
  } catch (error) {
    if (duplicates === 0) throw error;
    return commitMissing(db, rows, durability);
  }
}

/**
 * Looks before it writes. Once `commit()` was called, one id that is there ends the transaction of
 * all its neighbours in Chromium and WebKit, also where the error is prevented; Firefox goes on.
 */
async function commitMissing(
  db: LogDatabase,
  rows: readonly NewRow[],
  durability: IDBTransactionDurability,
): Promise<number> {
  const tx = begin(db, durability);
  const byId = tx.objectStore("messages").index("id");
  const taken = await Promise.all(rows.map(({ ns, id }) => byId.getKey([ns, id])));
  const seen = new Set<string>();
  const missing = rows.filter(
    ({ id }, n) => taken[n] === undefined && !seen.has(id) && seen.add(id),
  );
  store(tx, missing, () => {});
  await tx.done;
  return rows.length - missing.length;
}

type WriteTransaction = IDBPTransaction<LogSchema, ["messages", "topics"], "readwrite">;

function begin(db: LogDatabase, durability: IDBTransactionDurability): WriteTransaction {
  const tx = db.transaction(["messages", "topics"], "readwrite", { durability });
  // At once: a transaction can fail before anybody waits for it.
  tx.done.catch(() => {});
  return tx;
}

/** Asks for everything that is to be stored, and for the end of the transaction. */
function store(tx: WriteTransaction, rows: readonly NewRow[], onIdTaken: () => void): void {
  try {
    request(tx, rows, onIdTaken);
  } catch (cause) {
    try {
      tx.abort();
    } catch {
      // It has ended by itself.
    }
    throw new RefusedRowError("", { cause });
  }
}

function request(tx: WriteTransaction, rows: readonly NewRow[], onIdTaken: () => void): void {
  // The bare stores: a promise for each of hundreds of requests is not for free.
  const messages = unwrap(tx.objectStore("messages"));
  const topics = unwrap(tx.objectStore("topics"));
  for (const row of rows) {
    messages.add(row).onerror = (event) => {
      if ((event.target as IDBRequest).error?.name !== "ConstraintError") return;
      event.preventDefault();
      event.stopPropagation();
      onIdTaken();
    };
  }
  // Written each time: a collection in another tab may have removed what was there.
  for (const topic of new Set(rows.map((row) => row.topic))) {
    topics.put({ ns: (rows[0] as NewRow).ns, topic });
  }
  tx.commit();
}
