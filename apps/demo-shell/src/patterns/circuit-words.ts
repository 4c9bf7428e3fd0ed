import type { CircuitState } from "@pubsub-mfe/patterns/circuit-breaker";
import { create } from "../dom.js";

const WORDS: Readonly<Record<CircuitState, string>> = {
  CLOSED: "✓ closed",
  OPEN: "✕ open",
  HALF_OPEN: "◐ half-open",
  ISOLATED: "⊘ held open",
};

const CLASSES: Readonly<Record<CircuitState, string>> = {
  CLOSED: "ok",
  OPEN: "failing",
  HALF_OPEN: "uneasy",
  ISOLATED: "uneasy",
};

export function circuitWord(state: CircuitState): string {
  return WORDS[state];
}

export function circuitChip(state: CircuitState): HTMLElement {
  return create("span", { className: `chip ${CLASSES[state]}`, textContent: WORDS[state] });
}
