/** Where a circuit stands. */
export type CircuitState = "CLOSED" | "OPEN" | "HALF_OPEN" | "ISOLATED";

/** Why a circuit opened, or closed. */
export type CircuitReason =
  | "failures"
  | "failure-rate"
  | "slow-call-rate"
  | "probes"
  | "isolation-ended"
  | "reset"
  | "restored";

/** What the bus is told when a circuit changes its state. */
export interface CircuitEvents {
  readonly "circuit.opened": {
    readonly name: string;
    readonly from: CircuitState;
    readonly reason: CircuitReason;
    /** Failures in a row. */
    readonly failures: number;
    /** How long it stays open, in milliseconds. */
    readonly openForMs: number;
    /** When it will let a probe in, in milliseconds since the epoch. */
    readonly retryAt: number;
  };
  readonly "circuit.half-open": { readonly name: string; readonly from: CircuitState };
  readonly "circuit.closed": {
    readonly name: string;
    readonly from: CircuitState;
    readonly reason: CircuitReason;
  };
  readonly "circuit.isolated": { readonly name: string; readonly from: CircuitState };
}

/** What a circuit breaker has counted. */
export interface CircuitMetrics {
  readonly state: CircuitState;
  /** Calls that went well, since the breaker was made. */
  readonly successes: number;
  /** Calls that failed, since the breaker was made. */
  readonly failures: number;
  /** Calls that were not made, since the breaker was made. */
  readonly rejected: number;
  /** Calls that count as nothing: aborted by their caller, or begun before the state changed. */
  readonly ignored: number;
  /** Failures in a row, now. */
  readonly consecutiveFailures: number;
  /** What was thrown last, or the result that counts as a failure. */
  readonly lastFailure: unknown;
  /** Of the window, where there is one; the rates are from 0 to 1. */
  readonly window:
    | { readonly calls: number; readonly failureRate: number; readonly slowCallRate: number }
    | undefined;
  /** Probes under way. */
  readonly probing: number;
  /** Changes of state, since the breaker was made. */
  readonly transitions: number;
  /** When it opened last and has not closed since, in milliseconds since the epoch. */
  readonly openedAt: number | undefined;
  /** When it lets a probe in, in milliseconds since the epoch; only while it is open. */
  readonly retryAt: number | undefined;
}
