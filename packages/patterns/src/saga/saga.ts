import type { Clock, Untyped } from "@pubsub-mfe/core";
import { clockOf } from "@pubsub-mfe/core/stores";
import { Deadlines } from "../shared/deadlines.js";
import type { Failure } from "../shared/failure.js";
import type { PatternBus } from "../shared/pattern-bus.js";
import { invalidArgument } from "../shared/pattern-error.js";
import { randomId } from "../shared/random-id.js";
import { announce } from "./announce.js";
import { run } from "./course.js";
import { describe } from "./describe.js";
import { FORMAT } from "./entries.js";
import { outcomeOf, type SagaResult } from "./outcome.js";
import { apply, begin } from "./state.js";
import { type NamedStep, nameStep, type ResultsWith, type SagaStep } from "./step.js";

/** Options of {@link Saga}. */
export interface SagaOptions {
  /**
   * Stands in events and idempotency keys.
   *
   * @defaultValue `"saga"`
   */
  readonly name?: string | undefined;
  /**
   * The source of time.
   *
   * @defaultValue that of the bus
   */
  readonly clock?: Clock | undefined;
  /**
   * The source of chance, for `jitter`: from 0 up to, not including, 1.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: (() => number) | undefined;
}

/** Options of {@link Saga.execute}. */
export interface SagaExecuteOptions {
  /**
   * Tells this execution from others, in events and idempotency keys: any string.
   *
   * @defaultValue a random one
   */
  readonly id?: string | undefined;
  /**
   * Gives up when it aborts: the step under way is not waited for, and what was done is compensated.
   * Once the pivot is begun it changes nothing.
   */
  readonly signal?: AbortSignal | undefined;
}

/** The parameters of {@link Saga.execute}: the input may be left out where it may be `undefined`. */
export type ExecuteArguments<Input> = undefined extends Input
  ? [input?: Input, options?: SagaExecuteOptions]
  : [input: Input, options?: SagaExecuteOptions];

/**
 * Work in several steps of which each has another that undoes it: when one fails, those before it are
 * compensated, the last first.
 *
 * @remarks
 * It lives as long as its page: what must be finished, or undone, after a crash needs a saga manager,
 * see {@link createSagaManager}. Publishes `saga.step.completed`, `saga.completed`, `saga.failed`,
 * `saga.step.compensated`, `saga.compensation.failed` and `saga.dead-letter`, each with `name` and `id`.
 *
 * @typeParam Input - what `execute` takes
 * @typeParam Results - what the steps return, by name; it grows with each `addStep`
 *
 * @example
 * ```ts
 * const result = await new Saga<Cart>(bus, { name: "checkout" })
 *   .addStep({
 *     name: "stock",
 *     action: ({ input, idempotencyKey }) => reserve(input.sku, idempotencyKey),
 *     compensation: ({ results }) => release(results.stock.id),
 *   })
 *   .addStep({
 *     name: "payment",
 *     action: ({ results, idempotencyKey }) => pay(results.stock.price, idempotencyKey),
 *     compensation: ({ results }) => refund(results.payment.id),
 *   })
 *   .execute(cart);
 * ```
 */
// biome-ignore lint/complexity/noBannedTypes: an object without properties, to which each step adds one
export class Saga<Input = Untyped, Results = {}> {
  readonly #bus: Pick<PatternBus, "publish">;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #steps: NamedStep[] = [];

  /**
   * @param bus - is told what happens; that it is disposed stops nothing
   * @throws {@link PatternError} `INVALID_ARGUMENT` for what is no bus, or a name that is no string
   */
  constructor(bus: Pick<PatternBus, "publish">, options: SagaOptions = {}) {
    if (typeof bus?.publish !== "function") {
      throw invalidArgument("The bus", bus, "a bus, or a scope of one");
    }
    const { name = "saga", clock = clockOf(bus), random = Math.random } = options;
    checkId("The name of a saga", name);
    this.#bus = bus;
    this.#name = name;
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * Adds a step, for executions that begin later.
   *
   * @returns this saga, whose type knows what the step returns
   * @throws {@link PatternError} `INVALID_ARGUMENT` for what is no step, or has the name of another
   */
  addStep<Name extends string = never, Result = unknown, Unsure extends boolean = false>(
    step: SagaStep<Input, Results, Name, Result, Unsure>,
  ): Saga<Input, ResultsWith<Results, Name, Result>> {
    this.#steps.push(nameStep(step as SagaStep, this.#steps));
    return this as unknown as Saga<Input, ResultsWith<Results, Name, Result>>;
  }

  /**
   * Does the steps, as they are now, one after the other; when one fails, compensates those before it.
   * Executions do not know of each other, and may run at the same time.
   *
   * @returns what became of it; rejects only for options that cannot be
   * @throws {@link PatternError} (rejects) `INVALID_ARGUMENT` for an id that is no string, or empty
   */
  async execute(...[input, options = {}]: ExecuteArguments<Input>): Promise<SagaResult<Results>> {
    const { id = randomId(), signal } = options;
    checkId("The id of an execution", id);
    const steps = [...this.#steps];
    const begun = {
      type: "begun",
      format: FORMAT,
      name: this.#name,
      id,
      version: 1,
      steps: steps.map(({ name }) => name),
      pivot: steps.findIndex(({ pivot }) => pivot),
      input,
    } as const;
    const state = begin(begun, this.#clock.now());
    const thrown = new Map<Failure, unknown>();
    const describeAndKeep = (error: unknown): Failure => {
      const failure = describe(error);
      thrown.set(failure, error);
      return failure;
    };
    if (signal?.aborted) {
      state.status = "failed";
      state.failure = describeAndKeep(signal.reason);
    }
    await run({
      steps,
      state,
      deadlines: new Deadlines(this.#clock),
      random: this.#random,
      cancelled: signal,
      stopped: undefined,
      record: async (entry) => {
        apply(state, entry, this.#clock.now());
        announce(this.#bus, state, entry);
        return true;
      },
      describe: describeAndKeep,
      keep: (result) => result,
    });
    return outcomeOf(state, (failure) => thrown.get(failure)) as SagaResult<Results>;
  }
}

/** @throws {@link PatternError} `INVALID_ARGUMENT` */
export function checkId(subject: string, id: unknown): asserts id is string {
  if (typeof id === "string" && id !== "") return;
  throw invalidArgument(subject, id, "a string that is not empty");
}
