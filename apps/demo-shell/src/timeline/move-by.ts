/**
 * Where a key leads to from a row.
 *
 * @param page - how many rows are in sight
 * @returns the index of a row; `undefined` for other keys, and where there is no row
 */
export function moveBy(key: string, from: number, count: number, page: number): number | undefined {
  const targets: Readonly<Record<string, number>> = {
    ArrowUp: from - 1,
    ArrowDown: from + 1,
    PageUp: from - page,
    PageDown: from + page,
    Home: 0,
    End: count - 1,
  };
  const to = targets[key];
  if (to === undefined || count === 0) return undefined;
  return Math.min(Math.max(0, to), count - 1);
}
