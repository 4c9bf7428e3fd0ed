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
} from "./shared/travelled-errors.js";
export type { PatternWarning } from "./shared/warning.js";
