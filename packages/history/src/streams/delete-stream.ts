import { unwrap } from "idb";
import { keysBelow } from "../database.js";
import { type Store, write } from "./store.js";

/** Deletes a stream, and what is deleted with it. */
export function deleteStream({ db, ns }: Store, stream: string): Promise<void> {
  return write(db, ["events", "outbox", "commands", "snapshots"], async (tx) => {
    const all = keysBelow(ns, stream);
    const keys = await tx.objectStore("events").index("stream").getAllKeys(all);
    const [events, outbox] = [unwrap(tx.objectStore("events")), unwrap(tx.objectStore("outbox"))];
    for (const key of keys) {
      events.delete(key);
      outbox.delete(key);
    }
    unwrap(tx.objectStore("commands")).delete(all);
    unwrap(tx.objectStore("snapshots")).delete(all);
  });
}
