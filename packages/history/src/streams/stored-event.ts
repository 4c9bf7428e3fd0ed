import type { StoredEvent } from "@pubsub-mfe/core";
import type { EventRow } from "../database.js";
import type { Store } from "./store.js";

export function toStoredEvent(
  { ns: _, position, ...event }: EventRow,
  positions: Store["positions"],
): StoredEvent {
  return { ...event, position: positions.of(position) };
}
