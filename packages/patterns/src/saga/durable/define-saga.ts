import type { Untyped } from "@pubsub-mfe/core";
import { invalidArgument } from "../../shared/pattern-error.js";
import { checkRetry, type RetryRule } from "../retry.js";
import { checkId } from "../saga.js";
import { type NamedStep, nameStep, type ResultsWith, type SagaStep } from "../step.js";

/** A list of steps that knows what the steps before return. */
// biome-ignore lint/complexity/noBannedTypes: an object without properties, to which each step adds one
export class SagaSteps<Input = Untyped, Results = {}> {
  /** @internal */
  readonly list: NamedStep[] = [];

  /**
   * Adds a step.
   *
   * @returns this list, whose type knows what the step returns
   * @throws {@link PatternError} `INVALID_ARGUMENT` for what is no step, or has the name of another
   */
  addStep<Name extends string = never, Result = unknown, Unsure extends boolean = false>(
    step: SagaStep<Input, Results, Name, Result, Unsure>,
  ): SagaSteps<Input, ResultsWith<Results, Name, Result>> {
    this.list.push(nameStep(step as SagaStep, this.list));
    return this as unknown as SagaSteps<Input, ResultsWith<Results, Name, Result>>;
  }
}

/** What {@link defineSaga} takes. */
export interface SagaConfig<Input, Results> {
  /**
   * A whole number from 1 on. Raise it whenever steps are added, left out, renamed or put in another
   * order: a saga that was started under one version is only ever run by that version.
   */
  readonly version: number;
  /** The steps: a function that adds them, so that results are typed; or an array. */
  readonly steps:
    | ((steps: SagaSteps<Input>) => SagaSteps<Input, Results>)
    | readonly SagaStep<Input>[];
  /**
   * When compensations are tried again, of steps that say nothing themselves.
   *
   * @defaultValue 3 attempts, 200 and 400 milliseconds apart
   */
  readonly compensationRetry?: RetryRule | undefined;
}

/** A saga that can be run by any tab that has it; see {@link defineSaga}. */
export interface SagaDefinition<Input = Untyped, Results = Untyped> {
  readonly name: string;
  readonly version: number;
  /** @internal */
  readonly steps: readonly NamedStep[];
  /** Only for the compiler. */
  readonly types?: { readonly input: Input; readonly results: Results } | undefined;
}

/**
 * Defines a saga that a saga manager runs, whichever tab that is in.
 *
 * @remarks
 * Another tab may go on with it: steps must find what they need in `input` and `results`, not in
 * variables around them. Both are stored, and must be such as the structured clone algorithm can copy.
 *
 * @param name - any string that is not empty
 * @throws {@link PatternError} `INVALID_ARGUMENT` for a name, version or step that cannot be
 *
 * @example
 * ```ts
 * const checkout = defineSaga("checkout", {
 *   version: 1,
 *   steps: (steps: SagaSteps<Cart>) =>
 *     steps
 *       .addStep({
 *         name: "stock",
 *         action: ({ input, idempotencyKey }) => reserve(input.sku, idempotencyKey),
 *         compensation: ({ results }) => release(results.stock.id),
 *       })
 *       .addStep({
 *         name: "payment",
 *         action: ({ results, idempotencyKey }) => pay(results.stock.price, idempotencyKey),
 *         compensation: ({ results }) => refund(results.payment.id),
 *       }),
 * });
 * ```
 */
export function defineSaga<Input = Untyped, Results = Untyped>(
  name: string,
  config: SagaConfig<Input, Results>,
): SagaDefinition<Input, Results> {
  checkId("The name of a saga", name);
  const { version, steps: given, compensationRetry } = config;
  if (!Number.isSafeInteger(version) || version < 1) {
    throw invalidArgument(`The version of the saga "${name}"`, version, "a whole number from 1 on");
  }
  checkRetry(`the compensationRetry of the saga "${name}"`, compensationRetry);
  const steps = new SagaSteps<Input>();
  if (typeof given === "function") given(steps);
  else for (const step of given) steps.addStep(step as SagaStep<Input, object>);
  if (steps.list.length === 0) {
    throw invalidArgument(`steps of the saga "${name}"`, given, "one step at least");
  }
  return {
    name,
    version,
    steps: steps.list.map((step) => ({
      ...step,
      compensationRetry: step.compensationRetry ?? compensationRetry,
    })),
  };
}
