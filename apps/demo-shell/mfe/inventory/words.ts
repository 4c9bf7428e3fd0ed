import type { CircuitMetrics, CircuitState } from "@pubsub-mfe/patterns/circuit-breaker";
import { LOW_STOCK, type StockLevel } from "../../src/contract.js";

/** The state of a circuit, in glyph and word. */
export const CIRCUIT_WORDS: Readonly<Record<CircuitState, string>> = {
  CLOSED: "✓ closed",
  OPEN: "✕ open",
  HALF_OPEN: "◐ half-open",
  ISOLATED: "⊘ held open",
};

export function isLow({ left }: StockLevel): boolean {
  return left !== undefined && left < LOW_STOCK;
}

export function tellAmount(level: StockLevel): string {
  if (level.left === undefined) return "unknown";
  return isLow(level) ? `▲ ${level.left} left` : `${level.left} left`;
}

/** Says how the inventory knows a level. */
export function tellSource({ asOf, isFresh }: StockLevel, isAsking: boolean): string {
  if (asOf === undefined) return isAsking ? "Asking the supplier…" : "The supplier never told.";
  const time = new Date(asOf).toLocaleTimeString("en-GB");
  return isFresh ? `Fresh from the supplier, ${time}` : `Remembered since ${time}`;
}

/** Whether a level may be wrong by now; one that is being asked for the first time is not yet. */
export function isUncertain({ asOf, isFresh }: StockLevel, isAsking: boolean): boolean {
  return !isFresh && (asOf !== undefined || !isAsking);
}

/** @param nowMs - in milliseconds since the epoch */
export function tellCircuit(circuit: CircuitMetrics, nowMs: number): string {
  const { state, retryAt = nowMs, lastFailure, window } = circuit;
  switch (state) {
    case "OPEN": {
      const why = lastFailure instanceof Error ? `${lastFailure.message} ` : "";
      return `${why}Next try in ${Math.max(0, Math.ceil((retryAt - nowMs) / 1_000))}\u00a0s.`;
    }
    case "HALF_OPEN":
      return "One call is trying whether it is back.";
    case "ISOLATED":
      return "Until somebody closes it.";
    case "CLOSED": {
      const { calls, failureRate } = window ?? { calls: 0, failureRate: 0 };
      if (calls === 0) return "No call yet.";
      return `${Math.round(calls * failureRate)} of the last ${calls} calls failed.`;
    }
  }
}
