import type { Clock, Unsubscribe } from "@pubsub-mfe/core";

/** What holding works with. */
export interface HoldingContext<T> {
  readonly clock: Clock;
  /** For how long, in milliseconds; 0: not at all. */
  readonly intervalMs: number;
  /** How many are sent before that. */
  readonly maxCount: number;
  send(items: readonly T[]): void;
}

/** Holds items for a while, so that fewer and fuller batches go out. */
export class Holding<T> {
  readonly #context: HoldingContext<T>;
  #held: T[] = [];
  #cancel: Unsubscribe | undefined;

  constructor(context: HoldingContext<T>) {
    this.#context = context;
  }

  add(items: readonly T[]): void {
    const { clock, intervalMs, maxCount } = this.#context;
    for (const item of items) this.#held.push(item);
    if (intervalMs === 0 || this.#held.length >= maxCount) this.flush();
    else this.#cancel ??= clock.setTimer(() => this.flush(), intervalMs);
  }

  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const held = this.#held;
    if (held.length === 0) return;
    this.#held = [];
    this.#context.send(held);
  }
}
