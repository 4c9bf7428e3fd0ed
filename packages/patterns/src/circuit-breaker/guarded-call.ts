import type { Clock } from "@pubsub-mfe/core";
import { LazySignal } from "../shared/lazy-signal.js";
import { CircuitProbeTimeoutError } from "./errors.js";

/** The longest delay that a timer of the platform holds: more than three weeks, as good as no limit. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a call gets of its circuit breaker. */
export interface CircuitCall {
  /**
   * Aborts with the caller's signal, and when the time of a probe is up. It is made when it is first
   * read.
   */
  readonly signal: AbortSignal;
}

/** What a circuit breaker calls. */
export type CircuitFunction<T> = (call: CircuitCall) => T | PromiseLike<T>;

/** Calls the function and settles as it does, or before: when its caller or its time limit gives it up. */
export function callGuarded<T>(
  circuit: string,
  fn: CircuitFunction<T>,
  signal: AbortSignal | undefined,
  clock: Clock,
  limitMs: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = new LazySignal();
    const end = (): void => {
      signal?.removeEventListener("abort", onAbort);
      cancel?.();
    };
    const stop = (reason: unknown): void => {
      end();
      // Before the call hears of it, and rejects with something else.
      reject(reason);
      call.abort(reason);
    };
    const onAbort = (): void => stop(signal?.reason);
    signal?.addEventListener("abort", onAbort);
    const expire = (): void => stop(new CircuitProbeTimeoutError(circuit, limitMs));
    const cancel = limitMs <= LONGEST_TIMER_MS ? clock.setTimer(expire, limitMs) : undefined;
    const run = async (): Promise<void> => {
      try {
        resolve(await fn(call));
      } catch (error) {
        reject(error);
      } finally {
        end();
      }
    };
    void run();
  });
}
