import type { Failure } from "../shared/failure.js";

/** How a saga, or its attempt to undo itself, came to an end. */
export type SagaEnd = "completed" | "failed" | "stuck";

/** What is written when a saga begins. */
export interface Begun {
  readonly type: "begun";
  /** The version of this format. A reader leaves alone what has a higher one. */
  readonly format: number;
  readonly name: string;
  readonly id: string;
  readonly version: number;
  /** The names of its steps. */
  readonly steps: readonly string[];
  /** The index of the step after which there is no way back; -1 for none. */
  readonly pivot: number;
  readonly input: unknown;
}

/**
 * What happens to a saga, in the order in which it does. Steps are told by their index, from 0 on. A
 * durable saga's are the payloads of its journal, with the type `saga.journal.<type>`.
 */
export type Entry =
  | Begun
  | { readonly type: "step.started"; readonly step: number }
  | { readonly type: "step.done"; readonly step: number; readonly result: unknown }
  | {
      /** A step failed, or, without a step, the saga was given up between two. */
      readonly type: "step.failed";
      readonly step?: number;
      readonly failure: Failure;
      /** What becomes of the saga. */
      readonly next: "retry" | "compensate" | "stuck";
      /** Whether the step itself is to be compensated as well: it may have happened. */
      readonly undo: boolean;
    }
  | { readonly type: "cancel.requested" }
  | { readonly type: "compensation.started"; readonly step: number }
  | { readonly type: "compensation.done"; readonly step: number }
  | {
      readonly type: "compensation.failed";
      readonly step: number;
      readonly failure: Failure;
      /** Whether it is not tried again. */
      readonly final: boolean;
    }
  | { readonly type: "ended"; readonly status: SagaEnd }
  | { readonly type: "retry.requested" };

/** The version of the format of entries. */
export const FORMAT = 1;
