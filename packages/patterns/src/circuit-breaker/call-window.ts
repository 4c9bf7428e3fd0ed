/** A window of time moves on in so many steps. */
const TIME_SLOTS = 10;

/**
 * What became of the last calls. A ring of slots: of one call each where calls are counted, of a tenth
 * of the time each where time is. Nothing is added up before somebody asks: calls are many, and
 * failures few.
 */
export class CallWindow {
  readonly #calls: Uint32Array;
  readonly #failures: Uint32Array;
  readonly #slow: Uint32Array;
  /** 0 where calls are counted. */
  readonly #slotMs: number;
  #slot = 0;

  /** @param size - in calls, or in milliseconds */
  constructor(size: number, isTime: boolean) {
    const slots = isTime ? TIME_SLOTS : size;
    this.#slotMs = isTime ? size / slots : 0;
    this.#calls = new Uint32Array(slots);
    this.#failures = new Uint32Array(slots);
    this.#slow = new Uint32Array(slots);
  }

  /** Whether it has to be told the time. */
  get isTime(): boolean {
    return this.#slotMs > 0;
  }

  record(nowMs: number, isFailed: boolean, isSlow: boolean): void {
    this.#moveTo(this.isTime ? nowMs / this.#slotMs : this.#slot + 1);
    const at = this.#slot % this.#calls.length;
    (this.#calls[at] as number) += 1;
    if (isFailed) (this.#failures[at] as number) += 1;
    if (isSlow) (this.#slow[at] as number) += 1;
  }

  /** @returns how many calls, failures and slow calls are in it */
  count(nowMs: number): [calls: number, failures: number, slow: number] {
    if (this.isTime) this.#moveTo(nowMs / this.#slotMs);
    return [sum(this.#calls), sum(this.#failures), sum(this.#slow)];
  }

  clear(): void {
    this.#calls.fill(0);
    this.#failures.fill(0);
    this.#slow.fill(0);
  }

  #moveTo(position: number): void {
    const last = Math.floor(position);
    const size = this.#calls.length;
    for (let slot = Math.max(this.#slot, last - size) + 1; slot <= last; slot += 1) {
      const at = slot % size;
      this.#calls[at] = this.#failures[at] = this.#slow[at] = 0;
    }
    this.#slot = last;
  }
}

function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
