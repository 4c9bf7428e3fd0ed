import { reportUncaught } from "@pubsub-mfe/core";
import { invalidArgument } from "../shared/pattern-error.js";

/** When, and how often, something that failed is tried again. */
export interface RetryRule {
  /** How often it is tried in all, the first time included; `Infinity` for without end. */
  readonly attempts: number;
  /**
   * How long to wait before the second attempt, in milliseconds.
   *
   * @defaultValue `200`
   */
  readonly delay?: number | undefined;
  /**
   * Each further wait is so many times longer.
   *
   * @defaultValue `2`
   */
  readonly growth?: number | undefined;
  /**
   * What the wait grows to, in milliseconds.
   *
   * @defaultValue `30_000`
   */
  readonly maxDelay?: number | undefined;
  /**
   * Adds up to this share of it to each wait, at random: from 0 to 1.
   *
   * @defaultValue `0`
   */
  readonly jitter?: number | undefined;
  /**
   * Whether what was thrown may go well another time.
   *
   * @defaultValue whatever has no `retryable: false` of its own
   */
  readonly retryable?: ((error: unknown) => boolean) | undefined;
}

/** What a step has that says nothing. */
export const ONCE: RetryRule = { attempts: 1 };
/** What a compensation has that says nothing. */
export const COMPENSATION: RetryRule = { attempts: 3, retryable: () => true };
/** What a step after the pivot has that says nothing. */
export const FORWARD: RetryRule = { attempts: 10, delay: 500, retryable: () => true };

/** @throws {@link PatternError} `INVALID_ARGUMENT` for a rule that cannot be followed */
export function checkRetry(subject: string, rule: RetryRule | undefined): void {
  if (rule === undefined) return;
  const { attempts, delay = 0, growth = 1, maxDelay = 0, jitter = 0, retryable } = rule;
  const check = (name: string, value: unknown, isRight: boolean, what: string): void => {
    if (!isRight) throw invalidArgument(`${name} of ${subject}`, value, what);
  };
  const isCount = Number.isSafeInteger(attempts) || attempts === Number.POSITIVE_INFINITY;
  check("attempts", attempts, isCount && attempts > 0, "a whole number from 1 on, or Infinity");
  check("delay", delay, delay >= 0, "a number of milliseconds, 0 or more");
  check("growth", growth, growth >= 1, "a number from 1 on");
  check("maxDelay", maxDelay, maxDelay >= 0, "a number of milliseconds, 0 or more");
  check("jitter", jitter, jitter >= 0 && jitter <= 1, "a number from 0 to 1");
  check(
    "retryable",
    retryable,
    retryable === undefined || typeof retryable === "function",
    "a function",
  );
}

/** Whether what failed so often is to be tried again. */
export function isTriedAgain(rule: RetryRule, failures: number, error: unknown): boolean {
  if (failures >= rule.attempts) return false;
  try {
    return rule.retryable
      ? rule.retryable(error)
      : (error as { retryable?: unknown } | null | undefined)?.retryable !== false;
  } catch (thrown) {
    // A rule that fails itself must not end a saga half-way.
    reportUncaught(thrown, "[@pubsub-mfe/patterns]");
    return false;
  }
}

/** How long to wait after so many failures, in milliseconds. */
export function waitAfter(rule: RetryRule, failures: number, random: () => number): number {
  const { delay = 200, growth = 2, maxDelay = 30_000, jitter = 0 } = rule;
  // Of nothing there is no multiple: growth may have become infinite.
  const grown = delay === 0 ? 0 : delay * growth ** (failures - 1);
  return Math.min(grown, maxDelay) * (1 + jitter * random());
}
