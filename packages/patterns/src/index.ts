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
export { CircuitBreaker } from "./circuit-breaker/circuit-breaker.js";
export type {
  CircuitEvents,
  CircuitMetrics,
  CircuitReason,
  CircuitState,
} from "./circuit-breaker/circuit-state.js";
export {
  CircuitIsolatedError,
  CircuitOpenError,
  CircuitProbeTimeoutError,
} from "./circuit-breaker/errors.js";
export type { CircuitCall, CircuitFunction } from "./circuit-breaker/guarded-call.js";
export type {
  CircuitBreakerOptions,
  CircuitWindow,
  ExecuteOptions,
} from "./circuit-breaker/options.js";
export type { SavedCircuit } from "./circuit-breaker/saved-circuit.js";
export type { Client } from "./request-response/contract.js";
export {
  DuplicateHandlerError,
  ExecutorGoneError,
  HandlerGoneError,
  InvalidMethodError,
  NoClaimError,
  NoHandlerError,
  QueueFullError,
  RequestResponseDisposedError,
  RequestTimeoutError,
  SchemaError,
  UncloneableError,
} from "./request-response/errors.js";
export type {
  HandleOptions,
  HandlerContext,
  RequestOptions,
  RequestResponseOptions,
} from "./request-response/options.js";
export { RequestResponse } from "./request-response/request-response.js";
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
