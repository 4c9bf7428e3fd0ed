import { PatternError } from "../shared/pattern-error.js";

/** The circuit is open, or half-open with all places of its probes taken: the call was not made. */
export class CircuitOpenError extends PatternError {
  override readonly name = "CircuitOpenError";
  /** The name of the circuit breaker. */
  readonly circuit: string;
  /**
   * In how many milliseconds a call may be let in. While probes are under way it is when the last of
   * them will have settled, at the latest.
   */
  readonly retryAfterMs: number;
  /** It may go well another time. */
  readonly retryable = true;

  /** @param cause - the last failure before, which may be the one that opened it */
  constructor(circuit: string, retryAfterMs: number, cause?: unknown) {
    super(
      "CIRCUIT_OPEN",
      `Circuit breaker ${circuit} is OPEN`,
      cause === undefined ? undefined : { cause },
    );
    this.circuit = circuit;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Somebody holds the circuit open by `isolate()`: the call was not made. */
export class CircuitIsolatedError extends PatternError {
  override readonly name = "CircuitIsolatedError";
  /** The name of the circuit breaker. */
  readonly circuit: string;
  /** To repeat the call does not help: whoever isolated the circuit has to end that. */
  readonly retryable = false;

  constructor(circuit: string) {
    super(
      "CIRCUIT_ISOLATED",
      `Circuit breaker ${circuit} is ISOLATED, until what isolate() returned is called`,
    );
    this.circuit = circuit;
  }
}

/** A probe was not done within `probeTimeout`: it counts as failed, and its result is not waited for. */
export class CircuitProbeTimeoutError extends PatternError {
  override readonly name = "CircuitProbeTimeoutError";
  /** The name of the circuit breaker. */
  readonly circuit: string;
  readonly timeoutMs: number;
  /** It may go well another time. */
  readonly retryable = true;

  constructor(circuit: string, timeoutMs: number) {
    super(
      "CIRCUIT_PROBE_TIMEOUT",
      `A probe of circuit breaker ${circuit} took longer than probeTimeout: ${timeoutMs} ms`,
    );
    this.circuit = circuit;
    this.timeoutMs = timeoutMs;
  }
}
