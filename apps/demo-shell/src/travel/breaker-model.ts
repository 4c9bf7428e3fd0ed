import type { Message } from "@pubsub-mfe/core";
import type { CircuitState } from "@pubsub-mfe/patterns/circuit-breaker";
import { circuitStateOf } from "../patterns/breaker-book.js";
import { circuitWord } from "../patterns/circuit-words.js";
import type { Model } from "./model.js";

/** The state of each breaker, by its name: as the last tab told, for the log does not say which one it was. */
export const breakerModel: Model<ReadonlyMap<string, CircuitState>, Message> = {
  title: "Circuit breakers",
  whenEmpty:
    "No breaker had told of a change until then: they are closed. Break the supplier under Faults, and one opens.",
  empty: new Map(),
  fold: (breakers, { topic, payload }) => {
    const state = circuitStateOf(topic);
    if (!state || breakers.get(payload.name) === state) return breakers;
    return new Map(breakers).set(payload.name, state);
  },
  facts: (breakers) => new Map([...breakers].map(([name, state]) => [name, circuitWord(state)])),
};
