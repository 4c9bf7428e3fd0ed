import { acquire, type Held } from "./acquire.js";
import type { PageLife } from "./page-life.js";
import type { LockPlatform, WebLocks } from "./platform.js";
import type { SignsOfLife } from "./signs-of-life.js";
import { anyOf, until } from "./until.js";

/** A request that has not been granted after so long is behind somebody. */
const blockedAfterMs = 50;

/** What waiting for a turn needs. */
export interface Waiting {
  readonly platform: LockPlatform;
  readonly locks: WebLocks;
  readonly life: PageLife;
  readonly signs: SignsOfLife;
  /** Ends the waiting, and leaves nothing in any queue. */
  readonly signal: AbortSignal;
}

/** Waits in the queue of a lock, and steals it when its holder is silent for `stealAfter` ms. */
export async function takeTurn(
  name: string,
  waiting: Waiting,
  stealAfter: number | undefined,
): Promise<Held> {
  const { platform, locks, signal } = waiting;
  const webName = `${platform.prefix}:${name}`;
  if (stealAfter === undefined) return acquire(locks, webName, { signal });

  const queue = new AbortController();
  const watch = new AbortController();
  const queued = acquire(locks, webName, { signal: anyOf(signal, queue.signal) });
  const watching = { ...waiting, signal: anyOf(signal, watch.signal) };
  const stolen = steal(name, watching, stealAfter, () => queue.abort());
  // Without its watch a place in the queue is not what the caller asked for.
  stolen.catch(() => queue.abort());
  try {
    const held = await Promise.any([queued, stolen]);
    // Whatever happens, a lock that nobody uses is not kept.
    stolen.then((other) => (other === held ? undefined : other.release())).catch(() => {});
    return held;
  } catch (error) {
    signal.throwIfAborted();
    // One of the two ended the other, which is no news.
    throw (error as AggregateError).errors.find((one) => one?.name !== "AbortError") ?? error;
  } finally {
    watch.abort();
  }
}

/** Takes the lock once its holder is silent; rejects when the waiting ends. */
async function steal(
  name: string,
  waiting: Waiting,
  stealAfter: number,
  leaveQueue: () => void,
): Promise<Held> {
  const { platform, locks, life, signal } = waiting;
  const webName = `${platform.prefix}:${name}`;
  await until(signal, (done) => platform.clock.setTimer(done, blockedAfterMs));
  // Looking at the locks makes Chromium drop a page in the back/forward cache that holds one. It does
  // not always grant the lock to somebody then: the steal that follows does not need that.
  await locks.query();
  for (;;) {
    await life.visible.on(signal);
    const visible = anyOf(signal, life.visible.signal);
    try {
      // One thief at a time: a second would steal from the first, having asked before that one held.
      const thief = await acquire(locks, `${platform.prefix}-thief:${name}`, { signal: visible });
      try {
        await silence(name, { ...waiting, signal: visible }, stealAfter);
        visible.throwIfAborted();
        leaveQueue();
        return await acquire(locks, webName, { steal: true });
      } finally {
        void thief.release();
      }
    } catch (error) {
      if (signal.aborted || !visible.aborted) throw error;
    }
  }
}

/** Resolves when a lock's holder has given no sign of life for so long. */
async function silence(name: string, waiting: Waiting, afterMs: number): Promise<void> {
  const { platform, signs, signal } = waiting;
  const { clock } = platform;
  const tickMs = Math.min(afterMs / 4, 2 ** 31 - 1);
  let heardAt = clock.monotonic();
  const stop = signs.watch(name, () => {
    heardAt = clock.monotonic();
  });
  try {
    while (clock.monotonic() - heardAt < afterMs) {
      signs.ask(name);
      const askedAt = clock.monotonic();
      await until(signal, (done) => clock.setTimer(done, tickMs));
      // Whoever slept itself has heard nothing, and that says nothing about the holder.
      if (clock.monotonic() - askedAt > 2 * tickMs + 1_000) heardAt = clock.monotonic();
    }
  } finally {
    stop();
  }
}
