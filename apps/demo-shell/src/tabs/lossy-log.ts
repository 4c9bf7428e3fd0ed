import type { EventLog } from "@pubsub-mfe/core";
import type { Losses } from "./losses.js";

/** Gives a log to repair from that does not have what was lost for good. */
export function createLossyLog(log: EventLog, losses: Losses): EventLog {
  return {
    async *read(pattern, query) {
      for await (const entry of log.read(pattern, query)) {
        if (!losses.isGone(entry.message.id)) yield entry as never;
      }
    },
    subscribe: (pattern, handler, options) => log.subscribe(pattern, handler, options),
    head: () => log.head(),
  };
}
