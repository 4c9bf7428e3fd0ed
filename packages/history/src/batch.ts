import type { NewRow } from "./database.js";
import { HistoryUnavailableError, HistoryWriteError } from "./errors.js";

/** Rows that are written in one transaction. */
export class Batch {
  /** Grows in the order in which batches are made. */
  readonly number: number;
  readonly rows: NewRow[] = [];
  #outcome = pending();

  constructor(number: number) {
    this.number = number;
  }

  /** Those who wait hear of it; nobody need wait. */
  resolve(): void {
    this.#outcome.resolve();
  }

  /** @param cause - an error that names messages names those that are lost; else all of them wait */
  reject(cause: unknown): void {
    this.#outcome.reject(cause);
  }

  /** Is to be written once more: whoever asks from now on waits for that. */
  renew(): void {
    this.#outcome = pending();
  }

  has(id: string): boolean {
    return this.rows.some((row) => row.id === id);
  }

  /** @returns why not all of it is stored, once that is known */
  async failure(): Promise<HistoryWriteError | undefined> {
    try {
      await this.#outcome.promise;
      return undefined;
    } catch (cause) {
      if (cause instanceof HistoryWriteError) return cause;
      const ids = this.rows.map(({ id }) => id);
      // For a database that is somebody else's nothing waits.
      const isRefused = cause instanceof HistoryUnavailableError && cause.refused;
      return new HistoryWriteError(ids, cause, !isRefused);
    }
  }
}

function pending() {
  let resolve!: () => void;
  let reject!: (cause: unknown) => void;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
