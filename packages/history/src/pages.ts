import type { Row } from "./database.js";

/** How many rows are read with one request, at most. */
export const LARGEST_PAGE = 256;

/** What is used of a store or an index of rows. */
export interface RowSource {
  getAll(range: IDBKeyRange, count: number): Promise<Row[]>;
  openKeyCursor(range: IDBKeyRange, direction: "prev"): Promise<KeyCursor | null>;
  /** Not in WebKit, nor in Chromium before 141. */
  getAllRecords?(options: {
    readonly query: IDBKeyRange;
    readonly count: number;
    readonly direction: "prev";
  }): Promise<{ readonly value: Row }[]>;
}

interface KeyCursor {
  readonly key: IDBValidKey;
  advance(count: number): Promise<KeyCursor | null>;
}

/** Reads the first rows of a range, or the last ones, the last first. */
export async function readPage(
  source: RowSource,
  range: IDBKeyRange,
  newestFirst: boolean,
  count: number,
): Promise<Row[]> {
  if (!newestFirst) return source.getAll(range, count);
  if (source.getAllRecords) {
    const records = await source.getAllRecords({ query: range, count, direction: "prev" });
    return records.map(({ value }) => value);
  }
  // Three requests, however many rows: a cursor over the rows would take one for each.
  const last = await source.openKeyCursor(range, "prev");
  if (!last) return [];
  const first = count === 1 ? last : await last.advance(count - 1);
  const window = first ? IDBKeyRange.bound(first.key, range.upper, false, range.upperOpen) : range;
  return (await source.getAll(window, count)).reverse();
}
