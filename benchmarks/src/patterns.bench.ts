import type { Benchmark } from "./measure.js";
import { breakers } from "./patterns/breakers.js";
import { rebuilding } from "./patterns/rebuilding.js";
import { requests } from "./patterns/requests.js";

export const benchmarks: readonly Benchmark[] = [...requests, ...breakers, ...rebuilding];
