import type { Unsubscribe } from "@pubsub-mfe/core";
import { onAbort } from "../shared/on-abort.js";
import { onBusEnd } from "../shared/on-bus-end.js";
import type { PatternBus } from "../shared/pattern-bus.js";

/** What asks and answers end with. */
export interface Lives {
  readonly bus: PatternBus;
  /** That of the Aggregator. */
  readonly life: AbortSignal;
}

/**
 * Calls a function once, with the reason, when the bus or scope, or the Aggregator, ends, or when the
 * bus is cleared. Of its end a bus tells while it still carries what is published then.
 *
 * @returns leaves no listener behind
 */
export function onEnd({ bus, life }: Lives, fn: (reason: unknown) => void): Unsubscribe {
  const ends: Unsubscribe[] = [];
  const unlisten = (): void => {
    for (const end of ends.splice(0)) end();
  };
  const tell = (reason: unknown): void => {
    if (ends.length === 0) return;
    unlisten();
    fn(reason);
  };
  // The signal of the bus as well: who begins while it ends is told of nothing else.
  ends.push(onAbort([life, bus.signal], tell), onBusEnd(bus, tell));
  return unlisten;
}
