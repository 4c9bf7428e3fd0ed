import { toFailure } from "../shared/failure.js";
import { PatternError } from "../shared/pattern-error.js";
import type { SourceOutcome } from "./outcome.js";

/** What had come of the sources when an ask failed. */
export type Outcomes = Readonly<Record<string, SourceOutcome>>;

/** Sources that were needed did not answer in time. */
export class AggregateTimeoutError extends PatternError {
  override readonly name = "AggregateTimeoutError";
  /** Those that did not answer. */
  readonly sources: readonly string[];
  readonly outcomes: Outcomes;

  constructor(sources: readonly string[], outcomes: Outcomes) {
    super(
      "AGGREGATE_TIMEOUT",
      `Timeout waiting for ${sources.join(", ")}. Raise the timeout, or do without by \`partial\` or \`fallbacks\`.`,
    );
    this.sources = sources;
    this.outcomes = outcomes;
  }
}

/** A source that was needed threw; what it threw is the `cause`. */
export class AggregateSourceError extends PatternError {
  override readonly name = "AggregateSourceError";
  readonly source: string;
  readonly outcomes: Outcomes;

  constructor(source: string, cause: unknown, outcomes: Outcomes) {
    super("AGGREGATE_SOURCE_FAILED", `"${source}" failed: ${toFailure(cause).message}`, { cause });
    this.source = source;
    this.outcomes = outcomes;
  }
}

/** Nobody on the page answers for sources that were needed. */
export class NoResponderError extends PatternError {
  override readonly name = "NoResponderError";
  /** Those that nobody answers for. */
  readonly sources: readonly string[];
  readonly outcomes: Outcomes;

  constructor(sources: readonly string[], outcomes: Outcomes) {
    super(
      "NO_RESPONDER",
      `Nobody on this page answers for ${sources.join(", ")}. Is the microfrontend that does mounted?`,
    );
    this.sources = sources;
    this.outcomes = outcomes;
  }
}

/** The source has a responder already. */
export class DuplicateResponderError extends PatternError {
  override readonly name = "DuplicateResponderError";
  readonly source: string;

  constructor(source: string) {
    super(
      "DUPLICATE_RESPONDER",
      `"${source}" has a responder on this page already. Unsubscribe that one first.`,
    );
    this.source = source;
  }
}

/** The Aggregator was disposed while it asked or answered, or before. */
export class AggregatorDisposedError extends PatternError {
  override readonly name = "AggregatorDisposedError";

  constructor() {
    super("DISPOSED", "The Aggregator has been disposed. Make a new one to go on.");
  }
}
