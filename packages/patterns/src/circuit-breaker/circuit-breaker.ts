import { type Clock, reportUncaught } from "@pubsub-mfe/core";
import { clockOf } from "@pubsub-mfe/core/stores";
import { LazySignal } from "../shared/lazy-signal.js";
import type { PatternBus } from "../shared/pattern-bus.js";
import { invalidArgument } from "../shared/pattern-error.js";
import { tell } from "../shared/tell.js";
import { CallWindow } from "./call-window.js";
import type {
  CircuitEvents,
  CircuitMetrics,
  CircuitReason,
  CircuitState,
} from "./circuit-state.js";
import { CircuitIsolatedError, CircuitOpenError, CircuitProbeTimeoutError } from "./errors.js";
import { type CircuitFunction, callGuarded } from "./guarded-call.js";
import {
  type CircuitBreakerOptions,
  type CircuitLimits,
  type ExecuteOptions,
  limitsOf,
} from "./options.js";
import { Probes } from "./probes.js";
import { readSaved, type SavedCircuit } from "./saved-circuit.js";

/**
 * Stops to call a supplier that fails, and tries again after a while.
 *
 * @remarks
 * CLOSED lets all calls through. So many failures, or so large a share of them, and it is OPEN: calls
 * reject at once with a {@link CircuitOpenError}. The first call after `timeout` makes it HALF_OPEN (no
 * timer does, so `state` says OPEN until then): that call, or as many as `probes`, goes through, and
 * what becomes of it closes the circuit or opens it again. ISOLATED is held open by hand.
 *
 * Each change of state is told as `circuit.opened`, `circuit.half-open`, `circuit.closed` or
 * `circuit.isolated`, see {@link CircuitEvents}.
 *
 * @example
 * ```ts
 * const inventory = new CircuitBreaker("inventory", 5, 60_000, bus);
 * const stock = await inventory.execute(({ signal }) => fetch("/api/stock", { signal }));
 * ```
 */
export class CircuitBreaker {
  readonly name: string;
  readonly #bus: Pick<PatternBus, "publish"> | undefined;
  readonly #clock: Clock;
  readonly #options: CircuitBreakerOptions;
  readonly #limits: CircuitLimits;
  readonly #window: CallWindow | undefined;
  readonly #holders = new Set<object>();
  #state: CircuitState = "CLOSED";
  /** Grows with each change of state: what began in another era changes nothing. */
  #era = 0;
  #transitions = 0;
  #successes = 0;
  #failures = 0;
  #rejected = 0;
  #ignored = 0;
  #inARow = 0;
  #lastFailure: unknown;
  /** How often it opened since it was closed. */
  #openings = 0;
  #openedMs = 0;
  #retryMs = 0;
  /** Only while it is half-open. */
  #probes: Probes | undefined;

  /**
   * @param name - goes into its events and errors
   * @param threshold - so many failures in a row open it
   * @param timeout - how long it stays open, in milliseconds
   * @throws {@link PatternError} `INVALID_ARGUMENT` for an option that is not as its rule has it
   */
  constructor(name: string, threshold: number, timeout: number, bus: Pick<PatternBus, "publish">);
  constructor(name: string, options?: CircuitBreakerOptions);
  constructor(
    name: string,
    first: CircuitBreakerOptions | number = {},
    timeout?: number,
    bus?: Pick<PatternBus, "publish">,
  ) {
    if (typeof name !== "string" || name === "") {
      throw invalidArgument("The name of a circuit breaker", name, "a string that is not empty");
    }
    const options = typeof first === "object" ? first : { threshold: first, timeout, bus };
    if (options !== first && !(bus && timeout !== undefined)) {
      const rule = "followed by a timeout and a bus, or among options: { threshold }";
      throw invalidArgument("threshold", first, rule);
    }
    this.name = name;
    this.#bus = options.bus;
    this.#clock = options.clock ?? clockOf(options.bus);
    this.#options = options;
    this.#limits = limitsOf(options);
    const { ms, calls } = this.#limits;
    if (options.window) this.#window = new CallWindow(ms ?? calls, ms !== undefined);
  }

  /** Where it stands. An open circuit whose time is up is OPEN until the next call. */
  get state(): CircuitState {
    return this.#state;
  }

