import type { SagaResult } from "../outcome.js";

/** A saga that was started, here or elsewhere. */
export interface SagaHandle<Results> {
  readonly name: string;
  readonly id: string;
  /** Whether it was there before: then its first input counts. */
  readonly isJoined: boolean;
  /**
   * Resolves with what became of it, whichever tab runs it. Rejects when this manager is disposed, or
   * the journal deleted.
   */
  readonly done: Promise<SagaResult<Results>>;
  /** As `done`, but with the results alone; rejects with the error when it failed, or is stuck. */
  readonly result: Promise<Results>;
}

export function handleOf<Results>(
  name: string,
  id: string,
  isJoined: boolean,
  done: Promise<SagaResult<Results>>,
): SagaHandle<Results> {
  const result = done.then((outcome) => {
    if (outcome.success) return outcome.results;
    throw outcome.error;
  });
  // Who waits for one of them, or for none, need not catch what the other rejects with.
  result.catch(() => {});
  return { name, id, isJoined, done, result };
}
