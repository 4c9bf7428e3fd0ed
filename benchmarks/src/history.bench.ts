import { collecting } from "./history/collecting.js";
import { reading } from "./history/reading.js";
import { rebuilding } from "./history/rebuilding.js";
import { writing } from "./history/writing.js";
import type { Benchmark, Figure } from "./measure.js";

export const benchmarks: readonly (Benchmark | Figure)[] = [
  ...writing,
  ...reading,
  rebuilding,
  ...collecting,
];
