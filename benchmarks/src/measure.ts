export type Place = "node" | "chromium";

/** One way to do the work of a benchmark. */
export interface Contender {
  readonly name: string;
  /** What it does less than the others, or how it is used. */
  readonly note?: string;
  /** Where it can run, if not wherever the benchmark can. */
  readonly in?: readonly Place[];
  /** Prepares it. */
  setup(): Promise<Work> | Work;
}

interface Work {
  /** Does the work once, and returns how many operations that were. */
  run(): Promise<number | Timed> | number | Timed;
  close?(): Promise<void> | void;
}

/** Of work that takes its time itself, as only a part of it counts. */
interface Timed {
  readonly operations: number;
  readonly ms: number;
}

/** The same work, done by several contenders. */
export interface Benchmark {
  readonly title: string;
  /** Where it can run. */
  readonly in: readonly Place[];
  /** How often each contender is measured. */
  readonly rounds: number;
  /** How often each runs before; by default so often that engines have compiled it. */
  readonly warmUpRounds?: number;
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

/** What is not a time: taken once from each contender. */
export interface Figure {
  readonly title: string;
  readonly unit: string;
  readonly in: readonly Place[];
  readonly contenders: readonly {
    readonly name: string;
    readonly note?: string | undefined;
    take(): Promise<number> | number;
  }[];
}

export interface FigureResult {
  readonly title: string;
  readonly unit: string;
  readonly contenders: readonly {
    readonly name: string;
    readonly note: string | undefined;
    readonly value: number;
  }[];
}

/** After fewer, engines are still compiling when the first benchmark is measured. */
const WARM_UP_ROUNDS = 10;

/**
 * Measures in interleaved rounds, so that what disturbs the machine disturbs all contenders; every
 * other round backwards, so that the same one does not always clear up after its neighbour.
 */
export async function measure(benchmark: Benchmark, here: Place): Promise<Result> {
  const { title, rounds, warmUpRounds = WARM_UP_ROUNDS } = benchmark;
  const contenders = benchmark.contenders.filter((one) => one.in?.includes(here) ?? true);
  const works: Work[] = [];
  for (const contender of contenders) works.push(await contender.setup());

  const times: number[][] = contenders.map(() => []);
  const order = [...works.entries()];
  for (let round = -warmUpRounds; round < rounds; round++) {
    order.reverse();
    for (const [index, work] of order) {
      await nextTask();
      const start = performance.now();
      const done = await work.run();
      const ms = performance.now() - start;
      const timed = typeof done === "number" ? { operations: done, ms } : done;
      const ns = (timed.ms * 1e6) / timed.operations;
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

/** Waits for a task of its own, without the delay that timers have. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Takes a figure from each contender, one after the other. */
export async function take({ title, unit, contenders }: Figure): Promise<FigureResult> {
  const taken: FigureResult["contenders"][number][] = [];
  for (const contender of contenders) {
    const { name, note } = contender;
    taken.push({ name, note, value: await contender.take() });
  }
  return { title, unit, contenders: taken };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
