import { reportUncaught } from "@pubsub-mfe/core";

/** What a pattern tells of its work that nobody gets as an error, by its option `onDiagnostic`. */
export interface PatternWarning {
  readonly type: "warning";
  /** What happened, for programs to compare. */
  readonly code: string;
  /** What happened and what to do, in words. */
  readonly message: string;
  readonly details?: unknown;
}

/** Tells of what nobody gets as an error; `details.error` is what was thrown, if anything was. */
export type Warn = (
  code: string,
  message: string,
  details?: Readonly<Record<string, unknown>>,
) => void;

/**
 * Tells a listener. What it throws is reported to the platform, as is, where there is no listener,
 * what has an error.
 */
export function warnTo(onDiagnostic: ((warning: PatternWarning) => void) | undefined): Warn {
  return (code, message, details) => {
    try {
      if (onDiagnostic) onDiagnostic({ type: "warning", code, message, details });
      else if (details && "error" in details) throw new Error(message, { cause: details.error });
    } catch (thrown) {
      reportUncaught(thrown, "[@pubsub-mfe/patterns]");
    }
  };
}
