import type { NewRow } from "./database.js";

/** Whether a record is a message, whoever has written it. */
export function isMessageRow(record: unknown): record is NewRow {
  if (typeof record !== "object" || record === null) return false;
  const { ns, id, topic, ts, schemaVersion, meta } = record as Record<keyof NewRow, unknown>;
  return (
    typeof ns === "string" &&
    isName(id) &&
    isName(topic) &&
    Number.isFinite(ts) &&
    (schemaVersion === undefined || typeof schemaVersion === "string") &&
    (meta === undefined || (typeof meta === "object" && meta !== null && !Array.isArray(meta)))
  );
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
