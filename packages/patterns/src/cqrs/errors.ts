import { PatternError } from "../shared/pattern-error.js";

/** A command or query has a handler already. */
export class DuplicateCqrsHandlerError extends PatternError {
  override readonly name = "DuplicateCqrsHandlerError";
  readonly type: string;

  constructor(type: string) {
    super(
      "DUPLICATE_HANDLER",
      `"${type}" has a handler on this page already: each command and each query has one. End that one first.`,
    );
    this.type = type;
  }
}

/** The object was disposed while something was open, or before it began. */
export class CqrsDisposedError extends PatternError {
  override readonly name = "CqrsDisposedError";

  constructor(options?: ErrorOptions) {
    super("DISPOSED", "The Cqrs was disposed: nothing is sent, asked or handled by it.", options);
  }
}
