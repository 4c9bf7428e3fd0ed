import type { EventPosition, StoredEvent, StreamQuery } from "@pubsub-mfe/core";
import { checkStreamQuery } from "@pubsub-mfe/core/stores";
import { keysBelow } from "../database.js";
import { pageSizes } from "./page-sizes.js";
import type { StoreAccess } from "./store.js";
import { toStoredEvent } from "./stored-event.js";

/** {@link EventStreams.read} */
export async function* readStream(
  access: StoreAccess,
  stream: string,
  query: StreamQuery,
): AsyncGenerator<StoredEvent> {
  checkStreamQuery(stream, query);
  const { fromVersion = 1, toVersion = Number.POSITIVE_INFINITY, direction } = query;
  const { untilTime = Number.POSITIVE_INFINITY, limit = Number.POSITIVE_INFINITY } = query;

  const backward = direction === "backward";
  const sizes = pageSizes();
  let from = Math.max(1, Math.ceil(fromVersion));
  let to = Math.floor(toVersion);
  /** Where the stream ended at the first step: what comes after it has begun anew, or was appended. */
  let end: EventPosition | undefined;
  let given = 0;
  while (given < limit && from <= to) {
    const count = Math.min(sizes.next().value, limit - given);
    const page = await access.use(async ({ db, ns, positions }) => {
      const index = db.transaction("events").store.index("stream");
      // Refuses also what was read of a store that is no longer there.
      const bound = end === undefined ? Number.POSITIVE_INFINITY : positions.numberOf(end);
      const findEnd = async (): Promise<void> => {
        const last = await index.openKeyCursor(keysBelow(ns, stream), "prev");
        end = positions.of(last?.primaryKey[1] ?? 0);
        to = Math.min(to, last?.key[2] ?? 0);
      };
      if (backward && end === undefined) await findEnd();
      // The versions of a stream have no gaps: so their number is known from the other end too.
      const lowest = backward ? Math.max(from, to - count + 1) : from;
      if (lowest > to) return { rows: [], lowest, positions };
      const range = IDBKeyRange.bound([ns, stream, lowest], [ns, stream, to]);
      const rows = await index.getAll(range, count);
      // A page that is not full is the last, and of no other is the end asked for.
      if (end === undefined && rows.length === count) await findEnd();
      return { rows: rows.filter(({ position }) => position <= bound), lowest, positions };
    });
    if (backward) page.rows.reverse();
    for (const row of page.rows) {
      if (row.time <= untilTime) {
        given += 1;
        yield toStoredEvent(row, page.positions);
      } else if (!backward) return; // time never decreases along a stream
    }
    if (page.rows.length < count) return; // the end, or deleted meanwhile
    if (backward) to = page.lowest - 1;
    else from += count;
  }
}
