import { isBusError, type PublishOptions, reportUncaught } from "@pubsub-mfe/core";
import type { PatternBus } from "./pattern-bus.js";

/**
 * Publishes what a pattern has to say, and never throws into the work that it says it of: on a
 * disposed bus nobody is left who listens, and what else the bus refuses is reported to the platform.
 */
export function tell(
  bus: Pick<PatternBus, "publish">,
  topic: string,
  payload: unknown,
  options?: PublishOptions,
): void {
  try {
    bus.publish(topic, payload, options);
  } catch (error) {
    if (!isBusError(error, "BUS_DISPOSED")) reportUncaught(error, "[@pubsub-mfe/patterns]");
  }
}
