import type { Failure } from "./failure.js";
import { CODE, invalidArgument, PatternError } from "./pattern-error.js";

/** A class of errors, whatever its constructor takes. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** Options of {@link registerError}. */
export interface RegisterErrorOptions {
  /**
   * The `name` that errors of the class carry.
   *
   * @defaultValue the name of the class, which a minifier may change
   */
  readonly name?: string | undefined;
}

/** An error that was thrown elsewhere: a {@link RemoteError}, or one of its own class. */
export interface TravelledError extends Error {
  /** Of the error that was thrown there. */
  readonly code?: string | number;
  readonly data?: unknown;
  readonly retryable?: boolean;
  /** What was thrown, as it travelled. */
  readonly failure: Failure;
}

/** An error that was thrown elsewhere, and whose class is not known here. */
export class RemoteError extends Error implements TravelledError {
  override readonly name: string;
  /** Of the error that was thrown there. */
  declare readonly code?: string | number;
  declare readonly data?: unknown;
  declare readonly retryable?: boolean;
  /** What was thrown, as it travelled. */
  declare readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = failure.name;
    restore(this, failure);
  }
}

/** By the names that their errors carry, which minifiers leave alone as they do not those of classes. */
export type ErrorClasses = Readonly<Record<string, ErrorClass>>;

/** What the platform throws has classes that need no registering. */
const NATIVE: ErrorClasses = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

const registered = new Map<string, ErrorClass>();

/**
 * Has errors of a class come back as that class, with their fields, where they are thrown on the
 * other side of a bus. Their constructor is not run, so private fields are not there.
 *
 * @remarks
 * It concerns this copy of the package: register where errors are caught. What is not registered
 * comes as a {@link RemoteError} with the same `name`, `message`, `code`, `data` and `retryable`; a
 * `TypeError` and the like come as themselves.
 *
 * @throws {@link PatternError} `INVALID_ARGUMENT` for what is no class of errors, or a class without a name
 *
 * @example
 * ```ts
 * registerError(OutOfStockError, { name: "OutOfStockError" });
 * const error = await rpc.request("stock.reserve", { sku }).catch((reason) => reason);
 * if (error instanceof OutOfStockError) showLeft(error.left);
 * ```
 */
export function registerError(errorClass: ErrorClass, options: RegisterErrorOptions = {}): void {
  if (!(errorClass?.prototype instanceof Error)) {
    throw invalidArgument("What registerError is given", errorClass, "a class of errors");
  }
  const { name = errorClass.name } = options;
  if (typeof name !== "string" || name === "") {
    throw invalidArgument("The name of a class of errors", name, "a string that is not empty");
  }
  registered.set(name, errorClass);
}

/**
 * Makes an error of what travelled; of its own class where that is known.
 *
 * @param own - the classes of the pattern's other side
 */
export function reviveError(failure: Failure, own: ErrorClasses = {}): Error {
  const { name } = failure;
  const errorClass = registered.get(name) ?? ownValue(own, name) ?? ownValue(NATIVE, name);
  if (!errorClass) return new RemoteError(failure);
  const error = Object.setPrototypeOf(new Error(failure.message), errorClass.prototype) as Error;
  if (error.name !== failure.name) define(error, "name", failure.name);
  restore(error, failure);
  return error;
}

function restore(error: Error, failure: Failure): void {
  const { code, data, retryable, cause, fields, stack } = failure;
  for (const [key, value] of Object.entries({ ...fields, code, data, retryable })) {
    if (value !== undefined) define(error, key, value, true);
  }
  if (cause) define(error, "cause", reviveError(cause));
  if (stack !== undefined) define(error, "stack", stack);
  define(error, "failure", failure);
  define(error, CODE, error instanceof PatternError ? failure.code : "REMOTE_ERROR");
}

function ownValue(classes: ErrorClasses, name: string): ErrorClass | undefined {
  return Object.hasOwn(classes, name) ? classes[name] : undefined;
}

/** Not by assignment: a class may have an accessor of that name. */
function define(error: Error, key: PropertyKey, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}
