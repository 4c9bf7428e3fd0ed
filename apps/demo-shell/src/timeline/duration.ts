/** How fine the page's clock is, in milliseconds: browsers make it coarse where pages are not isolated. */
const GRAIN_MS = globalThis.crossOriginIsolated ? 0.005 : 0.1;

/** Says how long something took, such as `340 µs`, `2.1 ms` or `1.4 s`. */
export function tellDuration(ms: number): string {
  if (ms < GRAIN_MS) return `<${GRAIN_MS * 1_000} µs`;
  if (ms < 1) return `${Math.round(ms * 1_000)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return `${(ms / 1_000).toFixed(1)} s`;
}
