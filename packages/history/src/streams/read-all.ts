import type { AllStreamsQuery, StoredEvent } from "@pubsub-mfe/core";
import { checkCount, checkOptions, compilePattern } from "@pubsub-mfe/core/stores";
import { pageSizes } from "./page-sizes.js";
import type { StoreAccess } from "./store.js";
import { toStoredEvent } from "./stored-event.js";

/** {@link EventStreams.readAll} */
export async function* readAll(
  access: StoreAccess,
  query: AllStreamsQuery,
): AsyncGenerator<StoredEvent> {
  checkOptions(query);
  const { types = "#", limit = Number.POSITIVE_INFINITY } = query;
  const matches = compilePattern(types);
  checkCount("limit", limit);

  const sizes = pageSizes();
  let { after } = query;
  let end: number | undefined;
  let given = 0;
  while (given < limit) {
    const size = sizes.next().value;
    const page = await access.use(async ({ db, ns, positions }) => {
      const tx = db.transaction(["events", "heads"]);
      // Refuses also what was read of a store that is no longer there.
      const from = after === undefined ? 0 : positions.numberOf(after);
      end ??= (await tx.objectStore("heads").get(ns))?.position ?? 0;
      if (from >= end) return { rows: [], positions, isLast: true };
      const range = IDBKeyRange.bound([ns, from], [ns, end], true);
      const rows = await tx.objectStore("events").getAll(range, size);
      return { rows, positions, isLast: rows.length < size };
    });
    for (const row of page.rows) {
      if (!matches(row.type)) continue;
      given += 1;
      yield toStoredEvent(row, page.positions);
      if (given === limit) return;
    }
    const last = page.rows.at(-1);
    if (page.isLast || last === undefined) return;
    after = page.positions.of(last.position);
  }
}
