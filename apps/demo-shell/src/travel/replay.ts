/** After so many items a snapshot is kept: no state is more than so many folds away. */
const SNAPSHOT_EVERY = 200;

/**
 * Folds items as they come, and tells the state after any of them: from the snapshot before it, so
 * that a jump costs the same wherever it goes.
 *
 * A fold returns the state that it got when the item changes nothing.
 */
export class Replay<State, Item> {
  readonly #fold: (state: State, item: Item) => State;
  readonly #every: number;
  #items: Item[] = [];
  #dropped = 0;
  /** The states after `#dropped` items, and after each `#every` more. */
  #snapshots: State[];
  /** How many of all items until then changed the state; begins as the snapshots do. */
  #changes: number[] = [0];
  #tip: State;

  constructor(
    empty: State,
    fold: (state: State, item: Item) => State,
    every: number = SNAPSHOT_EVERY,
  ) {
    this.#fold = fold;
    this.#every = every;
    this.#tip = empty;
    this.#snapshots = [empty];
  }

  /** How many items there have been. */
  get end(): number {
    return this.#dropped + this.#items.length;
  }

  append(item: Item): void {
    const next = this.#foldSafely(this.#tip, item);
    const changes = this.#changes.at(-1) as number;
    this.#changes.push(next === this.#tip ? changes : changes + 1);
    this.#tip = next;
    this.#items.push(item);
    if (this.#items.length % this.#every === 0) this.#snapshots.push(next);
  }

  /** @param count - the state after so many items */
  at(count: number): State {
    const kept = this.#index(count);
    if (kept === this.#items.length) return this.#tip;
    const snapshot = Math.floor(kept / this.#every);
    let state = this.#snapshots[snapshot] as State;
    for (const item of this.#items.slice(snapshot * this.#every, kept)) {
      state = this.#foldSafely(state, item);
    }
    return state;
  }

  /** What a fold cannot read, such as a payload that somebody made up, changes nothing. */
  #foldSafely(state: State, item: Item): State {
    try {
      return this.#fold(state, item);
    } catch {
      return state;
    }
  }

  /** Whether one of the items after the first `from`, until the first `to`, changed the state. */
  hasChanged(from: number, to: number): boolean {
    return this.#changes[this.#index(from)] !== this.#changes[this.#index(to)];
  }

  /** Forgets the items before the state after `count`, as far as no snapshot is moved by that. */
  dropBefore(count: number): void {
    const snapshots = Math.floor(this.#index(count) / this.#every);
    const items = snapshots * this.#every;
    if (items === 0) return;
    this.#items = this.#items.slice(items);
    this.#changes = this.#changes.slice(items);
    this.#snapshots = this.#snapshots.slice(snapshots);
    this.#dropped += items;
  }

  #index(count: number): number {
    const index = count - this.#dropped;
    if (index >= 0 && index <= this.#items.length) return index;
    throw new RangeError(
      `There is no state after ${count} items: it can be told from ${this.#dropped} to ${this.end}.`,
    );
  }
}
