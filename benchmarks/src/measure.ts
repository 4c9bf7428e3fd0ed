/** One way to do the work of a benchmark. */
export interface Contender {
  readonly name: string;
  /** What it does less than the others, or how it is used. */
  readonly note?: string;
  /** Prepares it. The function does the work once, and returns how many operations that were. */
  setup(): Promise<Work> | Work;
}

interface Work {
  run(): Promise<number> | number;
  close?(): Promise<void> | void;
}

/** The same work, done by several contenders. */
export interface Benchmark {
  readonly title: string;
  /** Where it can run. */
  readonly in: readonly ("node" | "chromium")[];
  /** How often each contender is measured. */
  readonly rounds: number;
  /** The first is what the others are compared with. */
  readonly contenders: readonly Contender[];
}

/** Nanoseconds an operation, the median of all rounds. */
export interface Result {
  readonly title: string;
  readonly contenders: readonly {
    readonly name: string;
    readonly note: string | undefined;
    readonly medianNs: number;
    readonly fastestNs: number;
    /** How many times the time of the first contender; the median of the rounds' ratios. */
    readonly ratio: number;
  }[];
}

const WARM_UP_ROUNDS = 3;

/** Measures in interleaved rounds, so that what disturbs the machine disturbs all contenders. */
export async function measure(benchmark: Benchmark): Promise<Result> {
  const { title, rounds, contenders } = benchmark;
  const works: Work[] = [];
  for (const contender of contenders) works.push(await contender.setup());

  const times: number[][] = contenders.map(() => []);
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [index, work] of works.entries()) {
      const start = performance.now();
      const operations = await work.run();
      const ns = ((performance.now() - start) * 1e6) / operations;
      if (round >= 0) times[index]?.push(ns);
    }
  }
  for (const work of works) await work.close?.();

  const base = times[0] as number[];
  return {
    title,
    contenders: contenders.map(({ name, note }, index) => {
      const own = times[index] as number[];
      return {
        name,
        note,
        medianNs: median(own),
        fastestNs: Math.min(...own),
        ratio: median(own.map((ns, round) => ns / (base[round] as number))),
      };
    }),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
