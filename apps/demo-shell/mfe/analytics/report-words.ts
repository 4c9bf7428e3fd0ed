import type { Report } from "./collector.js";

/** What came of a source, in glyph and words. */
export function describeReport(report: Report | undefined): string {
  if (!report) return "… asking";
  const { outcome, tookMs } = report;
  const took = tookMs < 1 ? "< 1 ms" : `${Math.round(tookMs)} ms`;
  switch (outcome.status) {
    case "value":
    case "fallback":
      return `✓ answered in ${took}`;
    case "timeout":
      return `◷ no answer within ${took}`;
    case "no-responder":
      return "∅ nobody answers";
    case "error":
      return `✕ failed after ${took}: ${outcome.error instanceof Error ? outcome.error.message : outcome.error}`;
  }
}
