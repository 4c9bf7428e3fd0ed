export { createPubSub } from "./bus.js";
export type { Clock } from "./clock.js";
export { systemClock } from "./clock.js";
export type {
  DiagnosticEvent,
  GapDiagnostic,
  HandlerErrorDiagnostic,
  LimitExceededDiagnostic,
  LinkDiagnostic,
  PublishDiagnostic,
  SubscriptionDiagnostic,
  WarningDiagnostic,
} from "./diagnostics/events.js";
export {
  BusDisposedError,
  BusError,
  type BusErrorCode,
  HandlerLimitError,
  InvalidArgumentError,
  InvalidMessageError,
  InvalidTopicError,
  isBusError,
} from "./errors.js";
export { findUncloneable } from "./links/find-uncloneable.js";
export type { BusHooks } from "./links/hooks.js";
export { matchTopic } from "./topics/match-topic.js";
export type {
  BusStats,
  Handler,
  HistoryQuery,
  Message,
  MessageMeta,
  PublishOptions,
  PubSubBus,
  PubSubConfig,
  RetentionConfig,
  SourceFilter,
  SubscribeOptions,
  SubscriptionInfo,
  Unsubscribe,
  Untyped,
} from "./types.js";
