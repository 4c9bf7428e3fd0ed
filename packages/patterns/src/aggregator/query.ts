import type { Untyped } from "@pubsub-mfe/core";
import { checkTimeout } from "../shared/deadlines.js";
import { invalidArgument } from "../shared/pattern-error.js";
import type { AskSpec } from "./ask.js";
import type { SourceFailure, SourceOutcome } from "./outcome.js";

/** Which sources may be missing from a result. */
export interface PartialRule<Source extends string = string> {
  /**
   * The sources that must have a value.
   *
   * @defaultValue none
   */
  readonly required?: readonly Source[] | undefined;
  /**
   * How many sources must have a value.
   *
   * @defaultValue `0`
   */
  readonly min?: number | undefined;
}

/** The answer of a source, where its type is declared. */
export type AnswerOf<Answers, Source extends string> = Source extends keyof Answers
  ? Answers[Source]
  : Untyped;

/** Any value, of a kind that leaves the parameter of a function beside it typed. */
type Anything = object | string | number | bigint | boolean | symbol | null | undefined;

/** What stands in for an answer: a value, or a function of the reason that returns it or its promise. */
export type Fallback<Answer> =
  | (0 extends 1 & Answer ? Anything : Answer)
  | ((reason: SourceFailure) => Answer | PromiseLike<Answer>);

/** The answers by source, in the order in which these were asked. */
export interface Results<Source extends string = string, Answers = Record<Source, Untyped>>
  extends Map<Source, AnswerOf<Answers, Source>> {
  get<S extends Source>(source: S): AnswerOf<Answers, S> | undefined;
}

/** What {@link Aggregator.collect} is asked, by sources and the type of their answers. */
export interface CollectQuery<Source extends string = string, Answers = Record<Source, Untyped>> {
  /** Who is asked: topic segments, joined by dots. One that is named twice is asked once. */
  readonly sources: readonly Source[];
  /**
   * How long each source has to answer, in milliseconds. `Infinity` waits for ever.
   *
   * @defaultValue `5_000`
   */
  readonly timeout?: number | undefined;
  /** Timeouts of single sources, in milliseconds, by source; they go before `timeout`. */
  readonly timeouts?: { readonly [S in NoInfer<Source>]?: number | undefined } | undefined;
  /**
   * How long to wait for somebody who answers for a source, in milliseconds: microfrontends may be
   * loading. The timeout of the source counts from then on.
   *
   * @defaultValue `0`
   */
  readonly waitForResponder?: number | undefined;
  /**
   * What the sources are asked with, by reference; of a function, what it returns for each.
   *
   * @defaultValue `{}`
   */
  readonly params?: unknown;
  /**
   * What stands in for a source that gave no value, by source: a value, or a function of the reason
   * that returns it or its promise.
   */
  readonly fallbacks?:
    | { readonly [S in NoInfer<Source>]?: Fallback<AnswerOf<Answers, S>> }
    | undefined;
  /** Gives up when it aborts: the promise rejects with its reason, and the sources are told. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Is told of each source as its outcome is known. What it throws is reported, and changes nothing.
   *
   * @param values - of all sources until now, by source; a copy
   */
  readonly onPartial?:
    | ((
        source: Source,
        outcome: SourceOutcome<AnswerOf<Answers, Source>>,
        values: Partial<Answers>,
      ) => void)
    | undefined;
}

/** What {@link Aggregator.aggregate} is asked. */
export interface AggregateQuery<
  T = Untyped,
  Source extends string = string,
  Answers = Record<Source, Untyped>,
> extends CollectQuery<Source, Answers> {
  /**
   * Whether sources may be missing: none, any, or those that a rule allows. The promise rejects as
   * soon as one is missing that may not.
   *
   * @defaultValue `false`
   */
  readonly partial?: boolean | PartialRule<NoInfer<Source>> | undefined;
  /**
   * Makes the result.
   *
   * @param results - the values by source, in the order of `sources`
   * @defaultValue an object with the values by source
   */
  readonly transform?: ((results: Results<Source, Answers>) => T | PromiseLike<T>) | undefined;
}

/** A query that was checked. */
export interface Plan {
  readonly specs: readonly AskSpec[];
  readonly required: readonly string[];
  readonly min: number;
}

/** The documented default, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 5_000;

const SOURCE = /^[\w-]+(?:\.[\w-]+)*$/;

/** @throws {@link PatternError} `INVALID_ARGUMENT` for what is no source */
export function checkSource(source: unknown): void {
  if (typeof source === "string" && SOURCE.test(source)) return;
  throw invalidArgument(
    "A source",
    source,
    'topic segments of A-Z, a-z, 0-9, "_" and "-", joined by dots. Name it like "orders" or "shop.orders"',
  );
}

/** @throws {@link PatternError} `INVALID_ARGUMENT` for what cannot be asked */
export function readQuery(query: AggregateQuery): Plan {
  const { timeout = DEFAULT_TIMEOUT_MS, waitForResponder: responderMs = 0, params } = query;
  const timeouts = query.timeouts ?? {};
  const partial = query.partial ?? false;
  if (!Array.isArray(query.sources)) {
    throw invalidArgument("sources", query.sources, 'an array of names, like ["orders"]');
  }
  checkTimeout("waitForResponder", responderMs);
  const sources = [...new Set<string>(query.sources)];
  const specs = sources.map((source): AskSpec => {
    checkSource(source);
    const timeoutMs = own(timeouts, source) ?? timeout;
    checkTimeout(`The timeout of "${source}"`, timeoutMs);
    const given = typeof params === "function" ? params(source) : params;
    return { source, timeoutMs, responderMs, params: given === undefined ? {} : given };
  });
  const rule = typeof partial === "object" ? partial : { required: partial ? [] : sources };
  const { required = [], min = 0 } = rule;
  for (const source of required) {
    if (!sources.includes(source))
      throw invalidArgument("A required source", source, "one of sources");
  }
  if (!(min >= 0 && min <= sources.length)) {
    throw invalidArgument(
      "partial.min",
      min,
      `a number from 0 to ${sources.length}, that of sources`,
    );
  }
  return { specs, required, min };
}

/** @returns what came of a source whose fallback, where it has one, stands in */
export async function withFallback(
  query: CollectQuery,
  source: string,
  reason: SourceFailure,
): Promise<SourceOutcome> {
  try {
    const fallbacks = query.fallbacks ?? {};
    if (!Object.hasOwn(fallbacks, source)) return reason;
    const fallback = own(fallbacks, source);
    const value = await (typeof fallback === "function" ? fallback(reason) : fallback);
    return { status: "fallback", value, reason };
  } catch (error) {
    return { status: "error", error, reason };
  }
}

/** Not what every object has by its prototype: a source may be called `constructor`. */
function own<T>(record: { readonly [source: string]: T }, source: string): T | undefined {
  return Object.hasOwn(record, source) ? record[source] : undefined;
}
