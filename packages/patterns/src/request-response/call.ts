import type { Deadline, Deadlines } from "../shared/deadlines.js";
import { readFailure } from "../shared/failure.js";
import { PatternError } from "../shared/pattern-error.js";
import { reviveError } from "../shared/travelled-errors.js";
import {
  HandlerGoneError,
  KeyReusedError,
  QueueFullError,
  RequestTimeoutError,
  SchemaError,
  UncloneableError,
} from "./errors.js";
import type { CheckedOptions } from "./options.js";

/** What the answering side itself answers with. */
const OF_HANDLERS = {
  HandlerGoneError,
  KeyReusedError,
  QueueFullError,
  SchemaError,
  UncloneableError,
};

/** What calls need of the one who keeps them. */
export interface CallKeeper {
  readonly deadlines: Deadlines;
  ended(call: Call, gaveUp: boolean, reason: unknown): void;
}

/** One request that waits for its answer; it is the deadline of itself. */
export class Call implements Deadline {
  readonly method: string;
  readonly params: unknown;
  readonly requestId: string;
  readonly options: CheckedOptions;
  /** Whether somebody may be working on it. */
  isAsked = false;
  dueMs = 0;
  #isOpen = true;
  #ends: (() => void)[] | undefined;
  readonly #keeper: CallKeeper;
  readonly #resolve: (result: unknown) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    method: string,
    params: unknown,
    requestId: string,
    options: CheckedOptions,
    keeper: CallKeeper,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.method = method;
    this.params = params;
    this.requestId = requestId;
    this.options = options;
    this.#keeper = keeper;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** From now on its timeout counts. */
  startTimeout(): void {
    if (this.#isOpen) this.#keeper.deadlines.start(this, this.options.timeout);
  }

  onExpired(): void {
    this.fail(new RequestTimeoutError(this.method, this.options.timeout));
  }

  /** Calls a function once it is settled, however. */
  whenDone(end: () => void): void {
    if (!this.#isOpen) end();
    else if (this.#ends) this.#ends.push(end);
    else this.#ends = [end];
  }

  /** Settles it with what a handler published, which may be anything. */
  answer(payload: unknown): void {
    if (!this.#end(false)) return;
    try {
      const { failure, error, result, status } = Object(payload);
      const failed =
        status === undefined ? Object.hasOwn(Object(payload), "error") : status !== "ok";
      if (failed) this.#reject(reviveError(readFailure(failure, error), OF_HANDLERS));
      else this.#resolve(result);
    } catch (cause) {
      this.#reject(
        new PatternError(
          "INVALID_ANSWER",
          `The answer to "${this.method}" can not be read: publish { status: "ok", result }, or { error: "what went wrong" }.`,
          { cause },
        ),
      );
    }
  }

  /** Gives it up. */
  fail(reason: unknown): void {
    if (this.#end(true, reason)) this.#reject(reason);
  }

  #end(gaveUp: boolean, reason?: unknown): boolean {
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    this.#keeper.deadlines.remove(this);
    this.#keeper.ended(this, gaveUp, reason);
    if (this.#ends) for (const end of this.#ends) end();
    return true;
  }
}
