export {
  DuplicateHandlerError,
  InvalidMethodError,
  isPatternError,
  NoHandlerError,
  PatternError,
  type PatternErrorByCode,
  type PatternErrorCode,
  RemoteError,
  RequestResponseDisposedError,
  RequestTimeoutError,
} from "./errors.js";
export type { Failure } from "./failure.js";
export {
  RequestResponse,
  type RequestResponseOptions,
} from "./request-response/request-response.js";
