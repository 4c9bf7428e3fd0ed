import type { LockContext } from "@pubsub-mfe/core/locks";

/** What runs while this tab leads. */
export type LeadCallback<T> = (turn: LockContext) => T | PromiseLike<T>;

/** Options of {@link CrossTabAdapter.lead}. */
export interface LeadOptions {
  /**
   * Gives up waiting: `lead` rejects with its reason. Once the callback runs it is told by its own
   * signal, and `lead` settles as it does.
   */
  readonly signal?: AbortSignal | undefined;
}

interface Outcome<T> {
  resolve(value: T): void;
  reject(reason: unknown): void;
  /** It is done with, whatever came of it. */
  onEnd(): void;
}

/** A callback that is to run to its end in one turn of the leader, and is run anew until it does. */
export class LeaderScope<T = unknown> {
  readonly #callback: LeadCallback<T>;
  readonly #signal: AbortSignal | undefined;
  readonly #outcome: Outcome<T>;
  #running: Promise<void> | undefined;
  /** What ends it, when it runs no more. */
  #end: { readonly reason: unknown } | undefined;

  constructor(callback: LeadCallback<T>, signal: AbortSignal | undefined, outcome: Outcome<T>) {
    this.#callback = callback;
    this.#signal = signal;
    this.#outcome = outcome;
    signal?.addEventListener("abort", this.#onAbort);
  }

  /** Resolves when the callback does not run. */
  get settled(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  async run(turn: LockContext): Promise<void> {
    this.#running = this.#run(turn);
    await this.#running;
    this.#running = undefined;
    if (this.#end) this.giveUp(this.#end.reason);
  }

  /** Rejects; a callback that runs comes to its end first. */
  giveUp(reason: unknown): void {
    this.#end = { reason };
    if (this.#running !== undefined) return;
    this.#outcome.reject(reason);
    this.#finish();
  }

  readonly #onAbort = (): void => this.giveUp(this.#signal?.reason);

  async #run({ epoch, signal: turn }: LockContext): Promise<void> {
    const signal = this.#signal ? AbortSignal.any([turn, this.#signal]) : turn;
    try {
      const value = await this.#callback({ epoch, signal });
      if (turn.aborted) return;
      this.#outcome.resolve(value);
    } catch (error) {
      // A run that lost the lead may fail in any way because of that.
      if (turn.aborted) return;
      this.#outcome.reject(error);
    }
    this.#finish();
  }

  #finish(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#outcome.onEnd();
  }
}
