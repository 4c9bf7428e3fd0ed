import type { Untyped } from "@pubsub-mfe/core";

/** Why a source gave no value. */
export type SourceFailure =
  /** It threw, or the bus refused to carry the ask. */
  | {
      readonly status: "error";
      readonly error: unknown;
      /** Where its fallback threw the error: what that was to stand in for. */
      readonly reason?: SourceFailure;
    }
  /** No answer came in time. */
  | { readonly status: "timeout" }
  /** Nobody on the page listened to it when it was asked. */
  | { readonly status: "no-responder" };

/** What came of one source. */
export type SourceOutcome<T = Untyped> =
  | { readonly status: "value"; readonly value: T }
  /** The fallback of the source stands in, for the reason given. */
  | { readonly status: "fallback"; readonly value: T; readonly reason: SourceFailure }
  | SourceFailure;

/** Tells whether a source has a value, its own or its fallback. */
export function hasValue<T>(
  outcome: SourceOutcome<T>,
): outcome is Exclude<SourceOutcome<T>, SourceFailure> {
  return "value" in outcome;
}
