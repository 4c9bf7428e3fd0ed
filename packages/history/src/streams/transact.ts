import {
  type EventPosition,
  type ProjectionId,
  type ProjectionRow,
  type ProjectionTransaction,
  type RowRange,
  TransactionEndedError,
  type Untyped,
} from "@pubsub-mfe/core";
import { checkName } from "@pubsub-mfe/core/stores";
import { unwrap } from "idb";
import { abort } from "../connection.js";
import { allRowKeys, rowKeys, toProjectionRow } from "./projection-rows.js";
import { refuseUncloneable } from "./refuse-uncloneable.js";
import type { Store } from "./store.js";

/** A callback that goes on within so many microtasks costs no extra request. */
const MICROTASKS = 10;

/**
 * {@link EventStreams.transact}
 *
 * @returns throws at once where there is no transaction to be had, before the callback is called
 */
export function transact<T>(
  store: Store,
  projection: ProjectionId,
  callback: (transaction: ProjectionTransaction) => T | PromiseLike<T>,
): Promise<T> {
  const { bare, done } = begin(store);
  const transaction = new RowsTransaction(bare, store, projection);
  const run = async () => await callback(transaction);
  const returned = run().then(
    (value) => {
      transaction.commit();
      return value;
    },
    (error: unknown) => {
      transaction.abort();
      throw error;
    },
  );
  const committed = done.then(
    () => transaction.assertCommitted(),
    (error: unknown) => {
      throw transaction.reason ?? error;
    },
  );
  return Promise.all([returned, committed]).then(([value]) => value);
}

function begin({ db }: Store): { bare: IDBTransaction; done: Promise<void> } {
  const tx = db.transaction(["rows", "checkpoints"], "readwrite", { durability: "relaxed" });
  return { bare: unwrap(tx), done: tx.done };
}

/**
 * The database commits a transaction by itself when the callback waits for something else. That this
 * one does is seen before: when no request is under way, all microtasks have run, and the callback
 * has neither settled nor asked for more. It is aborted then.
 */
class RowsTransaction implements ProjectionTransaction {
  readonly #tx: IDBTransaction;
  readonly #rows: IDBObjectStore;
  readonly #checkpoints: IDBObjectStore;
  readonly #store: Store;
  readonly #projection: ProjectionId;
  #underWay = 0;
  #ended = false;
  #committed = false;
  /** Why it was aborted, if not for what the callback threw. */
  reason: TransactionEndedError | undefined;

  constructor(tx: IDBTransaction, store: Store, projection: ProjectionId) {
    this.#tx = tx;
    this.#rows = tx.objectStore("rows");
    this.#checkpoints = tx.objectStore("checkpoints");
    this.#store = store;
    this.#projection = projection;
  }

  async checkpoint(): Promise<EventPosition | undefined> {
    const found = await this.#read(() => this.#checkpoints.get(this.#key()));
    return found && this.#store.positions.of(found.position);
  }

  async get<Row = Untyped>(id: string): Promise<Row | undefined> {
    checkName("The id of a row", id);
    return (await this.#read(() => this.#rows.get([...this.#key(), id])))?.row;
  }

  async list<Row = Untyped>(range: RowRange = {}): Promise<ProjectionRow<Row>[]> {
    this.#assertAlive();
    const asked = rowKeys(this.#store.ns, this.#projection, range);
    if (asked === undefined) return [];
    const found = await this.#read(() => this.#rows.getAll(asked.keys, asked.count));
    return found.map(toProjectionRow);
  }

  put(id: string, row: unknown): void {
    this.#assertAlive();
    checkName("The id of a row", id);
    const { name, version } = this.#projection;
    this.#write(() =>
      refuseUncloneable(`The row ${JSON.stringify(id)}`, row, () =>
        this.#rows.put({ ns: this.#store.ns, projection: name, version, id, row }),
      ),
    );
  }

  delete(id: string): void {
    this.#assertAlive();
    checkName("The id of a row", id);
    this.#write(() => this.#rows.delete([...this.#key(), id]));
  }

  clear(): void {
    this.#write(() => this.#rows.delete(allRowKeys(this.#store.ns, this.#projection)));
    this.#write(() => this.#checkpoints.delete(this.#key()));
  }

  advance(to: EventPosition): void {
    this.#assertAlive();
    const { name, version } = this.#projection;
    const position = this.#store.positions.numberOf(to);
    this.#write(() =>
      this.#checkpoints.put({ ns: this.#store.ns, projection: name, version, position }),
    );
  }

  /** @throws {@link TransactionEndedError} when it has ended before */
  commit(): void {
    this.#assertAlive();
    this.#request(() => this.#tx.commit());
    this.#ended = true;
    this.#committed = true;
  }

  abort(): void {
    this.#ended = true;
    abort(this.#tx);
  }

  /** @throws {@link TransactionEndedError} when the database has ended it by itself */
  assertCommitted(): void {
    if (this.#committed) return;
    this.#ended = true;
    throw this.#endedError();
  }

  #read<R>(ask: () => IDBRequest<R>): Promise<R> {
    const request = this.#request(ask);
    const result = new Promise<R>((resolve, reject) => {
      request.onsuccess = () => {
        this.#underWay -= 1;
        resolve(request.result);
        if (this.#underWay === 0) void this.#awaitMore();
      };
      request.onerror = () => {
        this.#underWay -= 1;
        reject(request.error?.name === "AbortError" ? this.#endedError() : request.error);
      };
    });
    // Nobody need wait for what was read.
    result.catch(() => {});
    this.#underWay += 1;
    return result;
  }

  #write(ask: () => IDBRequest): void {
    const request = this.#request(ask);
    request.onsuccess = () => {
      this.#underWay -= 1;
      // Nobody waits for a write: this event has set off no microtask that could go on.
      if (this.#underWay === 0) this.#giveUp();
    };
    request.onerror = () => {
      this.#underWay -= 1;
    };
    this.#underWay += 1;
  }

  /** A row has come, and who waited for it goes on in the microtasks of this event, or not at all. */
  async #awaitMore(): Promise<void> {
    for (let n = 0; n < MICROTASKS; n += 1) {
      await null;
      if (this.#ended || this.#underWay > 0) return;
    }
    // There may be more microtasks: they have run when the next event comes.
    this.#checkpoints.getKey(this.#key()).onsuccess = () => {
      if (this.#underWay === 0) this.#giveUp();
    };
  }

  #giveUp(): void {
    if (this.#ended) return;
    this.reason = this.#endedError();
    this.abort();
  }

  #request<R>(ask: () => R): R {
    this.#assertAlive();
    try {
      return ask();
    } catch (error) {
      if (!isInactive(error)) throw error;
      this.#giveUp();
      throw this.#endedError();
    }
  }

  #assertAlive(): void {
    if (this.#ended) throw this.#endedError();
  }

  #key(): [string, string, number] {
    return [this.#store.ns, this.#projection.name, this.#projection.version];
  }

  #endedError(): TransactionEndedError {
    return new TransactionEndedError(this.#projection.name);
  }
}

function isInactive(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === "TransactionInactiveError" || error.name === "InvalidStateError")
  );
}
