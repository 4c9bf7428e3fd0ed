import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { HistoryUnavailableError } from "./errors.js";

/** The version of the layout below. */
const VERSION = 1;

/** One stored message. Its key, given by the database, is its position in the log. */
export interface Row {
  readonly ns: string;
  readonly id: string;
  readonly topic: string;
  readonly ts: number;
  readonly payload: unknown;
  readonly schemaVersion?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** The layout of the database. */
export interface LogSchema extends DBSchema {
  messages: {
    key: number;
    value: Row;
    indexes: { topic: [ns: string, topic: string]; id: [ns: string, id: string] };
  };
  /** The topics of the stored messages, so that a pattern is matched without reading these. */
  topics: {
    key: [ns: string, topic: string];
    value: { readonly ns: string; readonly topic: string };
  };
}

export type LogDatabase = IDBPDatabase<LogSchema>;

/** Everything of one namespace in a store or index whose keys begin with it. */
export function namespaceRange(ns: string): IDBKeyRange {
  // An array is greater than any string.
  return IDBKeyRange.bound([ns], [ns, []]);
}

/** The connection to the database: opened when it is needed, and again after it was closed. */
export class Connection {
  readonly #name: string;
  #opening: Promise<LogDatabase> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /**
   * Runs a piece of work, once more on a new connection where the browser had closed the old one.
   *
   * @throws {@link HistoryUnavailableError} when the database cannot be opened
   */
  async use<R>(work: (db: LogDatabase) => Promise<R>): Promise<R> {
    const opening = this.#open();
    try {
      return await work(await opening);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
      this.#forget(opening);
      return work(await this.#open());
    }
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    const db = await opening?.catch(() => undefined);
    db?.close();
  }

  #open(): Promise<LogDatabase> {
    if (this.#opening) return this.#opening;
    const opening: Promise<LogDatabase> = this.#connect(() => this.#forget(opening));
    opening.catch(() => this.#forget(opening));
    this.#opening = opening;
    return opening;
  }

  /** Not what another piece of work has opened meanwhile: nobody would close it. */
  #forget(opening: Promise<LogDatabase>): void {
    if (this.#opening === opening) this.#opening = undefined;
  }

  async #connect(onClosed: () => void): Promise<LogDatabase> {
    if (typeof indexedDB === "undefined") {
      throw new HistoryUnavailableError(
        this.#name,
        "this environment has no IndexedDB. Leave the log out here.",
      );
    }
    let db: LogDatabase;
    try {
      db = await openDB<LogSchema>(this.#name, VERSION, {
        upgrade(db) {
          const messages = db.createObjectStore("messages", { autoIncrement: true });
          messages.createIndex("topic", ["ns", "topic"]);
          messages.createIndex("id", ["ns", "id"], { unique: true });
          db.createObjectStore("topics", { keyPath: ["ns", "topic"] });
        },
        // Another tab wants to upgrade or delete the database: an open connection would block it.
        blocking(_oldVersion, _newVersion, { target }) {
          onClosed();
          (target as IDBDatabase).close();
        },
        terminated: onClosed,
      });
    } catch (error) {
      const reason =
        error instanceof DOMException && error.name === "VersionError"
          ? `a newer version of this package has written it; this one knows layout ${VERSION}. Update @pubsub-mfe/history.`
          : `${error}. Private windows and full disks can refuse it.`;
      throw new HistoryUnavailableError(this.#name, reason, { cause: error });
    }
    if (db.objectStoreNames.contains("messages") && db.objectStoreNames.contains("topics"))
      return db;
    db.close();
    throw new HistoryUnavailableError(
      this.#name,
      "it belongs to something else. Give the log another dbName.",
    );
  }
}
