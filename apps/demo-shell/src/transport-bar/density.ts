/** So many bars at most; with more messages each bar stands for twice as many. */
const MAX_BARS = 128;

const LOWEST = 0.12;

/** Some messages that follow each other. A new object for each change. */
export interface Bar {
  readonly count: number;
  readonly failures: number;
  /** From how many of them it is known how long they came after the one before: the first has none. */
  readonly gaps: number;
  /** When the message before them was published, in milliseconds since the epoch. */
  readonly from: number;
  /** When the last of them was published. */
  readonly to: number;
}

/** How dense messages lie in time, by their place in the log: a message more changes the last bar only. */
export class Density {
  readonly #maxBars: number;
  #bars: Bar[] = [];
  #size = 1;
  #dropped = 0;
  #end = 0;
  #failures = 0;
  #lastTs = 0;

  constructor(maxBars: number = MAX_BARS) {
    this.#maxBars = maxBars;
  }

  /** Of `size` messages each, but for the last, which may have fewer. */
  get bars(): readonly Bar[] {
    return this.#bars;
  }

  get size(): number {
    return this.#size;
  }

  /** How many messages lie before the first bar. */
  get dropped(): number {
    return this.#dropped;
  }

  /** How many messages there have been. */
  get end(): number {
    return this.#end;
  }

  /** How many of those in the bars have failed. */
  get failures(): number {
    return this.#failures;
  }

  append(ts: number, failed: boolean): void {
    const isFirst = this.#end === 0;
    const from = isFirst ? ts : this.#lastTs;
    // Of two tabs one may have published first, and stored last.
    this.#lastTs = Math.max(from, ts);
    const failures = failed ? 1 : 0;
    const bar = { count: 1, failures, gaps: isFirst ? 0 : 1, from, to: this.#lastTs };
    const last = this.#bars.at(-1);
    if (last && last.count < this.#size) this.#bars[this.#bars.length - 1] = join(last, bar);
    else this.#bars.push(bar);
    this.#end++;
    if (failed) this.#failures++;
    if (this.#bars.length > this.#maxBars) this.#halve();
  }

  /** @param index - from 0: of the message that turned out to have failed */
  fail(index: number): void {
    const place = Math.floor((index - this.#dropped) / this.#size);
    const bar = this.#bars[place];
    if (!bar) return;
    this.#bars[place] = { ...bar, failures: bar.failures + 1 };
    this.#failures++;
  }

  /** Forgets the bars before a message, counted from 0. */
  dropBefore(index: number): void {
    const gone = this.#bars.splice(0, Math.floor((index - this.#dropped) / this.#size));
    this.#dropped += gone.length * this.#size;
    for (const { failures } of gone) this.#failures -= failures;
  }

  #halve(): void {
    const bars: Bar[] = [];
    for (let n = 0; n < this.#bars.length; n += 2) {
      const [first, second] = this.#bars.slice(n, n + 2);
      if (first) bars.push(second ? join(first, second) : first);
    }
    this.#bars = bars;
    this.#size *= 2;
  }
}

/** Between which powers of ten the densities lie, in messages per second. */
export interface Scale {
  readonly low: number;
  readonly high: number;
}

export function scaleOf(bars: readonly Bar[]): Scale {
  const powers = bars.filter(({ gaps }) => gaps > 0).map(powerOf);
  if (powers.length === 0) return { low: 0, high: 1 };
  const low = Math.floor(Math.min(...powers));
  return { low, high: Math.max(low + 1, Math.ceil(Math.max(...powers))) };
}

/** How high a bar is, from 0 to 1: by the logarithm of its density, and never so low that it is not seen. */
export function heightOf(bar: Bar, { low, high }: Scale): number {
  if (bar.gaps === 0) return LOWEST;
  return LOWEST + (1 - LOWEST) * ((powerOf(bar) - low) / (high - low));
}

function powerOf({ gaps, from, to }: Bar): number {
  return Math.log10((gaps * 1_000) / Math.max(1, to - from));
}

function join(first: Bar, second: Bar): Bar {
  return {
    count: first.count + second.count,
    failures: first.failures + second.failures,
    gaps: first.gaps + second.gaps,
    from: first.from,
    to: second.to,
  };
}
