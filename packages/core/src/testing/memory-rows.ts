import type { EventPosition, ProjectionRow, RowRange } from "../links/event-streams.js";
import { checkCount } from "../links/store-arguments.js";

/** The rows of one projection. What is in it is never changed, only replaced. */
export class MemoryRows {
  checkpoint: EventPosition | undefined;
  rows: Map<string, unknown>;

  constructor(other?: MemoryRows) {
    this.checkpoint = other?.checkpoint;
    this.rows = new Map(other?.rows);
  }

  get(id: string): unknown {
    return structuredClone(this.rows.get(id));
  }

  list({ from = "", to, limit }: RowRange): ProjectionRow[] {
    checkCount("limit", limit);
    return (
      [...this.rows.keys()]
        .filter((id) => id >= from && (to === undefined || id < to))
        // By code units, as a database compares them.
        .sort()
        .slice(0, limit)
        .map((id) => ({ id, row: this.get(id) }))
    );
  }
}
