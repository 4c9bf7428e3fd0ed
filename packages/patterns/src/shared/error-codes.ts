import type {
  AggregateSourceError,
  AggregateTimeoutError,
  AggregatorDisposedError,
  AskNotSentError,
  DuplicateResponderError,
  NoResponderError,
} from "../aggregator/errors.js";
import type {
  DuplicateHandlerError,
  InvalidMethodError,
  NoHandlerError,
  RequestResponseDisposedError,
  RequestTimeoutError,
} from "../request-response/errors.js";
import type { PatternError } from "./pattern-error.js";
import type { RemoteError } from "./travelled-errors.js";

/** The error that each code comes with. */
export interface PatternErrorByCode {
  readonly AGGREGATE_SOURCE_FAILED: AggregateSourceError;
  readonly AGGREGATE_TIMEOUT: AggregateTimeoutError;
  readonly ASK_NOT_SENT: AskNotSentError;
  readonly DISPOSED: AggregatorDisposedError | RequestResponseDisposedError;
  readonly DUPLICATE_HANDLER: DuplicateHandlerError;
  readonly DUPLICATE_RESPONDER: DuplicateResponderError;
  readonly INVALID_ARGUMENT: PatternError;
  readonly INVALID_METHOD: InvalidMethodError;
  readonly NO_HANDLER: NoHandlerError;
  readonly NO_RESPONDER: NoResponderError;
  readonly REMOTE_ERROR: RemoteError;
  readonly REQUEST_TIMEOUT: RequestTimeoutError;
}
