import type { Untyped } from "@pubsub-mfe/core";
import { checkTimeout } from "../shared/deadlines.js";
import { invalidArgument } from "../shared/pattern-error.js";
import { checkRetry, type RetryRule } from "./retry.js";

/** What the action of a step receives. */
export interface SagaContext<Input = Untyped, Results = Untyped> {
  /** What the saga was executed, or started, with. */
  readonly input: Input;
  /** What the steps before returned, by name. */
  readonly results: Results;
  /** Aborts when nobody waits for the step any more: it took too long, was cancelled, or taken over. */
  readonly signal: AbortSignal;
  /**
   * Names what the step is to bring about: the same each time that it runs for one saga. A server that
   * honours it does the same thing once, however often it is asked.
   */
  readonly idempotencyKey: string;
  /** 1 the first time, 2 when it is tried again. */
  readonly attempt: number;
}

/** What the compensation of a step receives. `results` has that of the step as well. */
export interface CompensationContext<Input = Untyped, Results = Untyped>
  extends SagaContext<Input, Results> {
  /** The key that the action had: to undo what is known by nothing else. */
  readonly actionKey: string;
}

/** What steps before gave, and what one more does; `undefined` where that is compensated after a failure. */
export type ResultsWith<Results, Name extends string, Result, Unsure extends boolean = false> = {
  readonly [Key in keyof Results | Name]: Key extends Name
    ? true extends Unsure
      ? Result | undefined
      : Result
    : Key extends keyof Results
      ? Results[Key]
      : never;
};

/** One step of a saga: what is done, and how that is undone. */
export interface SagaStep<
  Input = Untyped,
  Results = Untyped,
  Name extends string = string,
  Result = unknown,
  Unsure extends boolean = boolean,
> {
  /**
   * The name under which later steps find its result. No two steps of a saga have the same.
   *
   * @defaultValue the number of the step, `"1"` for the first
   */
  readonly name?: Name | undefined;
  /** Does it. Whatever it throws, `null` as well, means that it failed. */
  readonly action: (context: SagaContext<Input, Results>) => Result | PromiseLike<Result>;
  /** Undoes it, when a later step fails. May be called more than once. */
  readonly compensation?:
    | ((context: CompensationContext<Input, ResultsWith<Results, Name, Result, Unsure>>) => unknown)
    | undefined;
  /**
   * How long an attempt may take, in milliseconds, and one of its compensation.
   *
   * @defaultValue `Infinity`
   */
  readonly timeout?: number | undefined;
  /**
   * When the action is tried again.
   *
   * @defaultValue never; after the pivot 10 attempts, with waits from half a second to 30
   */
  readonly retry?: RetryRule | undefined;
  /**
   * When the compensation is tried again.
   *
   * @defaultValue 3 attempts, 200 and 400 milliseconds apart
   */
  readonly compensationRetry?: RetryRule | undefined;
  /**
   * The point of no return: once it is done, no step is compensated any more, and later ones are
   * retried until they succeed, or have been tried often enough.
   *
   * @defaultValue `false`
   */
  readonly pivot?: boolean | undefined;
  /**
   * Compensates the step also when it failed, timed out or was cancelled itself: it may have happened
   * all the same. Its own result is then missing.
   *
   * @defaultValue `false`: only what was done is undone
   */
  readonly compensateOnFailure?: Unsure | undefined;
  /**
   * Of a durable saga: what becomes of the step when the tab was lost in the middle of it, so that
   * nobody knows whether it happened. `"run"`: its action runs again, with the same key.
   * `"compensate"`: it is compensated, and the steps before it.
   *
   * @defaultValue `"run"`; always so from the pivot on
   */
  readonly resume?: "run" | "compensate" | undefined;
}

/** A step with its name, which has been checked. */
export interface NamedStep extends SagaStep {
  readonly name: string;
}

/** @throws {@link PatternError} `INVALID_ARGUMENT` for what is no step, or a name that is taken */
export function nameStep(step: SagaStep, before: readonly NamedStep[]): NamedStep {
  if (typeof step !== "object" || step === null) {
    throw invalidArgument("A step of a saga", step, "an object with an action");
  }
  const { name = String(before.length + 1), action, compensation, resume } = step;
  if (typeof name !== "string" || name === "") {
    throw invalidArgument("The name of a step", name, "a string that is not empty");
  }
  if (before.some((other) => other.name === name)) {
    throw invalidArgument("The name of a step", name, "one that no other step of the saga has");
  }
  const whose = `the step "${name}"`;
  if (typeof action !== "function") {
    throw invalidArgument(`The action of ${whose}`, action, "a function");
  }
  if (compensation !== undefined && typeof compensation !== "function") {
    throw invalidArgument(`The compensation of ${whose}`, compensation, "a function");
  }
  if (resume !== undefined && resume !== "run" && resume !== "compensate") {
    throw invalidArgument(`resume of ${whose}`, resume, '"run" or "compensate"');
  }
  if (step.pivot && before.some(({ pivot }) => pivot)) {
    throw invalidArgument(`pivot of ${whose}`, true, "that of one step only: another has it");
  }
  checkTimeout(`The timeout of ${whose}`, step.timeout ?? 0);
  checkRetry(`the retry of ${whose}`, step.retry);
  checkRetry(`the compensationRetry of ${whose}`, step.compensationRetry);
  return { ...step, name };
}
