// What each bundle starts with; `benchmarks` and `here` are put in by the runner.
import { benchmarks } from "bench:area";
import { measure, type Result } from "./measure.js";

export async function runHere(here: "node" | "chromium"): Promise<Result[]> {
  const results: Result[] = [];
  for (const benchmark of benchmarks) {
    if (benchmark.in.includes(here)) results.push(await measure(benchmark));
  }
  return results;
}