  /** What it has counted, as of now. */
  get metrics(): CircuitMetrics {
    const window = this.#window?.count(this.#clock.monotonic());
    return {
      state: this.#state,
      successes: this.#successes,
      failures: this.#failures,
      rejected: this.#rejected,
      ignored: this.#ignored,
      consecutiveFailures: this.#inARow,
      lastFailure: this.#lastFailure,
      window: window && {
        calls: window[0],
        failureRate: window[1] / (window[0] || 1),
        slowCallRate: window[2] / (window[0] || 1),
      },
      probing: this.#probes?.running ?? 0,
      transitions: this.#transitions,
      openedAt: this.#openings > 0 ? this.#toWall(this.#openedMs) : undefined,
      retryAt: this.#state === "OPEN" ? this.#toWall(this.#retryMs) : undefined,
    };
  }

  /**
   * Calls the function, where the circuit lets it.
   *
   * @param fn - called at once, and once; whatever it throws or rejects with is a failure
   * @returns what `fn` returned, or else the fallback
   * @throws {@link CircuitOpenError} (rejects) when the circuit is open
   * @throws {@link CircuitIsolatedError} (rejects) when it is isolated
   * @throws {@link CircuitProbeTimeoutError} (rejects) when `fn` was a probe and took too long
   */
  execute<T>(
    fn: CircuitFunction<T>,
    options?: ExecuteOptions & { readonly fallback?: undefined },
  ): Promise<T>;
  execute<T, F = T>(fn: CircuitFunction<T>, options: ExecuteOptions<F>): Promise<T | F>;
  async execute<T, F>(fn: CircuitFunction<T>, options?: ExecuteOptions<F>): Promise<T | F> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    if (typeof fn !== "function") throw invalidArgument("What to execute", fn, "a function");
    if (this.#state !== "CLOSED") {
      const refusal = this.#admit();
      if (refusal) {
        if (options?.fallback) return options.fallback(refusal);
        throw refusal;
      }
    }
    const era = this.#era;
    const isProbe = this.#probes !== undefined;
    const { slowCallMs, probeTimeout } = this.#limits;
    const startMs = slowCallMs === Infinity ? 0 : this.#clock.monotonic();
    const { isFailure, isFailureResult } = this.#options;
    try {
      const result = await (isProbe || signal
        ? callGuarded(this.name, fn, signal, this.#clock, isProbe ? probeTimeout : Infinity)
        : fn(new LazySignal()));
      this.#settle(era, startMs, isFailureResult?.(result) ?? false, result);
      return result;
    } catch (error) {
      // What failed before its caller aborted has failed.
      if (signal?.aborted && error === signal.reason) {
        this.#ignore(era);
        throw error;
      }
      let isFailed = true;
      try {
        if (isFailure && !(error instanceof CircuitProbeTimeoutError)) isFailed = isFailure(error);
      } finally {
        // Also when the filter throws: a call that never counts would keep the place of a probe.
        this.#settle(era, startMs, isFailed, error);
      }
      if (isFailed && options?.fallback) return options.fallback(error);
      throw error;
    }
  }

