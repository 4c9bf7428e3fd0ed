import type { Unsubscribe } from "@pubsub-mfe/core";
import { clearingOf, onEnding } from "@pubsub-mfe/core/stores";
import { onAbort } from "./on-abort.js";
import type { PatternBus } from "./pattern-bus.js";

/**
 * Calls a function when a bus or scope begins to end, while it still carries what is published, and
 * when `clear()` has ended what was subscribed to it.
 *
 * @returns leaves no listener behind
 */
export function onBusEnd(bus: PatternBus, fn: (reason: unknown) => void): Unsubscribe {
  const ends = [onEnding(bus, fn), onAbort(clearingOf(bus), fn)];
  return () => {
    for (const end of ends) end();
  };
}
