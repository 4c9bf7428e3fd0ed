export {
  Aggregator,
  type AggregatorOptions,
  type Collected,
  type RespondOptions,
} from "./aggregator/aggregator.js";
export {
  AggregateSourceError,
  AggregateTimeoutError,
  AggregatorDisposedError,
  DuplicateResponderError,
  NoResponderError,
} from "./aggregator/errors.js";
export type { SourceFailure, SourceOutcome } from "./aggregator/outcome.js";
export type {
  AggregateQuery,
  CollectQuery,
  Fallback,
  PartialRule,
  Results,
} from "./aggregator/query.js";
export type { RespondContext, Responder } from "./aggregator/responder.js";
export type { PatternErrorByCode } from "./shared/error-codes.js";
export type { Failure } from "./shared/failure.js";
export type { PatternBus } from "./shared/pattern-bus.js";
export { isPatternError, PatternError, type PatternErrorCode } from "./shared/pattern-error.js";
export {
  type ErrorClass,
  type RegisterErrorOptions,
  RemoteError,
  registerError,
} from "./shared/travelled-errors.js";
export type { PatternWarning } from "./shared/warning.js";
