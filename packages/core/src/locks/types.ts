/** What the callback of a lock is told about its turn. */
export interface LockContext {
  /**
   * The number of this turn: a whole number from 1 on, greater than that of every earlier turn under
   * the same name, in any tab. Write it with whatever must not be done twice, and refuse what comes
   * with a lower one: a tab that was asleep does not know that its turn is over.
   */
  readonly epoch: number;
  /**
   * Aborts when the turn is over before the callback is: with a `LockLostError` when the lock is no
   * longer held, with the caller's reason when the `signal` of {@link HoldOptions} aborted.
   */
  readonly signal: AbortSignal;
}

/** Options of {@link Locks.hold}. */
export interface HoldOptions {
  /**
   * Gives up waiting: `hold` rejects with its reason. Once the callback runs it is told by its own
   * signal, keeps the lock until it has settled, and `hold` settles as it does.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Takes the lock away from a holder that gave no sign of life for so long, in milliseconds: a tab
   * that the browser froze before it could let go, or one that is stuck. A holder answers from its
   * event loop, so allow for its longest task. Only a visible page steals.
   *
   * @defaultValue never
   */
  readonly stealAfter?: number | undefined;
}

/** Locks that all tabs, iframes and workers of an origin share: one holder per name. */
export interface Locks {
  /**
   * Waits for its turn, runs the callback while it holds the lock, and lets go when that settles.
   *
   * @remarks
   * A page that goes away (`pagehide`, `freeze`) lets go at once, also of its place in the queue.
   * When it is back, or when the lock was stolen from it, `hold` waits for the aborted callback to
   * settle, queues again, and runs it anew with a new epoch, until one run settles without having
   * lost the lock. What a run gave or threw after it had lost the lock is not looked at. So a
   * callback must be ready to run more than once, and end when its signal aborts.
   *
   * Locks are not reentrant: to wait, inside a callback, for the lock that it holds is a deadlock.
   *
   * @param name - any non-empty string
   * @param callback - runs once per turn, never twice at the same time
   * @returns what the callback gave
   * @throws LocksUnavailableError where the platform has no locks
   * @throws InvalidArgumentError when an argument has a value that it cannot have
   */
  hold<T>(
    name: string,
    callback: (context: LockContext) => T | PromiseLike<T>,
    options?: HoldOptions,
  ): Promise<T>;
}
