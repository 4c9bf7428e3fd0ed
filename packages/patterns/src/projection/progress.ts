import type { Clock, EventPosition, Unsubscribe } from "@pubsub-mfe/core";
import { Listeners } from "@pubsub-mfe/core/stores";
import { type Deadline, Deadlines } from "../shared/deadlines.js";
import type { ProjectionStatus } from "./options.js";

interface Waiter {
  readonly position: EventPosition;
  readonly deadline: Deadline;
  readonly settle: (error?: unknown) => void;
}

type State = ProjectionStatus["state"];

/** How far a projection is, and who waits for it to get further. */
export class Progress {
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #listeners: Listeners<ProjectionStatus>;
  #listenerCount = 0;
  readonly #waiters = new Set<Waiter>();
  #state: State = "catching-up";
  #position: EventPosition | undefined;
  #time: number | undefined;
  #error: unknown;

  constructor(clock: Clock, onFailure: (thrown: unknown) => void) {
    this.#clock = clock;
    this.#deadlines = new Deadlines(clock);
    this.#listeners = new Listeners(onFailure);
  }

  get status(): ProjectionStatus {
    const isBehind = this.#state !== "live" && this.#time !== undefined;
    const lag = isBehind ? Math.max(0, this.#clock.now() - (this.#time as number)) : 0;
    return { state: this.#state, position: this.#position, lag, error: this.#error };
  }

  /** Whether anybody wants to know. */
  get isWatched(): boolean {
    return this.#listenerCount > 0 || this.#waiters.size > 0;
  }

  onChange(listener: (status: ProjectionStatus) => void): Unsubscribe {
    const remove = this.#listeners.add(listener);
    this.#listenerCount += 1;
    let isOn = true;
    return () => {
      if (isOn) this.#listenerCount -= 1;
      isOn = false;
      remove();
    };
  }

  /** @param time - when the last event was committed that was put into the rows */
  moveTo(position: EventPosition | undefined, time?: number): void {
    if (time !== undefined) this.#time = time;
    if (position !== this.#position) {
      this.#position = position;
      this.#listeners.tell(this.status);
    }
    // Also when it is nothing new: somebody may have begun to wait since.
    if (position === undefined) return;
    for (const waiter of this.#waiters) {
      if (waiter.position <= position) waiter.settle();
    }
  }

  become(state: State, error?: unknown): void {
    if (state === this.#state && error === this.#error) return;
    this.#state = state;
    this.#error = error;
    this.#listeners.tell(this.status);
  }

  /** Gives up all who wait. */
  fail(error: unknown): void {
    for (const waiter of this.#waiters) waiter.settle(error);
  }

  /** Settles when the rows have come to a position. */
  wait(
    position: EventPosition,
    timeoutMs: number,
    signal: AbortSignal | undefined,
    onTimeout: () => unknown,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => waiter.settle(signal?.reason);
      const waiter: Waiter = {
        position,
        deadline: { dueMs: 0, onExpired: () => waiter.settle(onTimeout()) },
        settle: (...error) => {
          this.#waiters.delete(waiter);
          this.#deadlines.remove(waiter.deadline);
          signal?.removeEventListener("abort", onAbort);
          if (error.length > 0) reject(error[0]);
          else resolve();
        },
      };
      this.#waiters.add(waiter);
      this.#deadlines.start(waiter.deadline, timeoutMs);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  end(error: unknown): void {
    this.fail(error);
    this.become("stopped", error);
    this.#listeners.clear();
    this.#listenerCount = 0;
  }
}