  /**
   * Holds the circuit open, whatever becomes of calls.
   *
   * @returns ends it; when several hold it, the last that ends closes the circuit
   */
  isolate(): () => void {
    const holder = {};
    this.#holders.add(holder);
    if (this.#state !== "ISOLATED") this.#become("ISOLATED", "circuit.isolated", {});
    return () => {
      if (this.#holders.delete(holder) && this.#holders.size === 0) this.#close("isolation-ended");
    };
  }

  /** Closes the circuit, whatever holds it open, and forgets the failures so far. */
  reset(): void {
    this.#close("reset");
  }

  /**
   * What is worth keeping over a reload: whether it is open, until when, and failures in a row. Not
   * the calls of a window, and not an isolation, which those who asked for it ask for again.
   */
  toJSON(): SavedCircuit {
    const isOpen = this.#state === "OPEN" || this.#state === "HALF_OPEN";
    const retryAt = this.#state === "OPEN" ? this.#toWall(this.#retryMs) : this.#clock.now();
    return {
      version: 1,
      name: this.name,
      state: isOpen ? "OPEN" : "CLOSED",
      failures: this.#inARow,
      openings: this.#openings,
      retryAt: isOpen && retryAt < Infinity ? retryAt : null,
    };
  }

  /**
   * Goes on where another object, before a reload, was. The wall clock may have been set back: it
   * stays open no longer than from now on `timeout`, grown as it was.
   *
   * @param saved - what `toJSON()` returned, also through JSON
   * @returns whether it was restored: not where nothing was saved (`null`), where it is from another
   *   version, and not when this circuit is no longer closed, as what that knows is newer
   * @throws {@link PatternError} `INVALID_ARGUMENT` for what is no saved circuit, or that of another name
   */
  restore(saved: unknown): boolean {
    const found = readSaved(saved, this.name);
    if (!found || this.#state !== "CLOSED") return false;
    this.#inARow = Math.max(this.#inARow, found.failures);
    if (found.state === "OPEN") {
      this.#openings = Math.max(0, found.openings - 1);
      this.#open("restored", (found.retryAt ?? Infinity) - this.#clock.now());
    }
    return true;
  }

  /** @returns why the call can not be made */
  #admit(): Error | undefined {
    const nowMs = this.#clock.monotonic();
    if (this.#state === "OPEN" && nowMs >= this.#retryMs) {
      this.#become("HALF_OPEN", "circuit.half-open", {});
    }
    // Looked at again: a bus may deliver at once, and its handlers may have called meanwhile.
    const state = this.#state as CircuitState;
    if (state === "CLOSED") return undefined;
    if (this.#probes?.start()) {
      this.#retryMs = nowMs + this.#limits.probeTimeout;
      return undefined;
    }
    this.#rejected += 1;
    if (state === "ISOLATED") return new CircuitIsolatedError(this.name);
    return new CircuitOpenError(this.name, Math.max(0, this.#retryMs - nowMs), this.#lastFailure);
  }

  #ignore(era: number): void {
    this.#ignored += 1;
    if (era === this.#era && this.#probes) this.#probes.running -= 1;
  }

  #settle(era: number, startMs: number, isFailed: boolean, outcome: unknown): void {
    if (era !== this.#era) {
      this.#ignored += 1;
      return;
    }
    const { slowCallMs, threshold } = this.#limits;
    const isTimed = this.#window?.isTime || slowCallMs < Infinity;
    const nowMs = isTimed ? this.#clock.monotonic() : 0;
    const isSlow = nowMs - startMs > slowCallMs;
    if (isFailed) {
      this.#failures += 1;
      this.#inARow += 1;
      this.#lastFailure = outcome;
    } else {
      this.#successes += 1;
      this.#inARow = 0;
    }
    if (this.#probes) {
      const isUp = this.#probes.end(isFailed || isSlow);
      if (isUp === false) this.#open("probes");
      if (!isUp) return;
      this.#close("probes");
    }
    this.#window?.record(nowMs, isFailed, isSlow);
    if (!isFailed && !isSlow) return;
    const reason = this.#inARow >= threshold ? "failures" : this.#judgeWindow(nowMs);
    if (reason) this.#open(reason);
  }

  #judgeWindow(nowMs: number): CircuitReason | undefined {
    const [calls, failures, slow] = this.#window?.count(nowMs) ?? [0, 0, 0];
    const { minimumCalls, failureRate, slowCallRate } = this.#limits;
    if (calls < minimumCalls) return undefined;
    if (failures >= failureRate * calls) return "failure-rate";
    return slow >= slowCallRate * calls ? "slow-call-rate" : undefined;
  }

  #open(reason: CircuitReason, leftMs?: number): void {
    const { timeout, growth, maxTimeout, jitter } = this.#limits;
    // A timeout of 0 does not grow, also where the factor has become Infinity.
    const periodMs = Math.min(timeout && timeout * growth ** this.#openings, maxTimeout);
    const { random = Math.random } = this.#options;
    const openForMs =
      leftMs === undefined
        ? periodMs * (1 + jitter * random())
        : Math.max(0, Math.min(leftMs, periodMs));
    this.#openings += 1;
    this.#openedMs = this.#clock.monotonic();
    this.#retryMs = this.#openedMs + openForMs;
    this.#become("OPEN", "circuit.opened", {
      reason,
      failures: this.#inARow,
      openForMs,
      retryAt: this.#toWall(this.#retryMs),
    });
  }

  #close(reason: CircuitReason): void {
    this.#openings = this.#inARow = 0;
    this.#holders.clear();
    this.#window?.clear();
    if (this.#state !== "CLOSED") this.#become("CLOSED", "circuit.closed", { reason });
    else this.#era += 1;
  }

  #become<Topic extends keyof CircuitEvents>(
    state: CircuitState,
    topic: Topic,
    details: Omit<CircuitEvents[Topic], "name" | "from">,
  ): void {
    const from = this.#state;
    this.#state = state;
    this.#probes = state === "HALF_OPEN" ? new Probes(this.#limits) : undefined;
    this.#era += 1;
    this.#transitions += 1;
    if (this.#bus) tell(this.#bus, topic, { name: this.name, from, ...details });
    try {
      this.#options.onChange?.(this.toJSON());
    } catch (error) {
      reportUncaught(error, "[@pubsub-mfe/patterns]");
    }
  }

  #toWall(monotonicMs: number): number {
    return Math.round(this.#clock.now() + monotonicMs - this.#clock.monotonic());
  }
}
