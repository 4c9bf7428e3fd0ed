import type { Clock } from "@pubsub-mfe/core";
import type { PatternBus } from "../shared/pattern-bus.js";
import { invalidArgument } from "../shared/pattern-error.js";
import type { SavedCircuit } from "./saved-circuit.js";

/** A window of more calls would take memory that nobody expects. */
const MOST_CALLS = 100_000;
/** With a share of 0, no failure at all would be enough. */
const LEAST_RATE = 0.001;

/** Which of the last calls are looked at, and what of them opens the circuit. */
export type CircuitWindow = (
  | {
      /** So many of the last calls, at most 100,000. */
      readonly calls: number;
      readonly ms?: undefined;
    }
  | {
      /** The calls that ended in the last milliseconds. It moves on in ten steps, so up to a tenth less. */
      readonly ms: number;
      readonly calls?: undefined;
    }
) & {
  /**
   * The share of failures from which on the circuit opens, from 0.001 to 1.
   *
   * @defaultValue `0.5`
   */
  readonly failureRate?: number | undefined;
  /**
   * With fewer calls in the window no share opens the circuit.
   *
   * @defaultValue `10`, or `calls` where that is less
   */
  readonly minimumCalls?: number | undefined;
  /**
   * A call that takes longer, in milliseconds, is slow. A slow probe counts as failed.
   *
   * @defaultValue `Infinity`: none is slow
   */
  readonly slowCallMs?: number | undefined;
  /**
   * The share of slow calls from which on the circuit opens, from 0.001 to 1.
   *
   * @defaultValue `0.5`
   */
  readonly slowCallRate?: number | undefined;
};

