import { callIsolated, type OnFailure } from "../delivery/isolation.js";
import { toError } from "../delivery/to-error.js";
import type { Subscription } from "../topics/subscription.js";
import type { Message } from "../types.js";
import { DEV_TOOLS, INSPECT, type Inspectable, type Step } from "./inspect-protocol.js";
import { reportUncaught } from "./report-uncaught.js";

/** Tells what a bus does to those who watch it from outside. Without a watcher nothing is done. */
export class Probe {
  readonly watchers: Set<(step: Step) => void> = new Set();

  get isWatched(): boolean {
    return this.watchers.size > 0;
  }

  tell(step: Step): void {
    for (const watcher of this.watchers) {
      try {
        watcher(step);
      } catch (thrown) {
        // Whoever watches must not change what is watched.
        this.watchers.delete(watcher);
        reportUncaught(toError(thrown), "[@pubsub-mfe/core]");
      }
    }
  }

  /** Calls a handler as {@link callIsolated} does, and tells of it where somebody watches. */
  call(subscription: Subscription, message: Message, nth: number, onFailure: OnFailure): void {
    if (!this.isWatched) {
      void callIsolated(subscription.handler, message, nth, onFailure);
      return;
    }
    let failed = false;
    this.tell({ type: "calling", message, subscription });
    const promise = callIsolated(subscription.handler, message, nth, (...failure) => {
      failed = true;
      onFailure(...failure);
    });
    this.tell({ type: "called", message, subscription, failed, promise });
  }
}

/**
 * Lets a bus be inspected.
 *
 * @param listed - whether it is found without being handed over
 * @returns takes it off the list
 */
export function makeInspectable(
  bus: object,
  inspectable: Inspectable,
  listed: boolean,
): () => void {
  Object.defineProperty(bus, INSPECT, { value: inspectable });
  if (!listed) return () => {};
  const page = globalThis as { [DEV_TOOLS]?: Set<Inspectable> };
  page[DEV_TOOLS] ??= new Set();
  const list = page[DEV_TOOLS];
  // Something else may lie there.
  if (typeof list.add !== "function") return () => {};
  list.add(inspectable);
  return () => list.delete(inspectable);
}
