import { type Clock, reportUncaught, type Unsubscribe, type Untyped } from "@pubsub-mfe/core";
import { clockOf } from "@pubsub-mfe/core/stores";
import { Deadlines } from "../shared/deadlines.js";
import type { PatternBus } from "../shared/pattern-bus.js";
import { invalidArgument } from "../shared/pattern-error.js";
import { randomId } from "../shared/random-id.js";
import type { PatternWarning } from "../shared/warning.js";
import type { AskContext } from "./ask.js";
import { AggregatorDisposedError } from "./errors.js";
import { Gathering, resultsOf, valuesOf } from "./gather.js";
import type { SourceOutcome } from "./outcome.js";
import {
  type AggregateQuery,
  type AnswerOf,
  type CollectQuery,
  checkSource,
  type PartialRule,
  type Results,
  readQuery,
} from "./query.js";
import { type Responder, Responding } from "./responder.js";

/** Options of {@link Aggregator}. */
export interface AggregatorOptions {
  /**
   * The source of time.
   *
   * @defaultValue that of the bus
   */
  readonly clock?: Clock | undefined;
  /**
   * Is told what nobody gets as an error. What it throws is reported to the platform.
   *
   * @defaultValue nobody is told
   */
  readonly onDiagnostic?: ((warning: PatternWarning) => void) | undefined;
}

/** Options of {@link Aggregator.respond}. */
export interface RespondOptions {
  /** Stops to answer when it aborts. Already aborted: nothing is answered. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link Aggregator.collect} resolves with. */
export interface Collected<Source extends string = string, Answers = Record<Source, Untyped>> {
  /** Whether every source answered with a value of its own. */
  readonly complete: boolean;
  /** The values by source, fallbacks included. */
  readonly values: Partial<Answers>;
  readonly outcomes: { readonly [S in Source]: SourceOutcome<AnswerOf<Answers, S>> };
}

/** The result without `transform`: whole, or with sources that may be missing. */
type Whole<Answers, S extends string> = { [Name in S]: AnswerOf<Answers, Name> };

/** A result whose type the caller does not say. */
declare const unsaid: unique symbol;
type Unsaid = typeof unsaid;
type Said<T, Query> = 0 extends 1 & T ? Query : [T] extends [Unsaid] ? never : Query;

type Rule<S extends string> = boolean | PartialRule<S> | undefined;

/**
 * Asks several sources at once, and puts their answers together.
 *
 * @remarks
 * A source is asked by a message `aggregate.<source>.request`, and answers by
 * `aggregate.<source>.response`; payloads are bare, and the ask's id is `meta.correlationId`.
 * Whose an answer is that carries this id, as those of {@link Aggregator.respond} do, is exact. Of a
 * source that answers without it, asks with the same params share an answer and others take turns;
 * that is exact as long as one responder answers each ask once, within twice its timeout.
 *
 * @typeParam Answers - the types of the answers, by source
 *
 * @example
 * ```ts
 * const aggregator = new Aggregator(bus);
 * aggregator.respond("orders", async ({ days }, { signal }) => readOrders(days, signal));
 * const { orders, stock } = await aggregator.aggregate({
 *   sources: ["orders", "stock"],
 *   params: { days: 7 },
 *   fallbacks: { stock: [] },
 * });
 * ```
 */
export class Aggregator<Answers extends object = Record<string, Untyped>> {
  readonly #context: AskContext;
  readonly #life = new AbortController();
  /** As `dispose`, where the platform knows of it. */
  declare readonly [Symbol.dispose]: () => void;

  constructor(bus: PatternBus, options: AggregatorOptions = {}) {
    const { clock = clockOf(bus), onDiagnostic } = options;
    if (Symbol.dispose) this[Symbol.dispose] = () => this.dispose();
    const idPrefix = randomId();
    let asks = 0;
    this.#context = {
      bus,
      life: this.#life.signal,
      clock,
      deadlines: new Deadlines(clock),
      createId: () => `${idPrefix}-${++asks}`,
      warn(warning) {
        try {
          onDiagnostic?.(warning);
        } catch (error) {
          reportUncaught(error, "[@pubsub-mfe/patterns]");
        }
      },
    };
  }

