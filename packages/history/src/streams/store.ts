import type { EventPosition } from "@pubsub-mfe/core";
import { Positions } from "@pubsub-mfe/core/stores";
import type { IDBPTransaction, StoreNames } from "idb";
import { abort, type Connection } from "../connection.js";
import type { LogDatabase, LogSchema } from "../database.js";

/** One namespace of an open database. */
export interface Store {
  readonly db: LogDatabase;
  readonly ns: string;
  readonly positions: Positions<EventPosition>;
}

type Stores = StoreNames<LogSchema>[];

/** Where the streams are: opens the database when it is needed. */
export class StoreAccess {
  readonly #connection: Connection;
  readonly #namespace: () => string;

  /** @param namespace - throws where it is not known */
  constructor(connection: Connection, namespace: () => string) {
    this.#connection = connection;
    this.#namespace = namespace;
  }

  get ns(): string {
    return this.#namespace();
  }

  use<R>(work: (store: Store) => Promise<R>): Promise<R> {
    const ns = this.#namespace();
    return this.#connection.use((db, id) =>
      work({ db, ns, positions: new Positions(`${id}/${ns}`) }),
    );
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

/**
 * Runs a piece of work in a transaction of its own. When this settles it was committed; what throws
 * has changed nothing.
 */
export async function write<Names extends Stores, R>(
  db: LogDatabase,
  names: Names,
  work: (tx: IDBPTransaction<LogSchema, Names, "readwrite">) => R | Promise<R>,
): Promise<R> {
  const tx = db.transaction(names, "readwrite", { durability: "relaxed" });
  const done = tx.done;
  // At once: a transaction can fail before anybody waits for it.
  done.catch(() => {});
  let result: R;
  try {
    result = await work(tx);
    tx.commit();
  } catch (error) {
    abort(tx);
    throw error;
  }
  await done;
  return result;
}
