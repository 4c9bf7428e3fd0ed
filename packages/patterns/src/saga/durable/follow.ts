import { isBusError, type Unsubscribe } from "@pubsub-mfe/core";
import { onAbort } from "../../shared/on-abort.js";
import { reviveError } from "../../shared/travelled-errors.js";
import { pause } from "../attempt.js";
import {
  SagaCancelledError,
  SagaInterruptedError,
  SagaStepTimeoutError,
  SagaUncloneableError,
  UnknownSagaError,
} from "../errors.js";
import { outcomeOf, type SagaResult } from "../outcome.js";
import { hasEnded } from "../state.js";
import { again } from "./again.js";
import type { Host } from "./host.js";
import { load, streamOf } from "./journal.js";
import type { News } from "./news.js";

const OWN_ERRORS = {
  SagaCancelledError,
  SagaInterruptedError,
  SagaStepTimeoutError,
  SagaUncloneableError,
};
/** How long to wait after the store failed, in milliseconds. */
const WAIT_MS = 1_000;

/**
 * Waits for the outcome of a saga, whichever tab runs it.
 *
 * @throws (rejects) {@link UnknownSagaError} when its journal was deleted, and the reason of `disposed`
 */
export function follow(
  name: string,
  id: string,
  host: Host,
  news: News,
): Promise<SagaResult<unknown>> {
  const { streams, deadlines, disposed } = host;
  return new Promise((resolve, reject) => {
    const look = again(async () => {
      try {
        const state = await load(streams, streamOf(name, id));
        if (!state) fail(goneError(name, id));
        else if (hasEnded(state)) {
          end();
          resolve(outcomeOf(state, (failure) => reviveError(failure, OWN_ERRORS)));
        }
      } catch (error) {
        if (isBusError(error, "INVALID_ARGUMENT")) return fail(error);
        await pause(deadlines, WAIT_MS, [disposed]);
        if (!isOver) look();
      }
    });
    let isOver = false;
    let unfollow: Unsubscribe | undefined;
    const end = (): void => {
      isOver = true;
      unfollow?.();
      unlisten();
    };
    const fail = (reason: unknown): void => {
      end();
      reject(reason);
    };
    const unlisten = onAbort([disposed], fail);
    if (disposed.aborted) return fail(disposed.reason);
    unfollow = news.listen(streamOf(name, id), look);
  });
}

export function goneError(name: string, id: string): UnknownSagaError {
  return new UnknownSagaError(
    `There is no saga "${name}" with the id ${JSON.stringify(id)}. Was its journal deleted, or never begun?`,
  );
}
