import type {
  EventPosition,
  ProjectionRow,
  ProjectionTransaction,
  RowRange,
  Untyped,
} from "../index.js";
import { checkName, copyValue } from "../links/store-arguments.js";
import { TransactionEndedError } from "../links/store-errors.js";
import { MemoryRows } from "./memory-rows.js";
import { runToTheLastMicrotask } from "./run-to-the-last-microtask.js";

/** What a transaction is over. */
export interface TransactionScope {
  readonly projection: string;
  readonly rows: MemoryRows;
  /** @throws {@link StalePositionError} */
  readonly checkPosition: (position: EventPosition) => void;
  /** Whether the tab is still there, without which nothing is committed. */
  readonly isOpen: () => boolean;
}

/**
 * Runs a transaction. As in IndexedDB it is alive as long as its own requests are, and the microtasks
 * after them: what it reads here comes in microtasks, so a callback that has not settled when no
 * microtask is left has waited for something else.
 */
export function runTransaction<T>(
  scope: TransactionScope,
  callback: (transaction: ProjectionTransaction) => T | PromiseLike<T>,
): Promise<T> {
  const transaction = new MemoryTransaction(scope);
  return new Promise((resolve, reject) => {
    const run = async () => await callback(transaction);
    const start = () => {
      run().then(
        (value) => {
          if (!transaction.end()) return;
          if (scope.isOpen()) transaction.commit();
          resolve(value);
        },
        (error: unknown) => {
          transaction.end();
          reject(error);
        },
      );
    };
    runToTheLastMicrotask(start, () => {
      if (transaction.end()) reject(new TransactionEndedError(scope.projection));
    });
  });
}

class MemoryTransaction implements ProjectionTransaction {
  readonly #scope: TransactionScope;
  /** The rows as they will be. */
  readonly #draft: MemoryRows;
  #ended = false;

  constructor(scope: TransactionScope) {
    this.#scope = scope;
    this.#draft = new MemoryRows(scope.rows);
  }

  async checkpoint(): Promise<EventPosition | undefined> {
    return this.#alive().checkpoint;
  }

  async get<Row = Untyped>(id: string): Promise<Row | undefined> {
    const rows = this.#alive();
    checkName("The id of a row", id);
    return rows.get(id) as Row | undefined;
  }

  async list<Row = Untyped>(range: RowRange = {}): Promise<ProjectionRow<Row>[]> {
    return this.#alive().list(range) as ProjectionRow<Row>[];
  }

  put(id: string, row: unknown): void {
    const { rows } = this.#alive();
    checkName("The id of a row", id);
    rows.set(id, copyValue(`The row ${JSON.stringify(id)}`, row));
  }

  delete(id: string): void {
    const { rows } = this.#alive();
    checkName("The id of a row", id);
    rows.delete(id);
  }

  clear(): void {
    const draft = this.#alive();
    draft.rows.clear();
    draft.checkpoint = undefined;
  }

  advance(position: EventPosition): void {
    const draft = this.#alive();
    this.#scope.checkPosition(position);
    draft.checkpoint = position;
  }

  /** @returns whether it had not ended before */
  end(): boolean {
    const first = !this.#ended;
    this.#ended = true;
    return first;
  }

  commit(): void {
    this.#scope.rows.rows = this.#draft.rows;
    this.#scope.rows.checkpoint = this.#draft.checkpoint;
  }

  #alive(): MemoryRows {
    if (this.#ended) throw new TransactionEndedError(this.#scope.projection);
    return this.#draft;
  }
}
