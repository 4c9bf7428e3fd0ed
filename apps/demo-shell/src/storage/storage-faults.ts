import { tabSettings } from "../settings.js";

/** The database of the log and the streams. */
const LOG_DB = "switchyard";

/** For as long as the tab lives: what is refused is refused when the page opens. */
const REFUSED_KEY = "storage.refused";

/**
 * Has the storage of this tab fail as if the disk were full or the browser refused it. Nothing is filled
 * or changed but the answers of IndexedDB about the log's database.
 */
export class StorageFaults {
  readonly #listeners = new Set<() => void>();
  #isFull = false;

  /** Call it before anything opens the database. */
  constructor() {
    this.#failWrites();
    if (!this.isRefused) return;
    const { open } = IDBFactory.prototype;
    IDBFactory.prototype.open = function (name, ...rest) {
      if (name === LOG_DB) {
        throw new DOMException("The demo has the browser refuse it.", "SecurityError");
      }
      return open.call(this, name, ...rest);
    };
  }

  /** Calls the listener after each change. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Whether every write fails as on a full disk. */
  get isFull(): boolean {
    return this.#isFull;
  }

  set isFull(isFull: boolean) {
    this.#isFull = isFull;
    this.#tell();
  }

  /** Whether the browser refused the database when this page opened, as in some private windows. */
  get isRefused(): boolean {
    return tabSettings.get(REFUSED_KEY) !== null;
  }

  /** Reloads the page. */
  refuse(isRefused: boolean): void {
    if (isRefused) tabSettings.set(REFUSED_KEY, "yes");
    else tabSettings.remove(REFUSED_KEY);
    location.reload();
  }

  /**
   * Deletes the database, as a visitor can in the settings of the browser.
   *
   * @throws (rejects) with what the browser says
   */
  deleteDatabase(): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(LOG_DB);
      request.onsuccess = () => {
        this.#tell();
        resolve();
      };
      request.onerror = () => reject(request.error);
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** As on a full disk a transaction fails when it is committed, and nothing of it is kept. */
  #failWrites(): void {
    const failing = new WeakSet<IDBTransaction>();
    const fail = (store: IDBObjectStore, request: IDBRequest<IDBValidKey>) => {
      const { transaction } = store;
      if (!this.#isFull || transaction.db.name !== LOG_DB) return request;
      failing.add(transaction);
      // Of those that are not committed by hand.
      request.addEventListener("success", () => abort(transaction));
      return request;
    };
    const { add, put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.add = function (...args) {
      return fail(this, add.apply(this, args));
    };
    IDBObjectStore.prototype.put = function (...args) {
      return fail(this, put.apply(this, args));
    };
    const { commit } = IDBTransaction.prototype;
    IDBTransaction.prototype.commit = function () {
      if (failing.has(this)) abort(this);
      else commit.call(this);
    };
  }
}

function abort(transaction: IDBTransaction): void {
  const error = new DOMException(
    "The demo has every write fail as on a full disk.",
    "QuotaExceededError",
  );
  Object.defineProperty(transaction, "error", { value: error, configurable: true });
  transaction.abort();
}
