export { createCrossTabAdapter } from "./cross-tab-adapter.js";
export {
  CrossTabError,
  type CrossTabErrorByCode,
  type CrossTabErrorCode,
  isCrossTabError,
  MessageGapError,
  UncloneableMessageError,
} from "./errors.js";
export {
  BroadcastChannelTransport,
  type BroadcastChannelTransportOptions,
} from "./transports/broadcast-channel.js";
export type { Transport } from "./transports/transport.js";
export type { CrossTabAdapter, CrossTabConfig, CrossTabStats } from "./types.js";
