import type { StoredEvent, StreamQuery } from "@pubsub-mfe/core";
import { checkBound, checkCount, checkName } from "@pubsub-mfe/core/stores";
import { keysBelow } from "../database.js";
import { pageSizes } from "./page-sizes.js";
import type { Store, StoreAccess } from "./store.js";
import { toStoredEvent } from "./stored-event.js";

/** Versions that are left to read, of a stream as it was at the first step. */
interface Left {
  from: number;
  to: number;
  /** The position of its last event: what comes after it has begun anew. */
  readonly end: number;
  readonly store: Store["positions"];
}

/** {@link EventStreams.read} */
export async function* readStream(
  access: StoreAccess,
  stream: string,
  query: StreamQuery,
): AsyncGenerator<StoredEvent> {
  const { fromVersion, toVersion, direction, limit = Number.POSITIVE_INFINITY } = query;
  const { untilTime = Number.POSITIVE_INFINITY } = query;
  checkName("The name of a stream", stream);
  checkBound("fromVersion", fromVersion);
  checkBound("toVersion", toVersion);
  checkBound("untilTime", untilTime);
  checkCount("limit", limit);

  const backward = direction === "backward";
  const sizes = pageSizes();
  let given = 0;
  let left: Left | undefined;
  while (given < limit) {
    const size = sizes.next().value;
    const page = await access.use(async (store) => {
      const index = store.db.transaction("events").store.index("stream");
      const ns = store.ns;
      if (left === undefined) {
        const last = await index.openKeyCursor(keysBelow(ns, stream), "prev");
        if (last === null) return undefined;
        left = {
          from: Math.max(1, Math.ceil(fromVersion ?? 1)),
          to: Math.min(last.key[2], Math.floor(toVersion ?? last.key[2])),
          end: last.primaryKey[1],
          store: store.positions,
        };
      }
      // Another store has positions of its own.
      store.positions.numberOf(left.store.of(left.end));
      if (left.from > left.to) return undefined;
      // The versions of a stream have no gaps, so that their number is known, in both directions.
      const count = Math.min(size, limit - given);
      const from = backward ? Math.max(left.from, left.to - count + 1) : left.from;
      const to = backward ? left.to : Math.min(left.to, left.from + count - 1);
      const range = IDBKeyRange.bound([ns, stream, from], [ns, stream, to]);
      const rows = await index.getAll(range);
      return { rows, from, to, positions: store.positions };
    });
    if (page === undefined || left === undefined) return;
    const { end } = left;
    const rows = page.rows.filter(({ position }) => position <= end);
    if (rows.length === 0) return; // deleted meanwhile
    if (backward) rows.reverse();
    for (const row of rows) {
      if (row.time <= untilTime) {
        given += 1;
        yield toStoredEvent(row, page.positions);
      } else if (!backward) return; // time never decreases along a stream
    }
    if (backward) left.to = page.from - 1;
    else left.from = page.to + 1;
  }
}
