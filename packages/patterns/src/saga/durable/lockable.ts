import { isLockError, type Locks } from "@pubsub-mfe/core/locks";

/**
 * Finds out whether locks can be had here at all, without having one: asks for one, and gives up at once.
 *
 * @returns asks the first time only: what is missing on a page stays missing. Rejects with a
 *   LocksUnavailableError where they can not, such as on a page without https
 */
export function lockable(locks: Locks): () => Promise<void> {
  let answer: Promise<void> | undefined;
  return () => {
    answer ??= ask(locks);
    return answer;
  };
}

async function ask(locks: Locks): Promise<void> {
  const asking = new AbortController();
  const answer = locks.hold("saga", () => {}, { signal: asking.signal });
  asking.abort();
  try {
    await answer;
  } catch (error) {
    if (isLockError(error, "LOCKS_UNAVAILABLE")) throw error;
  }
}
