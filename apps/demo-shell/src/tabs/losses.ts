/** What the demo loses on purpose of what other tabs send to this one. */
export class Losses {
  /** Called after each change. */
  onChange = (): void => {};
  /** Ids of messages that were lost once. */
  readonly #lost = new Set<string>();
  /** Ids of messages that are lost each time they come. */
  readonly #gone = new Set<string>();
  #left = 0;
  #forGood = false;

  /** How many messages are still to be lost. */
  get left(): number {
    return this.#left;
  }

  /** Whether they are to be lost as often as they come. */
  get forGood(): boolean {
    return this.#forGood;
  }

  /** How many different messages were lost. */
  get count(): number {
    return this.#lost.size;
  }

  /** Loses the next messages that arrive; 0 ends it. */
  lose(count: number, forGood: boolean): void {
    this.#left = count;
    this.#forGood = forGood;
    this.onChange();
  }

  /**
   * Decides over messages that arrive together.
   *
   * @returns whether they are lost; what comes again is not, unless it was lost for good
   */
  takes(ids: readonly string[]): boolean {
    if (ids.some((id) => this.#gone.has(id))) return true;
    if (this.#left === 0 || ids.length === 0 || ids.some((id) => this.#lost.has(id))) return false;
    this.#left = Math.max(0, this.#left - ids.length);
    for (const id of ids) {
      this.#lost.add(id);
      if (this.#forGood) this.#gone.add(id);
    }
    this.onChange();
    return true;
  }

  /** Whether a message was lost for good. */
  isGone(id: string): boolean {
    return this.#gone.has(id);
  }
}
