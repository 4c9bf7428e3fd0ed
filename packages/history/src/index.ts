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
  CollectorLocks,
  HistoryAdapter,
  HistoryConfig,
  HistoryStats,
  LogPlan,
  StorageReport,
} from "./types.js";
