// What each bundle starts with; `benchmarks` and `here` are put in by the runner.
import { benchmarks } from "bench:area";
import { type FigureResult, measure, type Place, type Result, take } from "./measure.js";

export async function runHere(here: Place): Promise<(Result | FigureResult)[]> {
  const results: (Result | FigureResult)[] = [];
  for (const benchmark of benchmarks) {
    if (!benchmark.in.includes(here)) continue;
    results.push("unit" in benchmark ? await take(benchmark) : await measure(benchmark, here));
  }
  return results;
}
