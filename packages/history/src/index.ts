export {
  HistoryError,
  type HistoryErrorByCode,
  type HistoryErrorCode,
  HistoryUnavailableError,
  HistoryWriteError,
  isHistoryError,
  UncloneableMessageError,
} from "./errors.js";
export { createHistoryAdapter } from "./history-adapter.js";
export type { HistoryAdapter, HistoryConfig, HistoryStats } from "./types.js";
