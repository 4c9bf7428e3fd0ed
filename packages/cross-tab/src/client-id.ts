import type { Clock } from "@pubsub-mfe/core";
import { acquire, type Held } from "@pubsub-mfe/core/locks";
import type { TabLocks } from "./tab-locks.js";

/** After a reload the lock of the page before is free by then; that of another tab is not. */
const CLAIM_MS = 300;

/** What claiming an id works with. */
export interface ClaimContext {
  readonly clock: Clock;
  readonly locks: TabLocks;
  /** The lock of a tab is called this and its id. */
  readonly prefix: string;
  /** Under which the id survives a reload, in `sessionStorage`. */
  readonly storageKey: string;
  /** The id to take when there is none yet, or another tab has it. */
  readonly fresh: string;
  readonly signal: AbortSignal;
}

/** An id that no other tab has as long as the lock is held. */
export interface Claim {
  readonly id: string;
  readonly lock: Held;
}

/**
 * Takes the id that this tab had before its reload. A tab that was duplicated begins with a copy of
 * what the other had stored: it finds the lock taken, and gets an id of its own.
 *
 * @throws what the locks throw
 */
export async function claimClientId(context: ClaimContext): Promise<Claim> {
  const { locks, prefix, storageKey, fresh, signal } = context;
  const stored = recall(storageKey);
  if (stored) {
    const lock = await acquireWithin(CLAIM_MS, prefix + stored, context);
    if (lock) return { id: stored, lock };
  }
  const lock = await acquire(locks, prefix + fresh, { signal });
  remember(storageKey, fresh);
  return { id: fresh, lock };
}

async function acquireWithin(
  limitMs: number,
  name: string,
  { clock, locks, signal }: ClaimContext,
): Promise<Held | undefined> {
  const late = new AbortController();
  const cancel = clock.setTimer(() => late.abort(), limitMs);
  try {
    return await acquire(locks, name, { signal: AbortSignal.any([signal, late.signal]) });
  } catch (error) {
    if (late.signal.aborted && !signal.aborted) return undefined;
    throw error;
  } finally {
    cancel();
  }
}

// Storage may be missing, as in a worker, blocked or full: then the id ends with the page.
function recall(key: string): string | null {
  try {
    return globalThis.sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, id: string): void {
  try {
    globalThis.sessionStorage.setItem(key, id);
  } catch {}
}
