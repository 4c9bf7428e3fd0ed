import { type DBSchema, openDB } from "idb";

/** What the bank knows of a key. */
export interface BankEntry {
  readonly key: string;
  readonly cents: number;
  /** `void`: given back before it was ever charged, so that it never is. */
  readonly state: "asked" | "charged" | "refunded" | "declined" | "void";
  /** How often it was asked to charge. */
  readonly requests: number;
  /** How often money was taken: never more than once. */
  readonly charges: number;
  /** When it was first heard of, in milliseconds since the epoch. */
  readonly since: number;
}

interface BankSchema extends DBSchema {
  entries: { key: string; value: BankEntry };
}

const NAME = "switchyard-bank";

/** The books of the bank: in a database of their own, which no fault of the shop touches. */
export class BankBooks {
  /** Changes the entry of a key, one tab at a time, and gives what it has become. */
  change(key: string, change: (entry: BankEntry) => BankEntry): Promise<BankEntry> {
    return navigator.locks.request(NAME, () =>
      withBooks(async (db) => {
        const tx = db.transaction("entries", "readwrite");
        const first = { key, cents: 0, state: "asked", requests: 0, charges: 0, since: Date.now() };
        const entry = change((await tx.store.get(key)) ?? (first as BankEntry));
        await tx.store.put(entry);
        await tx.done;
        return entry;
      }),
    );
  }

  /** All entries, the newest first. */
  async list(): Promise<BankEntry[]> {
    const entries = await withBooks((db) => db.getAll("entries"));
    return entries.sort((a, b) => b.since - a.since);
  }
}

type Books = Awaited<ReturnType<typeof openBooks>>;

function openBooks() {
  return openDB<BankSchema>(NAME, 1, {
    upgrade(db) {
      db.createObjectStore("entries", { keyPath: "key" });
    },
  });
}

/** It is asked so rarely that nothing has to stay open. */
async function withBooks<T>(work: (db: Books) => Promise<T>): Promise<T> {
  const db = await openBooks();
  try {
    return await work(db);
  } finally {
    db.close();
  }
}
