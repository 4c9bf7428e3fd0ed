import { reportUncaught, type Unsubscribe, type Untyped } from "@pubsub-mfe/core";
import { onAbort } from "../shared/on-abort.js";
import { Ask, type AskContext } from "./ask.js";
import { AggregateSourceError, AggregateTimeoutError, NoResponderError } from "./errors.js";
import { onEnd } from "./on-end.js";
import { hasValue, type SourceOutcome } from "./outcome.js";
import { type CollectQuery, type Plan, withFallback } from "./query.js";

/** Asks several sources at once, until all have an outcome or the result is hopeless. */
export class Gathering {
  readonly promise: Promise<Map<string, SourceOutcome>>;
  readonly #query: CollectQuery;
  readonly #plan: Plan;
  readonly #outcomes = new Map<string, SourceOutcome>();
  #asks: readonly Ask[] = [];
  #unlisten: Unsubscribe[] = [];
  #hasEnded = false;
  #resolve!: (outcomes: Map<string, SourceOutcome>) => void;
  #reject!: (reason: unknown) => void;

  constructor(query: CollectQuery, plan: Plan) {
    this.#query = query;
    this.#plan = plan;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  start(context: AskContext): void {
    this.#unlisten = [
      onAbort([this.#query.signal], (reason) => this.#fail(reason)),
      onEnd(context, (reason) => {
        this.#fail(reason);
        for (const ask of this.#asks) ask.dispose();
      }),
    ];
    this.#asks = this.#plan.specs.map((spec) => {
      return new Ask(context, spec, (outcome) => void this.#note(spec.source, outcome));
    });
    for (const ask of this.#asks) ask.start();
    this.#decide();
  }

  #fail(reason: unknown): void {
    this.#end(reason);
    this.#reject(reason);
  }

  #end(reason?: unknown): void {
    this.#hasEnded = true;
    for (const unlisten of this.#unlisten) unlisten();
    for (const ask of this.#asks) ask.leave(reason);
  }

  async #note(source: string, settled: SourceOutcome): Promise<void> {
    if (this.#hasEnded) return;
    // What fails may do so while it is started: the await keeps it from calling back before the caller goes on.
    const outcome = hasValue(settled) ? settled : await withFallback(this.#query, source, settled);
    if (this.#hasEnded) return;
    this.#outcomes.set(source, outcome);
    try {
      this.#query.onPartial?.(source, outcome, valuesOf(this.#ordered()));
    } catch (error) {
      reportUncaught(error, "[@pubsub-mfe/patterns]");
    }
    // What fails at one moment is named together.
    await null;
    this.#decide();
  }

  #decide(): void {
    if (this.#hasEnded) return;
    const error = this.#hopeless();
    if (error) this.#fail(error);
    else if (this.#outcomes.size === this.#plan.specs.length) {
      this.#end();
      this.#resolve(this.#ordered());
    }
  }

  /** @returns the error, once no outcome of the others can save the result */
  #hopeless(): Error | undefined {
    const { specs, required, min } = this.#plan;
    const all = this.#ordered();
    const failed = [...all].filter(([, outcome]) => !hasValue(outcome));
    let missing = failed.filter(([source]) => required.includes(source));
    if (missing.length === 0 && specs.length - failed.length < min) missing = failed;
    if (missing.length === 0) return undefined;

    const outcomes = Object.fromEntries(all);
    for (const [source, outcome] of missing) {
      if (outcome.status === "error") {
        return new AggregateSourceError(source, outcome.error, outcomes);
      }
    }
    const named = (status: string): string[] =>
      missing.filter(([, outcome]) => outcome.status === status).map(([source]) => source);
    const absent = named("no-responder");
    if (absent.length > 0) return new NoResponderError(absent, outcomes);
    return new AggregateTimeoutError(named("timeout"), outcomes);
  }

  /** In the order in which they were asked. */
  #ordered(): Map<string, SourceOutcome> {
    const ordered = new Map<string, SourceOutcome>();
    for (const { source } of this.#plan.specs) {
      const outcome = this.#outcomes.get(source);
      if (outcome) ordered.set(source, outcome);
    }
    return ordered;
  }
}

/** @returns the values by source, as own properties: a source may be called `__proto__` */
export function valuesOf(outcomes: Map<string, SourceOutcome>): Record<string, unknown> {
  return Object.fromEntries(resultsOf(outcomes));
}

export function resultsOf(outcomes: Map<string, SourceOutcome>): Map<string, Untyped> {
  const results = new Map<string, Untyped>();
  for (const [source, outcome] of outcomes) {
    if (hasValue(outcome)) results.set(source, outcome.value);
  }
  return results;
}
