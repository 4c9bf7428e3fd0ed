import { isBusError } from "@pubsub-mfe/core";
import { show } from "@pubsub-mfe/core/stores";
import { sameParams } from "../../shared/same-params.js";
import { type Begun, FORMAT } from "../entries.js";
import { copy } from "./copy.js";
import type { SagaDefinition } from "./define-saga.js";
import type { Host } from "./host.js";
import { append, load, streamOf } from "./journal.js";

/**
 * Stores the beginning of a saga, unless there is one with this id. The input is taken as it is when
 * this is called.
 *
 * @returns whether there was one, which counts
 */
export async function beginOrJoin(
  { name, version, steps }: SagaDefinition,
  id: string,
  input: unknown,
  { streams, lockable, warn }: Host,
): Promise<boolean> {
  const begun: Begun = {
    type: "begun",
    format: FORMAT,
    name,
    id,
    version,
    steps: steps.map((step) => step.name),
    pivot: steps.findIndex(({ pivot }) => pivot),
    input: copy(input, "The input", name),
  };
  await lockable();
  try {
    await append(streams, streamOf(name, id), begun, 0);
    return false;
  } catch (error) {
    if (!isBusError(error, "CONCURRENCY")) throw error;
  }
  const state = await load(streams, streamOf(name, id));
  if (state && !sameParams(state.input, begun.input)) {
    warn(
      "SAGA_INPUT_DIFFERS",
      `The saga "${name}" with the id ${show(id)} was started before with another input, which counts. Is the id of something else?`,
      { name, id },
    );
  }
  return true;
}
