import { InvalidArgumentError } from "../errors.js";
import { show } from "../show.js";
import type { Held } from "./acquire.js";
import { LockLostError, type LockLostReason, LocksUnavailableError } from "./errors.js";
import { PageLife } from "./page-life.js";
import type { LockPlatform } from "./platform.js";
import { SignsOfLife } from "./signs-of-life.js";
import { takeTurn } from "./take-turn.js";
import type { HoldOptions, LockContext, Locks } from "./types.js";
import { anyOf } from "./until.js";

type Callback<T> = (context: LockContext) => T | PromiseLike<T>;

/** Locks over a platform: queues, runs, and queues again when a turn was lost. */
export function locksOver(platform: LockPlatform): Locks {
  const life = new PageLife(platform.page);
  const signs = new SignsOfLife(platform);

  return {
    async hold<T>(name: string, callback: Callback<T>, options: HoldOptions = {}): Promise<T> {
      const { signal } = options;
      const stealAfter = check(name, callback, options);
      signal?.throwIfAborted();
      const locks = platform.webLocks();
      const unfollow = life.follow();
      try {
        for (;;) {
          if (life.present.signal.aborted) await life.present.on(anyOf(signal));
          const present = life.present.signal;
          const waiting = { platform, locks, life, signs, signal: anyOf(signal, present) };
          let held: Held;
          try {
            held = await takeTurn(name, waiting, stealAfter);
          } catch (error) {
            signal?.throwIfAborted();
            if (present.aborted) continue;
            throw refusal(error);
          }
          const turn = await runTurn(name, held, present, callback, signal);
          if (turn) return turn.value;
          signal?.throwIfAborted();
        }
      } finally {
        unfollow();
      }
    },
  };

  /** Runs the callback under a lock; gives nothing when the lock was lost before it settled. */
  async function runTurn<T>(
    name: string,
    held: Held,
    present: AbortSignal,
    callback: Callback<T>,
    signal: AbortSignal | undefined,
  ): Promise<{ value: T } | undefined> {
    const turn = new AbortController();
    let lost = false;
    const stopAnswering = signs.answerFor(name);
    const lose = (reason: LockLostReason) => {
      lost = true;
      turn.abort(new LockLostError(name, reason));
      stopAnswering();
      // Within pagehide and freeze: no later moment comes.
      void held.release();
    };
    const onLeave = () => lose(present.reason);
    const onStolen = () => lose("stolen");
    const onAbort = () => turn.abort(signal?.reason);
    // What aborted between the grant and now has no event left to tell it.
    if (present.aborted) onLeave();
    else if (held.stolen.aborted) onStolen();
    else if (signal?.aborted) onAbort();
    present.addEventListener("abort", onLeave);
    held.stolen.addEventListener("abort", onStolen);
    signal?.addEventListener("abort", onAbort);
    try {
      const epoch = await platform.raiseEpoch(name, turn.signal);
      turn.signal.throwIfAborted();
      const value = await callback({ epoch, signal: turn.signal });
      return lost ? undefined : { value };
    } catch (error) {
      // A run that lost its lock may fail in any way because of that.
      if (lost) return undefined;
      throw error;
    } finally {
      present.removeEventListener("abort", onLeave);
      held.stolen.removeEventListener("abort", onStolen);
      signal?.removeEventListener("abort", onAbort);
      stopAnswering();
      await held.release();
    }
  }
}

/** @returns `stealAfter`, `undefined` for never */
function check(name: unknown, callback: unknown, options: HoldOptions): number | undefined {
  if (typeof name !== "string" || name === "") {
    throw new InvalidArgumentError(`A lock's name is a non-empty string, not ${show(name)}.`);
  }
  if (typeof callback !== "function") {
    throw new InvalidArgumentError(`The callback of a lock is a function, not ${show(callback)}.`);
  }
  const { stealAfter = Number.POSITIVE_INFINITY } = options;
  if (!(stealAfter > 0)) {
    throw new InvalidArgumentError(
      `stealAfter is a number of milliseconds above 0, not ${show(stealAfter)}. Leave it out to never steal.`,
    );
  }
  return stealAfter === Number.POSITIVE_INFINITY ? undefined : stealAfter;
}

function refusal(error: unknown): unknown {
  return (error as Error | undefined)?.name === "SecurityError"
    ? new LocksUnavailableError(
        "This page may not use Web Locks. Does a sandboxed iframe lack allow-same-origin, or does the user block storage?",
        { cause: error },
      )
    : error;
}
