import { type Clock, systemClock } from "../clock.js";
import { INSPECT, type Inspectable } from "../diagnostics/inspect-protocol.js";

/** The time of a bus, or a scope of it: of a bus of a test that which the test turns. */
export function clockOf(bus: object | undefined): Clock {
  return (bus as { readonly [INSPECT]?: Inspectable } | undefined)?.[INSPECT]?.clock ?? systemClock;
}
