import { exact } from "./bus/exact.js";
import { memory } from "./bus/memory.js";
import { subscribing } from "./bus/subscribing.js";
import { wildcards } from "./bus/wildcards.js";
import type { Benchmark, Figure } from "./measure.js";

export const benchmarks: readonly (Benchmark | Figure)[] = [
  ...exact,
  ...wildcards,
  ...subscribing,
  ...memory,
];
