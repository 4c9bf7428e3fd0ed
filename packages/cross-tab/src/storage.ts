export {
  CrossTabError,
  type CrossTabErrorByCode,
  type CrossTabErrorCode,
  isCrossTabError,
  MessageGapError,
  UncloneableMessageError,
} from "./errors.js";
export { StorageTransport, type StorageTransportOptions } from "./transports/storage.js";
export type { Transport } from "./transports/transport.js";
