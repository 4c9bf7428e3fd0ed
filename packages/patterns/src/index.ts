export type {
  Aggregate,
  AggregateDefinition,
  DecideContext,
  Decision,
  DefinedAggregate,
  ExecuteCommandOptions,
  Executed,
  Loaded,
  LoadOptions,
  StoreOf,
} from "./aggregate/define-aggregate.js";
export { defineAggregate } from "./aggregate/define-aggregate.js";
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
export type { AskOptions } from "./cqrs/asking.js";
export {
  type CommandOptions,
  Cqrs,
  type CqrsConfig,
  type QueryHandlerOptions,
  type QueryOptions,
} from "./cqrs/cqrs.js";
export { CqrsDisposedError, DuplicateCqrsHandlerError } from "./cqrs/errors.js";
export type { Awaitable, CqrsContext } from "./cqrs/handling.js";
export { EventStoreDisposedError, UpcastError } from "./event-store/errors.js";
export { createEventStore, type EventStore } from "./event-store/event-store.js";
export type {
  EventAppendOptions,
  EventHandler,
  EventMoment,
  EventReadOptions,
  EventStoreOptions,
  EventSubscribeOptions,
} from "./event-store/options.js";
export type { Appended, Stored } from "./event-store/stored.js";
export type { Upcaster, Upcasters } from "./event-store/upcasting.js";
export {
  AsyncReducerError,
  ProjectionStoppedError,
  ProjectionTimeoutError,
} from "./projection/errors.js";
export type {
  OnlyTypesOf,
  ProjectionOptions,
  ProjectionStatus,
  RebuildOptions,
  RebuildProgress,
  Reducer,
  Reducers,
  RowOf,
  WaitForOptions,
} from "./projection/options.js";
export { createProjection, type Projection } from "./projection/projection.js";
export type { Client } from "./request-response/contract.js";
export {
  DuplicateHandlerError,
  ExecutorGoneError,
  HandlerGoneError,
  InvalidMethodError,
  KeyReusedError,
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
export {
  defineSaga,
  type SagaConfig,
  type SagaDefinition,
  SagaSteps,
} from "./saga/durable/define-saga.js";
export type { SagaHandle } from "./saga/durable/handle.js";
export type { SagaManagerOptions } from "./saga/durable/options.js";
export {
  createSagaManager,
  type SagaAddress,
  type SagaManager,
} from "./saga/durable/saga-manager.js";
export type { SagaEnd } from "./saga/entries.js";
export {
  SagaCancelledError,
  SagaInterruptedError,
  SagaManagerDisposedError,
  SagaStateError,
  SagaStepTimeoutError,
  SagaUncloneableError,
  UnknownSagaError,
} from "./saga/errors.js";
export type { SagaEvents } from "./saga/events.js";
export type { FailedCompensation, SagaFailure, SagaResult, SagaSuccess } from "./saga/outcome.js";
export type { RetryRule } from "./saga/retry.js";
export { Saga, type SagaExecuteOptions, type SagaOptions } from "./saga/saga.js";
export type { SagaState, SagaStatus, SagaStepState, StepStatus } from "./saga/state.js";
export type { CompensationContext, SagaContext, SagaStep } from "./saga/step.js";
export type { PatternErrorByCode } from "./shared/error-codes.js";
export type { Failure } from "./shared/failure.js";
export type { PatternBus } from "./shared/pattern-bus.js";
export { isPatternError, PatternError, type PatternErrorCode } from "./shared/pattern-error.js";
export {
  type ErrorClass,
  type RegisterErrorOptions,
  RemoteError,
  registerError,
  type TravelledError,
} from "./shared/travelled-errors.js";
export type { PatternWarning } from "./shared/warning.js";
