import type { StoredEvent } from "@pubsub-mfe/core";
import { unwrap } from "idb";
import type { EventRow } from "../database.js";
import { namespaceRange } from "../database.js";
import { type Store, type StoreAccess, write } from "./store.js";
import { toStoredEvent } from "./stored-event.js";

/** How many are handed out at once. */
const BATCH = 64;

/** Some of what waits in the outbox, the oldest. */
interface Batch {
  /** Also of events that cannot be read. */
  readonly keys: [ns: string, position: number][];
  readonly events: readonly StoredEvent[];
  readonly storeId: string;
}

/** {@link EventStreams.pending} */
export async function drainOutbox(
  access: StoreAccess,
  callback: (events: readonly StoredEvent[]) => unknown,
): Promise<void> {
  for (;;) {
    const batch = await access.use(readBatch);
    if (batch.keys.length === 0) return;
    if (batch.events.length > 0) await callback(batch.events);
    await access.use((store) => takeOut(store, batch));
  }
}

async function readBatch({ db, ns, positions }: Store): Promise<Batch> {
  const tx = db.transaction(["outbox", "events"]);
  const keys = await tx.objectStore("outbox").getAllKeys(namespaceRange(ns), BATCH);
  const rows = await Promise.all(keys.map((key) => tx.objectStore("events").get(key)));
  const events = rows
    .filter((row): row is EventRow => row !== undefined)
    .map((row) => toStoredEvent(row, positions));
  return { keys, events, storeId: positions.storeId };
}

async function takeOut({ db, positions }: Store, { keys, storeId }: Batch): Promise<void> {
  // The same numbers are other events in a store that came after a deletion.
  if (positions.storeId !== storeId) return;
  await write(db, ["outbox"], (tx) => {
    const outbox = unwrap(tx.objectStore("outbox"));
    for (const key of keys) outbox.delete(key);
  });
}