/** Options of {@link CircuitBreaker}. */
export interface CircuitBreakerOptions {
  /** Is told of each change of state; without one nobody is. */
  readonly bus?: Pick<PatternBus, "publish"> | undefined;
  /**
   * So many failures in a row open the circuit; `Infinity` for none.
   *
   * @defaultValue `5`, or `Infinity` with a `window`
   */
  readonly threshold?: number | undefined;
  /** Opens the circuit by the share of calls that failed, or were slow. */
  readonly window?: CircuitWindow | undefined;
  /**
   * How long the circuit stays open, in milliseconds; with `Infinity` until `reset()`.
   *
   * @defaultValue `60_000`
   */
  readonly timeout?: number | undefined;
  /**
   * Each time that its probes fail, the circuit stays open so many times longer, until it has closed.
   *
   * @defaultValue `1`
   */
  readonly growth?: number | undefined;
  /**
   * What the open time grows to, in milliseconds.
   *
   * @defaultValue ten times `timeout`
   */
  readonly maxTimeout?: number | undefined;
  /**
   * Adds up to this share of it to the open time, at random, so that not all tabs probe at once: from
   * 0 to 1.
   *
   * @defaultValue `0`
   */
  readonly jitter?: number | undefined;
  /**
   * How many calls are let in while it is half-open.
   *
   * @defaultValue `1`
   */
  readonly probes?: number | undefined;
  /**
   * How many of the probes must succeed for the circuit to close. It opens again as soon as they
   * can not any more.
   *
   * @defaultValue all: the first that fails opens it again
   */
  readonly requiredSuccesses?: number | undefined;
  /**
   * A probe that takes longer, in milliseconds, 1 or more, has failed: its signal aborts, and its caller gets a
   * {@link CircuitProbeTimeoutError}.
   *
   * @defaultValue `30_000`
   */
  readonly probeTimeout?: number | undefined;
  /**
   * Whether what was thrown says that the supplier is in trouble. What does not counts as a success:
   * the supplier answered.
   *
   * @defaultValue whatever is thrown does
   */
  readonly isFailure?: ((error: unknown) => boolean) | undefined;
  /**
   * Whether a result says that the supplier is in trouble, like a response of status 503. The caller
   * gets it all the same.
   *
   * @defaultValue none does
   */
  // biome-ignore lint/suspicious/noExplicitAny: the results of one breaker are of any type.
  readonly isFailureResult?: ((result: any) => boolean) | undefined;
  /**
   * Is called after each change of state, with what is worth keeping over a reload: give it to
   * {@link CircuitBreaker.restore}. What it throws is reported, and changes nothing.
   *
   * @param saved - as `toJSON()` returns it
   */
  readonly onChange?: ((saved: SavedCircuit) => void) | undefined;
  /**
   * The source of time.
   *
   * @defaultValue that of the bus; without one the platform's
   */
  readonly clock?: Clock | undefined;
  /**
   * The source of chance: from 0 up to, not including, 1.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: (() => number) | undefined;
}

/** Options of {@link CircuitBreaker.execute}. */
export interface ExecuteOptions<F = never> {
  /** Gives the call up: the promise rejects at once with its reason, and the call counts as nothing. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Answers in place of a call that failed, or was not made. Not asked when the caller aborted, and
   * for what `isFailure` says no to.
   *
   * @param error - what the promise would have rejected with
   */
  readonly fallback?: ((error: unknown) => F | PromiseLike<F>) | undefined;
}

/** The numbers among the options, with their defaults. */
export interface CircuitLimits {
  /** The size of a window of calls. */
  readonly calls: number;
  /** The size of a window of time; only that has it. */
  readonly ms?: number;
  readonly threshold: number;
  readonly timeout: number;
  readonly growth: number;
  readonly maxTimeout: number;
  readonly jitter: number;
  readonly probes: number;
  readonly requiredSuccesses: number;
  readonly probeTimeout: number;
  readonly failureRate: number;
  readonly minimumCalls: number;
  readonly slowCallMs: number;
  readonly slowCallRate: number;
}

/** @throws {@link PatternError} `INVALID_ARGUMENT` for an option that is not as its rule has it */
export function limitsOf(options: CircuitBreakerOptions): CircuitLimits {
  const { bus, window } = options;
  if (bus && typeof bus.publish !== "function") {
    throw invalidArgument("bus", bus, "an object with a function publish");
  }
  if (window && (window.calls === undefined) === (window.ms === undefined)) {
    throw invalidArgument("window.ms", window.ms, "given where window.calls is not");
  }
  const given: Readonly<Record<string, unknown>> = { ...options, ...window };
  const limits: Record<string, number> = {};
  const take = (name: string, otherwise?: number, min = 0, max = Infinity): number => {
    const value = given[name] ?? otherwise;
    if (!(typeof value === "number" && value >= min && value <= max)) {
      throw invalidArgument(name, value, `a number from ${min} to ${max}`);
    }
    limits[name] = value;
    return value;
  };
  const count = (name: string, otherwise?: number, max?: number): number => {
    const value = take(name, otherwise, 1, max);
    if (Math.floor(value) !== value) throw invalidArgument(name, value, "a whole number");
    return value;
  };
  const isByTime = window && window.calls === undefined;
  if (isByTime) take("ms", undefined, 1, Number.MAX_VALUE);
  const calls = isByTime ? Infinity : count("calls", MOST_CALLS, MOST_CALLS);
  count("minimumCalls", Math.min(10, calls), calls);
  take("failureRate", 0.5, LEAST_RATE, 1);
  take("slowCallMs", Infinity);
  take("slowCallRate", 0.5, LEAST_RATE, 1);
  count("threshold", window ? Infinity : 5);
  const timeout = take("timeout", 60_000);
  take("maxTimeout", 10 * timeout, timeout);
  take("growth", 1, 1, Number.MAX_VALUE);
  take("jitter", 0, 0, 1);
  const probes = count("probes", 1);
  count("requiredSuccesses", probes, probes);
  // With 0 each probe would have failed, and the circuit would never close.
  take("probeTimeout", 30_000, 1);
  return limits as unknown as CircuitLimits;
}
