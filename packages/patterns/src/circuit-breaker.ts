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
export type { PatternErrorByCode } from "./shared/error-codes.js";
export type { PatternBus } from "./shared/pattern-bus.js";
export { isPatternError, PatternError, type PatternErrorCode } from "./shared/pattern-error.js";
