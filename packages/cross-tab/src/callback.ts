import { reportUncaught } from "@pubsub-mfe/core";

/** What stands before what is written to the console. */
export const PREFIX = "[@pubsub-mfe/cross-tab]";

/** Runs what the application gave; what it throws is the platform's to tell. */
export function callback(fn: () => void): void {
  try {
    fn();
  } catch (thrown) {
    reportUncaught(thrown, PREFIX);
  }
}
