import type { Clock, Unsubscribe } from "@pubsub-mfe/core";

/** How long after the last message it is told which one that was, in milliseconds. */
const TOLD_AFTER_MS: readonly number[] = [250, 1_000, 4_000, 16_000];

/**
 * Tells, several times, how far this tab has come once it has stopped to publish: a message behind
 * which no other comes leaves no hole that would show its loss.
 */
export class TailDigest {
  readonly #clock: Clock;
  readonly #tell: () => void;
  #cancel: Unsubscribe | undefined;

  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Starts anew. */
  restart(): void {
    this.#wait(0, 0);
  }

  /** Tells it at once where it has not been told often enough: the page may be about to end. */
  flush(): void {
    if (this.#cancel) this.#tell();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(round: number, elapsedMs: number): void {
    this.stop();
    const dueMs = TOLD_AFTER_MS[round];
    if (dueMs === undefined) return;
    this.#cancel = this.#clock.setTimer(() => {
      this.#wait(round + 1, dueMs);
      this.#tell();
    }, dueMs - elapsedMs);
  }
}
