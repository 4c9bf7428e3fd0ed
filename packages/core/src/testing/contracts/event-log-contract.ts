import { describe } from "vitest";
import { readingContract } from "./event-log/reading.js";
import { storingContract } from "./event-log/storing.js";
import { subscribingContract } from "./event-log/subscribing.js";
import type { OpenLogWorld } from "./event-log/world.js";

/**
 * What any {@link EventLog} must do.
 *
 * @param openWorld - makes a log of its own for each call, and clears it away after the test
 */
export function eventLogContract(name: string, openWorld: OpenLogWorld): void {
  describe(name, () => {
    storingContract(openWorld);
    readingContract(openWorld);
    subscribingContract(openWorld);
  });
}
