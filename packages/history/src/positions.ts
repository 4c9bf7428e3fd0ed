import type { LogPosition } from "@pubsub-mfe/core";
import { Positions } from "@pubsub-mfe/core/stores";

/** The positions of the messages of a database; those of its events are of another kind. */
export function positionsOf(databaseId: string): Positions<LogPosition> {
  return new Positions(`${databaseId}.m`);
}
