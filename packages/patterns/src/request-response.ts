export type { Client } from "./request-response/contract.js";
export {
  DuplicateHandlerError,
  ExecutorGoneError,
  HandlerGoneError,
  InvalidMethodError,
  KeyReusedError,
  NoClaimError,
  NoHandlerError,
  QueueFullError,
  RequestResponseDisposedError,
  RequestTimeoutError,
  SchemaError,
  UncloneableError,
} from "./request-response/errors.js";
export type {
  HandleOptions,
  HandlerContext,
  RequestOptions,
  RequestResponseOptions,
} from "./request-response/options.js";
export { RequestResponse } from "./request-response/request-response.js";
export type { PatternErrorByCode } from "./shared/error-codes.js";
export type { Failure } from "./shared/failure.js";
export type { PatternBus } from "./shared/pattern-bus.js";
export { isPatternError, PatternError, type PatternErrorCode } from "./shared/pattern-error.js";
export {
  type ErrorClass,
  type RegisterErrorOptions,
  RemoteError,
  registerError,
  type TravelledError,
} from "./shared/travelled-errors.js";
export type { PatternWarning } from "./shared/warning.js";
