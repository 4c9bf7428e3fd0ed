/** What a pattern tells of its work that nobody gets as an error, by its option `onDiagnostic`. */
export interface PatternWarning {
  readonly type: "warning";
  /** What happened, for programs to compare. */
  readonly code: string;
  /** What happened and what to do, in words. */
  readonly message: string;
  readonly details?: unknown;
}
