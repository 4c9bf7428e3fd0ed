export {
  CrossTabError,
  type CrossTabErrorByCode,
  type CrossTabErrorCode,
  isCrossTabError,
  MessageGapError,
  UncloneableMessageError,
} from "./errors.js";
export {
  SharedWorkerTransport,
  type SharedWorkerTransportOptions,
} from "./transports/shared-worker.js";
export type { Transport } from "./transports/transport.js";
