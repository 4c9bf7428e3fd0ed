import type { Snapshot, SnapshotQuery } from "@pubsub-mfe/core";
import { unwrap } from "idb";
import { refuseUncloneable } from "./refuse-uncloneable.js";
import { type Store, write } from "./store.js";

/** Keeps a snapshot, if the stream has an event of its version. */
export function keepSnapshot(
  { db, ns }: Store,
  stream: string,
  { name, version, state }: Snapshot,
): Promise<void> {
  return write(db, ["events", "snapshots"], async (tx) => {
    const key = await tx.objectStore("events").index("stream").getKey([ns, stream, version]);
    if (key === undefined) return;
    const snapshots = unwrap(tx.objectStore("snapshots"));
    refuseUncloneable(`The snapshot ${JSON.stringify(name)}`, { state }, () =>
      snapshots.put({ ns, stream, name, version, state }),
    );
  });
}

/** Reads the newest snapshot that is wanted. */
export async function readSnapshot(
  { db, ns }: Store,
  stream: string,
  { name, maxVersion }: SnapshotQuery,
): Promise<Snapshot | undefined> {
  const key = [ns, stream, name];
  const range = IDBKeyRange.bound(key, [...key, maxVersion ?? []]);
  const cursor = await db.transaction("snapshots").store.openCursor(range, "prev");
  return cursor ? { name, version: cursor.value.version, state: cursor.value.state } : undefined;
}
