export type { CatchUpOptions } from "./catch-up/catch-up.js";
export type { LogStart } from "./catch-up/read-from-log.js";
export { CrossTabAdapter, createCrossTabAdapter } from "./cross-tab-adapter.js";
export {
  CrossTabError,
  type CrossTabErrorByCode,
  type CrossTabErrorCode,
  isCrossTabError,
  MessageGapError,
  MessageTooLargeError,
  UncloneableMessageError,
} from "./errors.js";
export type { LeadCallback, LeadOptions } from "./leadership/leader-scope.js";
export type { CrossTabMeta, SystemTopics } from "./system-events.js";
export type { TabLocks } from "./tab-locks.js";
export type { DirectedRules } from "./topic-rules.js";
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
export type { Transport, TransportListener } from "./transports/transport.js";
export type { CrossTabConfig, CrossTabStats, IncomingRateLimit } from "./types.js";
