import type { PubSubBus } from "@pubsub-mfe/core";
import { CircuitBreaker } from "@pubsub-mfe/patterns/circuit-breaker";
import { tabSettings } from "../../src/settings.js";

/** Each tab has a breaker of its own, and so a memory of its own. */
const KEY = "inventory.breaker";

/** How long it stays open at first, in milliseconds, unless the page's address says otherwise. */
const OPEN_MS = "10000";

/** The circuit breaker of the supplier, as it was before a reload. */
export function createSupplierBreaker(bus: PubSubBus): CircuitBreaker {
  const openMs = new URLSearchParams(location.search).get("breaker-open-ms") ?? OPEN_MS;
  const breaker = new CircuitBreaker("supplier", {
    bus,
    threshold: 3,
    window: { calls: 10, minimumCalls: 5 },
    timeout: Number(openMs),
    growth: 2,
    maxTimeout: 6 * Number(openMs),
    probeTimeout: 5_000,
  });
  try {
    breaker.restore(JSON.parse(tabSettings.get(KEY) ?? "null"));
  } catch {
    // What cannot be read is not worth stopping for: it begins closed.
    tabSettings.remove(KEY);
  }
  return breaker;
}

/** Keeps what a reload must not forget. */
export function saveBreaker(breaker: CircuitBreaker): void {
  tabSettings.set(KEY, JSON.stringify(breaker));
}
