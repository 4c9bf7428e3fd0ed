import type { ProjectionId, ProjectionRow, ProjectionRows, RowRange } from "@pubsub-mfe/core";
import { checkBound, checkCount, checkName } from "@pubsub-mfe/core/stores";
import { keysBelow, type LogSchema } from "../database.js";
import type { StoreAccess } from "./store.js";

export function checkProjection({ name, version }: ProjectionId): void {
  checkName("The name of a projection", name);
  checkBound("The version of a projection", version);
}

/** Rows read outside of a transaction: each call in one of its own. */
export function rowsOf(access: StoreAccess, projection: ProjectionId): ProjectionRows {
  const { name, version } = projection;
  return {
    checkpoint: () =>
      access.use(async ({ db, ns, positions }) => {
        const found = await db.get("checkpoints", [ns, name, version]);
        return found && positions.of(found.position);
      }),
    get: async <Row>(id: string) => {
      checkName("The id of a row", id);
      return await access.use(async ({ db, ns }) => {
        const found = await db.get("rows", [ns, name, version, id]);
        return found?.row as Row | undefined;
      });
    },
    list: async <Row>(range: RowRange = {}) => {
      const asked = rowKeys(access.ns, projection, range);
      if (asked === undefined) return [];
      return await access.use(async ({ db }) => {
        const found = await db.getAll("rows", asked.keys, asked.count);
        return found.map(toProjectionRow) as ProjectionRow<Row>[];
      });
    },
  };
}

/** What to ask for; `undefined` for nothing. */
export function rowKeys(
  ns: string,
  { name, version }: ProjectionId,
  { from = "", to, limit }: RowRange,
): { keys: IDBKeyRange; count: number | undefined } | undefined {
  checkCount("limit", limit);
  // A range that ends before it begins is an error for the database, and a count of 0 is no limit.
  if (limit === 0 || (to !== undefined && to <= from)) return undefined;
  const key = [ns, name, version];
  return {
    keys: IDBKeyRange.bound([...key, from], [...key, to ?? []], false, true),
    count: limit === undefined || limit >= 2 ** 32 ? undefined : limit,
  };
}

export function allRowKeys(ns: string, { name, version }: ProjectionId): IDBKeyRange {
  return keysBelow(ns, name, version);
}

export function toProjectionRow({ id, row }: LogSchema["rows"]["value"]): ProjectionRow {
  return { id, row };
}
