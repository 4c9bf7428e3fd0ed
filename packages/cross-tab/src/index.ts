export { createCrossTabAdapter } from "./cross-tab-adapter.js";
export {
  CrossTabError,
  type CrossTabErrorByCode,
  type CrossTabErrorCode,
  isCrossTabError,
  MessageGapError,
  UncloneableMessageError,
} from "./errors.js";
export type { LeadCallback, LeadOptions } from "./leadership/leader-scope.js";
export type { TabLocks } from "./tab-locks.js";
export {
  type AutoTransport,
  type AutoTransportOptions,
  createAutoTransport,
  type TransportAttempt,
} from "./transports/auto.js";
export {
  BroadcastChannelTransport,
  type BroadcastChannelTransportOptions,
} from "./transports/broadcast-channel.js";
export type { Transport } from "./transports/transport.js";
export type { CrossTabAdapter, CrossTabConfig, CrossTabStats } from "./types.js";
