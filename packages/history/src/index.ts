export {
  HistoryError,
  type HistoryErrorByCode,
  type HistoryErrorCode,
  HistoryUnavailableError,
  HistoryWriteError,
  isHistoryError,
  LogHandlerError,
  UncloneableMessageError,
} from "./errors.js";
export { createHistoryAdapter } from "./history-adapter.js";
export type {
  HistoryAdapter,
  HistoryConfig,
  HistoryStats,
  LogPlan,
} from "./types.js";
