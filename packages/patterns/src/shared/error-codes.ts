import type {
  CircuitIsolatedError,
  CircuitOpenError,
  CircuitProbeTimeoutError,
} from "../circuit-breaker/errors.js";
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
  readonly CIRCUIT_ISOLATED: CircuitIsolatedError;
  readonly CIRCUIT_OPEN: CircuitOpenError;
  readonly CIRCUIT_PROBE_TIMEOUT: CircuitProbeTimeoutError;
  readonly DISPOSED: RequestResponseDisposedError;
  readonly DUPLICATE_HANDLER: DuplicateHandlerError;
  readonly INVALID_ARGUMENT: PatternError;
  readonly INVALID_METHOD: InvalidMethodError;
  readonly NO_HANDLER: NoHandlerError;
  readonly REMOTE_ERROR: RemoteError;
  readonly REQUEST_TIMEOUT: RequestTimeoutError;
}
