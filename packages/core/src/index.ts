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
  RateLimitedDiagnostic,
  SubscriptionDiagnostic,
  ValidationErrorDiagnostic,
  WarningDiagnostic,
} from "./diagnostics/events.js";
export {
  AsyncSchemaError,
  BusDisposedError,
  BusError,
  type BusErrorCode,
  HandlerLimitError,
  InvalidArgumentError,
  InvalidMessageError,
  InvalidSchemaError,
  InvalidTopicError,
  isBusError,
  RateLimitError,
  ValidationError,
} from "./errors.js";
export { findUncloneable } from "./links/find-uncloneable.js";
export type { BusHooks } from "./links/hooks.js";
export type { JsonSchema } from "./policy/json-schema.js";
export type { RateLimitConfig } from "./policy/rate-limit.js";
export type { ValidationMode } from "./policy/schemas.js";
export type { StandardSchema, ValidationIssue } from "./policy/standard-schema.js";
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
