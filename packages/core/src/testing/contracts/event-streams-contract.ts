import { describe } from "vitest";
import { appendingContract } from "./event-streams/appending.js";
import { deletingContract } from "./event-streams/deleting.js";
import { outboxContract } from "./event-streams/outbox.js";
import { projectionsContract } from "./event-streams/projections.js";
import { readingContract } from "./event-streams/reading.js";
import { rightsContract } from "./event-streams/rights.js";
import { snapshotsContract } from "./event-streams/snapshots.js";
import type { OpenStreamsWorld } from "./event-streams/world.js";

/**
 * What any {@link EventStreams} must do.
 *
 * @param openWorld - makes a store of its own for each call, and clears it away after the test
 */
export function eventStreamsContract(name: string, openWorld: OpenStreamsWorld): void {
  describe(name, () => {
    appendingContract(openWorld);
    rightsContract(openWorld);
    readingContract(openWorld);
    outboxContract(openWorld);
    snapshotsContract(openWorld);
    projectionsContract(openWorld);
    deletingContract(openWorld);
  });
}
