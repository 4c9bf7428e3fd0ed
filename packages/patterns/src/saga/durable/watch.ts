import { pause } from "../attempt.js";
import type { Host } from "./host.js";
import { lockOf } from "./journal.js";

/** Microfrontends that load after others have so long to register their sagas, in milliseconds. */
const GRACE_MS = 1_000;

/**
 * Resolves when nobody runs the sagas of a name and version, in any tab: when their lock is free twice,
 * and nobody had it in between. One tab at a time watches, so that two do not take each other for one
 * that runs them.
 *
 * @throws (rejects) the signal's reason, and what the locks fail with
 */
export async function untilAbandoned(
  saga: { readonly name: string; readonly version: number },
  host: Host,
  signal: AbortSignal,
): Promise<void> {
  const { locks, deadlines, stealAfter } = host;
  const lock = lockOf(saga);
  await locks.hold(
    `${lock}/watch`,
    async (watching) => {
      let last = Number.NaN;
      for (;;) {
        const options = { signal: watching.signal, stealAfter };
        const epoch = await locks.hold(lock, (turn) => turn.epoch, options);
        if (epoch === last + 1) return;
        last = epoch;
        await pause(deadlines, GRACE_MS, [watching.signal]);
        watching.signal.throwIfAborted();
      }
    },
    { signal, stealAfter },
  );
}