  /**
   * Asks sources, and resolves with their answers put together.
   *
   * @returns what `transform` makes of the answers, or an object with the answers by source
   * @throws {@link AggregateTimeoutError} when sources that are needed are silent
   * @throws {@link AggregateSourceError} at once when a source that is needed throws
   * @throws {@link NoResponderError} at once when nobody answers for a source that is needed
   * @throws {@link AggregatorDisposedError} when this object is disposed meanwhile, or was
   * @throws {@link PatternError} `INVALID_ARGUMENT` for what cannot be asked; nobody is asked then
   */
  aggregate<T, const S extends keyof Answers & string = keyof Answers & string>(
    query: AggregateQuery<T, S, Answers> & {
      readonly transform: (results: Results<S, Answers>) => T | PromiseLike<T>;
    },
  ): Promise<T>;
  aggregate<T = Unsaid>(
    query: Said<T, AggregateQuery<T, keyof Answers & string, Answers>>,
  ): Promise<T>;
  aggregate<const S extends keyof Answers & string, const P extends Rule<S> = false>(
    query: AggregateQuery<never, S, Answers> & { readonly partial?: P },
  ): Promise<P extends false | undefined ? Whole<Answers, S> : Partial<Whole<Answers, S>>>;
  async aggregate(query: AggregateQuery<Untyped, Untyped, Untyped>): Promise<Untyped> {
    const outcomes = await this.#gather(query);
    return query.transform ? query.transform(resultsOf(outcomes)) : valuesOf(outcomes);
  }

  /**
   * Asks sources, and tells of each what came of it: a source that fails is no error here.
   *
   * @throws {@link AggregatorDisposedError} when this object is disposed meanwhile, or was
   * @throws {@link PatternError} `INVALID_ARGUMENT` for what cannot be asked; nobody is asked then
   */
  async collect<const S extends keyof Answers & string>(
    query: CollectQuery<S, Answers>,
  ): Promise<Collected<S, Whole<Answers, S>>> {
    const outcomes = await this.#gather({ ...(query as AggregateQuery), partial: true });
    return {
      complete: [...outcomes.values()].every(({ status }) => status === "value"),
      values: valuesOf(outcomes),
      outcomes: Object.fromEntries(outcomes),
    } as unknown as Collected<S, Whole<Answers, S>>;
  }

  /**
   * Answers for a source. One responder a source and page, whatever copy of this package asks it.
   *
   * @param respond - receives the params and `{ signal, message }`; what it returns, or its promise, is
   *   the answer, and what it throws reaches the asker as an error of its class, see
   *   {@link registerError}
   * @returns stops to answer; what is being answered goes on
   * @throws {@link DuplicateResponderError} when the source has a responder on this page already
   * @throws {@link AggregatorDisposedError} when this object was disposed
   * @throws {@link PatternError} `INVALID_ARGUMENT` for what is no source
   */
  respond<const S extends keyof Answers & string>(
    source: S,
    respond: Responder<Untyped, Answers[S]>,
    options: RespondOptions = {},
  ): Unsubscribe {
    checkSource(source);
    if (typeof respond !== "function") {
      throw invalidArgument(`What answers for "${source}"`, respond, "a function");
    }
    this.#life.signal.throwIfAborted();
    const { signal } = options;
    if (signal?.aborted) return () => {};
    const responding = new Responding(this.#context, source, respond, signal);
    return () => responding.stop();
  }

  /**
   * Gives up what is asked and what is being answered, and stops to answer. May be called more than
   * once. Where the platform has `Symbol.dispose`, `using` calls it.
   */
  dispose(): void {
    this.#life.abort(new AggregatorDisposedError());
  }

  async #gather(query: AggregateQuery): Promise<Map<string, SourceOutcome>> {
    const signals = [this.#life.signal, query.signal, this.#context.bus.signal];
    for (const signal of signals) signal?.throwIfAborted();
    const plan = readQuery(query);
    // Params may be made by a function, which may do anything.
    for (const signal of signals) signal?.throwIfAborted();
    const gathering = new Gathering(query, plan);
    gathering.start(this.#context);
    return gathering.promise;
  }
}
