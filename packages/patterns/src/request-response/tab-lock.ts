import { acquire, browserPage, type WebLocks } from "@pubsub-mfe/core/locks";

/**
 * Holds a lock until it is let go, or the page goes away: a page that is kept in the back/forward
 * cache does not answer either.
 *
 * @returns lets go; may be called more than once
 * @throws (rejects) what the platform refuses locks with
 */
export async function holdWhileHere(locks: WebLocks, name: string): Promise<() => void> {
  const held = await acquire(locks, name, {});
  const ends = [browserPage.on("pagehide", letGo), browserPage.on("freeze", letGo)];
  function letGo(): void {
    for (const end of ends) end();
    void held.release();
  }
  return letGo;
}
