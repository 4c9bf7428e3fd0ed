import type { Clock } from "@pubsub-mfe/core";
import { openDB } from "idb";
import type { LogDatabase, LogSchema } from "./database.js";
import { HistoryUnavailableError } from "./errors.js";
import type { Carried } from "./established.js";
import { ForeignDatabaseError, isComplete, readId, upgrade, VERSION } from "./layout.js";
import { withoutFullStop } from "./wording.js";

/** How long to wait before each new attempt: a browser that clears its data closes what is opened meanwhile. */
const DELAYS_MS = [0, 50, 100, 200, 400];

/** A database that is open. */
interface Opened {
  readonly db: LogDatabase;
  /** Tells it from one that had the name before and was deleted. */
  readonly id: string;
  /** End each the work that is being done. */
  readonly interrupts: Set<(error: DOMException) => void>;
}

/** A piece of work with the database, whose random id tells it from one that was deleted. */
export type Work<R> = (db: LogDatabase, id: string) => Promise<R>;

/** What a connection tells of the database. */
export interface ConnectionListener {
  /** An application before this one used the established library. */
  onCarriedOver(carried: Carried): void;
  /** Another page holds the database in an older layout. What is asked for waits. */
  onBlocked(): void;
  /** The database that was open has been deleted, with all it held; this is another one. */
  onReplaced(id: string): void;
}

class NoDatabaseError extends Error {}

/** The connection to the database: opened when it is needed, and again after it was closed. */
export class Connection {
  readonly #name: string;
  readonly #listener: ConnectionListener;
  readonly #clock: Clock;
  #opening: Promise<Opened> | undefined;
  #lastId: string | undefined;

  constructor(name: string, listener: ConnectionListener, clock: Clock) {
    this.#name = name;
    this.#listener = listener;
    this.#clock = clock;
  }

  /** What tells the database that was opened last from those before it and after it. */
  get databaseId(): string | undefined {
    return this.#lastId;
  }

  /**
   * Runs a piece of work, once more on a new connection where the browser had closed the old one
   * before it could begin; a few times, if need be.
   *
   * @throws {@link HistoryUnavailableError} when the database cannot be opened
   */
  use<R>(work: Work<R>): Promise<R> {
    return this.#use(work, (_, error) => isOf(error, "InvalidStateError"));
  }

