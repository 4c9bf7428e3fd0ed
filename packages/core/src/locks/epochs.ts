import { LocksUnavailableError } from "./errors.js";

const store = "epochs";

/**
 * Raises the epoch of a lock.
 *
 * @param signal - gives up, so that a page that goes away does not stay in the way of others
 * @returns the new epoch, once it is stored
 * @throws LocksUnavailableError when it could not be stored
 */
export async function raiseEpoch(
  indexedDB: IDBFactory,
  dbName: string,
  lock: string,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  try {
    const db = await open(indexedDB, dbName);
    try {
      return await increment(db, lock, signal);
    } finally {
      db.close();
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw new LocksUnavailableError(
      `Locks count their turns in IndexedDB, which failed: ${cause}. Is storage blocked or full?`,
      { cause },
    );
  }
}

function open(indexedDB: IDBFactory, dbName: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(dbName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function increment(db: IDBDatabase, lock: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    // A number that was given out must not be given out again, not even after a power cut.
    const transaction = db.transaction(store, "readwrite", { durability: "strict" });
    const epochs = transaction.objectStore(store);
    const abort = () => {
      try {
        transaction.abort();
      } catch {
        // It has ended, and its event is on the way.
      }
    };
    signal.addEventListener("abort", abort);
    let epoch = 0;
    const read = epochs.get(lock);
    read.onsuccess = () => {
      epoch = (read.result ?? 0) + 1;
      epochs.put(epoch, lock);
    };
    transaction.oncomplete = () => {
      signal.removeEventListener("abort", abort);
      resolve(epoch);
    };
    transaction.onabort = () => {
      signal.removeEventListener("abort", abort);
      reject(transaction.error);
    };
  });
}
