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
  /** When the last message was sent, by the monotonic clock. */
  #sentMs = 0;
  /** How often it was told since. */
  #round = 0;
  #cancel: Unsubscribe | undefined;

  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Starts anew. */
  restart(): void {
    this.#sentMs = this.#clock.monotonic();
    // The first timer goes on, and then looks: to set one costs more than all else of a message.
    if (this.#cancel && this.#round === 0) return;
    this.#round = 0;
    this.#wait();
  }

  /** Tells it at once where it has not been told often enough: the page may be about to end. */
  flush(): void {
    if (this.#cancel) this.#tell();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    this.stop();
    const dueMs = TOLD_AFTER_MS[this.#round];
    if (dueMs === undefined) return;
    const leftMs = this.#sentMs + dueMs - this.#clock.monotonic();
    if (leftMs > 0) {
      this.#cancel = this.#clock.setTimer(() => this.#wait(), leftMs);
      return;
    }
    this.#round += 1;
    this.#wait();
    this.#tell();
  }
}
