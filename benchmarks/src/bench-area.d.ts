declare module "bench:area" {
  export const benchmarks: readonly (
    | import("./measure.js").Benchmark
    | import("./measure.js").Figure
  )[];
}
