/** What went wrong, for programs to compare; see the errors that carry it. */
export type LockErrorCode = "LOCK_LOST" | "LOCKS_UNAVAILABLE";

/** Base class of every error that is about locks. */
export class LockError extends Error {
  override readonly name: string = "LockError";
  readonly code: LockErrorCode;

  constructor(code: LockErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The platform cannot lock, or cannot count epochs. */
export class LocksUnavailableError extends LockError {
  override readonly name = "LocksUnavailableError";

  constructor(message: string, options?: ErrorOptions) {
    super("LOCKS_UNAVAILABLE", message, options);
  }
}

/** How a lock was lost: the page was hidden or frozen and let go, or another tab took it. */
export type LockLostReason = "hidden" | "frozen" | "stolen";

const sentences: Record<LockLostReason, string> = {
  hidden: "the page was left. Its turn comes again when it is back.",
  frozen: "the page was frozen. Its turn comes again when it is resumed.",
  stolen: "this page gave no sign of life, and another took it. Its turn comes again.",
};

/** The reason with which the signal of a turn aborts when the lock was lost. */
export class LockLostError extends LockError {
  override readonly name = "LockLostError";
  /** The name of the lock. */
  readonly lock: string;
  readonly reason: LockLostReason;

  constructor(lock: string, reason: LockLostReason) {
    super("LOCK_LOST", `The lock "${lock}" was lost: ${sentences[reason]}`);
    this.lock = lock;
    this.reason = reason;
  }
}

/**
 * Tells whether a value is an error about locks, also of another copy of this package, whose classes
 * `instanceof` does not know.
 *
 * @param code - only errors with this code
 */
export function isLockError(error: unknown, code?: LockErrorCode): error is LockError {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return code === undefined
    ? error.code === "LOCK_LOST" || error.code === "LOCKS_UNAVAILABLE"
    : error.code === code;
}
