import type { Benchmark, Figure } from "./measure.js";
import { latency } from "./tabs/latency.js";
import { sending } from "./tabs/sending.js";
import { takeover } from "./tabs/takeover.js";
import { workers } from "./tabs/workers.js";

export const benchmarks: readonly (Benchmark | Figure)[] = [
  ...latency,
  ...sending,
  workers,
  ...takeover,
];
