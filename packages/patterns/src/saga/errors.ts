import { show } from "@pubsub-mfe/core/stores";
import { PatternError } from "../shared/pattern-error.js";

/** A step, or its compensation, was not done within its `timeout`. It may have happened all the same. */
export class SagaStepTimeoutError extends PatternError {
  override readonly name = "SagaStepTimeoutError";
  readonly saga: string;
  readonly step: string;
  readonly timeoutMs: number;
  /** It may go well another time. */
  readonly retryable = true;

  constructor(saga: string, step: string, timeoutMs: number) {
    super(
      "SAGA_STEP_TIMEOUT",
      `The step "${step}" of the saga "${saga}" took longer than its timeout: ${timeoutMs} ms.`,
    );
    this.saga = saga;
    this.step = step;
    this.timeoutMs = timeoutMs;
  }
}

/** A saga was cancelled, and is undone. */
export class SagaCancelledError extends PatternError {
  override readonly name = "SagaCancelledError";
  readonly saga: string;
  readonly id: string;

  constructor(saga: string, id: string) {
    super("SAGA_CANCELLED", `The saga "${saga}" with the id ${show(id)} was cancelled.`);
    this.saga = saga;
    this.id = id;
  }
}

/** The tab was lost in the middle of a step whose `resume` says that it is to be compensated then. */
export class SagaInterruptedError extends PatternError {
  override readonly name = "SagaInterruptedError";
  readonly saga: string;
  readonly step: string;

  constructor(saga: string, step: string) {
    super(
      "SAGA_INTERRUPTED",
      `The tab that ran the step "${step}" of the saga "${saga}" was lost in the middle of it: nobody knows whether it happened.`,
    );
    this.saga = saga;
    this.step = step;
  }
}

/** The input of a durable saga, or what a step of it returned, cannot be stored. */
export class SagaUncloneableError extends PatternError {
  override readonly name = "SagaUncloneableError";
  readonly saga: string;
  /** To do it again gives the same. */
  readonly retryable = false;

  /**
   * @param what - begins the sentence, such as `The input`
   * @param field - the path of what is to blame, `""` for the value itself
   */
  constructor(what: string, saga: string, field: string) {
    super(
      "SAGA_UNCLONEABLE",
      `${what} of the saga "${saga}" cannot be stored: ${field === "" ? "the value" : `its "${field}"`} cannot be cloned. Leave out functions, DOM nodes and the like.`,
    );
    this.saga = saga;
  }
}

/** A saga is asked for that nobody has defined here, or an instance that there is not. */
export class UnknownSagaError extends PatternError {
  override readonly name = "UnknownSagaError";

  constructor(message: string) {
    super("UNKNOWN_SAGA", message);
  }
}

/** What is asked of a saga cannot be done in the state that it is in. */
export class SagaStateError extends PatternError {
  override readonly name = "SagaStateError";
  readonly saga: string;
  readonly id: string;
  readonly status: string;

  constructor(saga: string, id: string, status: string, why: string) {
    super("SAGA_STATE", `The saga "${saga}" with the id ${show(id)} is ${status}: ${why}`);
    this.saga = saga;
    this.id = id;
    this.status = status;
  }
}

/** The manager was disposed: what it started goes on in another tab, or when one is opened. */
export class SagaManagerDisposedError extends PatternError {
  override readonly name = "SagaManagerDisposedError";

  constructor() {
    super(
      "DISPOSED",
      "The saga manager has been disposed. Its sagas go on where another one has registered them.",
    );
  }
}