  /**
   * As `use`, and also where the browser has closed the connection in the midst of it.
   *
   * @param work - may be done twice
   */
  useRepeatedly<R>(work: Work<R>): Promise<R> {
    return this.#use(work, (db, thrown) => {
      // Also of a connection that was closed before it was open.
      const error = thrown instanceof HistoryUnavailableError && !db ? thrown.cause : thrown;
      if (isOf(error, "AbortError", "UnknownError")) return isClosed(db);
      return error === thrown && isOf(error, "InvalidStateError");
    });
  }

  async #use<R>(
    work: Work<R>,
    isOfOldConnection: (db: LogDatabase | undefined, error: unknown) => boolean,
  ): Promise<R> {
    for (let attempt = 0; ; attempt += 1) {
      const opening = this.#open();
      let opened: Opened | undefined;
      try {
        opened = await opening;
        return await untilInterrupted(opened, work);
      } catch (error) {
        const delayMs = DELAYS_MS[attempt];
        if (delayMs === undefined || !isOfOldConnection(opened?.db, error)) throw error;
        this.#forget(opening);
        if (delayMs > 0) await this.#sleep(delayMs);
      }
    }
  }

  #sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.setTimer(resolve, delayMs));
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    const opened = await opening?.catch(() => undefined);
    opened?.db.close();
  }

  #open(): Promise<Opened> {
    if (this.#opening) return this.#opening;
    const opening: Promise<Opened> = this.#connect(() => this.#forget(opening));
    opening.catch(() => this.#forget(opening));
    this.#opening = opening;
    return opening;
  }

  /** Not what another piece of work has opened meanwhile: nobody would close it. */
  #forget(opening: Promise<Opened>): void {
    if (this.#opening === opening) this.#opening = undefined;
  }

  async #connect(onClosed: () => void): Promise<Opened> {
    const interrupts: Opened["interrupts"] = new Set();
    const db = await this.#openDatabase(onClosed, () => {
      // Not every browser takes it for closed.
      db.close();
      const error = new DOMException("The browser has closed the connection.", "AbortError");
      for (const interrupt of interrupts) interrupt(error);
    });
    if (!isComplete(db)) {
      db.close();
      throw this.#foreign();
    }
    const id = await readId(db);
    if (this.#lastId !== undefined && this.#lastId !== id) this.#listener.onReplaced(id);
    this.#lastId = id;
    return { db, id, interrupts };
  }

  async #openDatabase(onClosed: () => void, onTerminated: () => void): Promise<LogDatabase> {
    let upgrading: Promise<Carried | undefined> | undefined;
    try {
      // Where a page may not use it, also the question for it can throw.
      if (typeof indexedDB === "undefined") throw new NoDatabaseError();
      const db = await openDB<LogSchema>(this.#name, VERSION, {
        upgrade(db, oldVersion, _newVersion, tx) {
          // What fails here is told below, and the transaction's end by the request.
          tx.done.catch(() => {});
          upgrading = upgrade(db, oldVersion, tx);
          upgrading.catch(() => abort(tx));
        },
        blocked: () => this.#listener.onBlocked(),
        // Another tab wants to upgrade or delete the database: an open connection would block it.
        blocking(_oldVersion, _newVersion, { target }) {
          onClosed();
          (target as IDBDatabase).close();
        },
        terminated() {
          onClosed();
          onTerminated();
        },
      });
      const carried = await upgrading;
      if (carried) this.#listener.onCarriedOver(carried);
      return db;
    } catch (thrown) {
      // Why an upgrade was ended is not in the error of its request.
      const error = await Promise.resolve(upgrading).then(
        () => thrown,
        (reason: unknown) => reason,
      );
      throw await this.#refusal(error);
    }
  }

  async #refusal(error: unknown): Promise<HistoryUnavailableError> {
    if (error instanceof ForeignDatabaseError) return this.#foreign();
    if (error instanceof NoDatabaseError) {
      return new HistoryUnavailableError(this.#name, "this environment has no IndexedDB.");
    }
    const isNewer = error instanceof DOMException && error.name === "VersionError";
    const reason = isNewer
      ? `a newer version of this package has written it, or something else of that name: it has layout ${await this.#findVersion()}, and this one knows layout ${VERSION}. Update @pubsub-mfe/history, or give the log another dbName.`
      : `${withoutFullStop(error)}. Private windows and full disks can refuse it.`;
    return new HistoryUnavailableError(this.#name, reason, {
      cause: error,
      refused: isNewer,
    });
  }

  #foreign(): HistoryUnavailableError {
    return new HistoryUnavailableError(
      this.#name,
      "it belongs to something else. Give the log another dbName.",
      { refused: true },
    );
  }

  async #findVersion(): Promise<number | string> {
    const databases = await indexedDB.databases?.().catch(() => []);
    return databases?.find(({ name }) => name === this.#name)?.version ?? "(unknown)";
  }
}

/** Does the work, unless the browser takes the connection away: Chromium then leaves transactions open. */
function untilInterrupted<R>({ db, id, interrupts }: Opened, work: Work<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    interrupts.add(reject);
    work(db, id)
      .then(resolve, reject)
      .finally(() => interrupts.delete(reject));
  });
}

/** Also where it has ended by itself. */
export function abort(tx: Pick<IDBTransaction, "abort">): void {
  try {
    tx.abort();
  } catch {
    // It has.
  }
}

function isOf(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof DOMException && names.includes(error.name);
}

/** A closed connection refuses a transaction. An open one is not harmed by it. */
function isClosed(db: LogDatabase | undefined): boolean {
  if (!db) return true;
  try {
    const tx = db.transaction("meta");
    tx.done.catch(() => {});
    tx.abort();
    return false;
  } catch {
    return true;
  }
}
