import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { HistoryUnavailableError } from "./errors.js";

/** The version of the layout below. */
const VERSION = 1;

/** A message that is to be stored. */
export interface NewRow {
  readonly ns: string;
  readonly id: string;
  readonly topic: string;
  readonly ts: number;
  readonly payload: unknown;
  readonly schemaVersion?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** One stored message. */
export interface Row extends NewRow {
  /** Given by the database: grows in the order of the commits, over all tabs. */
  readonly position: number;
}

/** One stored event of a stream. */
export interface EventRow {
  readonly ns: string;
  /** Grows in the order of the commits, over all streams of the namespace and all tabs. */
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly id: string;
  readonly time: number;
  readonly type: string;
  readonly payload: unknown;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** The layout of the database. */
export interface LogSchema extends DBSchema {
  /** Facts about the database; `"id"`: random, so that positions of a deleted one are known as such. */
  meta: { key: string; value: string };
  messages: {
    key: number;
    value: Row;
    indexes: {
      topic: [ns: string, topic: string, position: number];
      id: [ns: string, id: string];
    };
  };
  /** The topics of the stored messages, so that a pattern is matched without reading these. */
  topics: {
    key: [ns: string, topic: string];
    value: { readonly ns: string; readonly topic: string };
  };
  events: {
    key: [ns: string, position: number];
    value: EventRow;
    indexes: { stream: [ns: string, stream: string, version: number] };
  };
  /** The last position that was given in each namespace, also when its event is gone. */
  heads: {
    key: string;
    value: { readonly ns: string; readonly position: number };
  };
  /** What a command appended, so that it is not done twice. */
  commands: {
    key: [ns: string, stream: string, commandId: string];
    value: {
      readonly ns: string;
      readonly stream: string;
      readonly commandId: string;
      readonly version: number;
      readonly position: number;
    };
  };
  /** The highest epoch that was seen of each fence. */
  fences: {
    key: [ns: string, name: string];
    value: { readonly ns: string; readonly name: string; readonly epoch: number };
  };
  /** Events that are committed and not yet published. */
  outbox: {
    key: [ns: string, position: number];
    value: { readonly ns: string; readonly position: number };
  };
  snapshots: {
    key: [ns: string, stream: string, name: string, version: number];
    value: {
      readonly ns: string;
      readonly stream: string;
      readonly name: string;
      readonly version: number;
      readonly state: unknown;
    };
  };
  /** The rows of projections. */
  rows: {
    key: [ns: string, projection: string, version: number, id: string];
    value: {
      readonly ns: string;
      readonly projection: string;
      readonly version: number;
      readonly id: string;
      readonly row: unknown;
    };
  };
  checkpoints: {
    key: [ns: string, projection: string, version: number];
    value: {
      readonly ns: string;
      readonly projection: string;
      readonly version: number;
      readonly position: number;
    };
  };
}

export type LogDatabase = IDBPDatabase<LogSchema>;

const STORES = [
  "meta",
  "messages",
  "topics",
  "events",
  "heads",
  "commands",
  "fences",
  "outbox",
  "snapshots",
  "rows",
  "checkpoints",
] as const;

function createStores(db: LogDatabase): void {
  void db.createObjectStore("meta").put(randomId(), "id");
  // The position in the row, and not beside it: so an index can end with it.
  const messages = db.createObjectStore("messages", { keyPath: "position", autoIncrement: true });
  messages.createIndex("topic", ["ns", "topic", "position"]);
  messages.createIndex("id", ["ns", "id"], { unique: true });
  db.createObjectStore("topics", { keyPath: ["ns", "topic"] });
  // Numbered by hand, as a key of two parts must be: so one namespace is read without the others.
  const events = db.createObjectStore("events", { keyPath: ["ns", "position"] });
  events.createIndex("stream", ["ns", "stream", "version"], { unique: true });
  db.createObjectStore("heads", { keyPath: "ns" });
  db.createObjectStore("commands", { keyPath: ["ns", "stream", "commandId"] });
  db.createObjectStore("fences", { keyPath: ["ns", "name"] });
  db.createObjectStore("outbox", { keyPath: ["ns", "position"] });
  db.createObjectStore("snapshots", { keyPath: ["ns", "stream", "name", "version"] });
  db.createObjectStore("rows", { keyPath: ["ns", "projection", "version", "id"] });
  db.createObjectStore("checkpoints", { keyPath: ["ns", "projection", "version"] });
}

/** Not `randomUUID`, which pages without https lack. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** Everything of one namespace in a store or index whose keys begin with it. */
export function namespaceRange(ns: string): IDBKeyRange {
  return keysBelow(ns);
}

/** All keys that begin so and go on. */
export function keysBelow(...beginning: readonly (string | number)[]): IDBKeyRange {
  // An array is greater than any string or number.
  return IDBKeyRange.bound(beginning, [...beginning, []]);
}

/** A database that is open. */
interface Opened {
  readonly db: LogDatabase;
  /** Tells it from one that had the name before and was deleted. */
  readonly id: string;
}

/** A piece of work with the database, whose random id tells it from one that was deleted. */
export type Work<R> = (db: LogDatabase, id: string) => Promise<R>;

/** The connection to the database: opened when it is needed, and again after it was closed. */
export class Connection {
  readonly #name: string;
  #opening: Promise<Opened> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /**
   * Runs a piece of work, once more on a new connection where the browser had closed the old one.
   *
   * @throws {@link HistoryUnavailableError} when the database cannot be opened
   */
  async use<R>(work: Work<R>): Promise<R> {
    const opening = this.#open();
    try {
      const { db, id } = await opening;
      return await work(db, id);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
      this.#forget(opening);
      const { db, id } = await this.#open();
      return work(db, id);
    }
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
    if (typeof indexedDB === "undefined") {
      throw new HistoryUnavailableError(
        this.#name,
        "this environment has no IndexedDB. Leave the log out here.",
      );
    }
    let db: LogDatabase;
    try {
      db = await openDB<LogSchema>(this.#name, VERSION, {
        upgrade: createStores,
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
    if (STORES.every((store) => db.objectStoreNames.contains(store))) {
      return { db, id: (await db.get("meta", "id")) as string };
    }
    db.close();
    throw new HistoryUnavailableError(
      this.#name,
      "it belongs to something else. Give the log another dbName.",
    );
  }
}
