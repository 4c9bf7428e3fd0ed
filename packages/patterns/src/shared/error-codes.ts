import type {
  AggregateSourceError,
  AggregateTimeoutError,
  AggregatorDisposedError,
  DuplicateResponderError,
  NoResponderError,
} from "../aggregator/errors.js";
import type {
  CircuitIsolatedError,
  CircuitOpenError,
  CircuitProbeTimeoutError,
} from "../circuit-breaker/errors.js";
import type { CqrsDisposedError, DuplicateCqrsHandlerError } from "../cqrs/errors.js";
import type { EventStoreDisposedError, UpcastError } from "../event-store/errors.js";
import type {
  AsyncReducerError,
  ProjectionStoppedError,
  ProjectionTimeoutError,
} from "../projection/errors.js";
import type {
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
} from "../request-response/errors.js";
import type {
  SagaCancelledError,
  SagaInterruptedError,
  SagaManagerDisposedError,
  SagaStateError,
  SagaStepTimeoutError,
  SagaUncloneableError,
  UnknownSagaError,
} from "../saga/errors.js";
import type { PatternError } from "./pattern-error.js";
import type { TravelledError } from "./travelled-errors.js";

/** The error that each code comes with. */
export interface PatternErrorByCode {
  readonly AGGREGATE_SOURCE_FAILED: AggregateSourceError;
  readonly AGGREGATE_TIMEOUT: AggregateTimeoutError;
  readonly ASYNC_REDUCER: AsyncReducerError;
  readonly CIRCUIT_ISOLATED: CircuitIsolatedError;
  readonly CIRCUIT_OPEN: CircuitOpenError;
  readonly CIRCUIT_PROBE_TIMEOUT: CircuitProbeTimeoutError;
  readonly DISPOSED:
    | AggregatorDisposedError
    | EventStoreDisposedError
    | RequestResponseDisposedError
    | SagaManagerDisposedError
    | CqrsDisposedError;
  readonly DUPLICATE_HANDLER: DuplicateCqrsHandlerError | DuplicateHandlerError;
  readonly DUPLICATE_RESPONDER: DuplicateResponderError;
  readonly EXECUTOR_GONE: ExecutorGoneError;
  readonly HANDLER_GONE: HandlerGoneError;
  readonly INVALID_ANSWER: PatternError;
  readonly INVALID_ARGUMENT: PatternError;
  readonly INVALID_METHOD: InvalidMethodError;
  readonly INVALID_PARAMS: SchemaError;
  readonly INVALID_RESULT: SchemaError;
  readonly KEY_REUSED: KeyReusedError;
  readonly NO_CLAIM: NoClaimError;
  readonly NO_HANDLER: NoHandlerError;
  readonly NO_RESPONDER: NoResponderError;
  readonly PROJECTION_STOPPED: ProjectionStoppedError;
  readonly PROJECTION_TIMEOUT: ProjectionTimeoutError;
  readonly QUEUE_FULL: QueueFullError;
  readonly RATE_LIMITED: PatternError;
  readonly REMOTE_ERROR: TravelledError;
  readonly REQUEST_TIMEOUT: RequestTimeoutError;
  readonly SAGA_CANCELLED: SagaCancelledError;
  readonly SAGA_INTERRUPTED: SagaInterruptedError;
  readonly SAGA_STATE: SagaStateError;
  readonly SAGA_STEP_TIMEOUT: SagaStepTimeoutError;
  readonly SAGA_UNCLONEABLE: SagaUncloneableError;
  readonly UNCLONEABLE: UncloneableError;
  readonly UPCAST_FAILED: UpcastError;
  readonly UNKNOWN_SAGA: UnknownSagaError;
}
