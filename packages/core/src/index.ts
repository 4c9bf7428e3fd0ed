export { createPubSub } from "./bus.js";
export type { Clock } from "./clock.js";
export { systemClock } from "./clock.js";
export type {
  DiagnosticEvent,
  GapDiagnostic,
  HandlerErrorDiagnostic,
  LimitExceededDiagnostic,
  LinkDiagnostic,
  LinkReport,
  PublishDiagnostic,
  RateLimitedDiagnostic,
  StorageDegradedDiagnostic,
  SubscriptionDiagnostic,
  ValidationErrorDiagnostic,
  WarningDiagnostic,
} from "./diagnostics/events.js";
export { reportUncaught } from "./diagnostics/report-uncaught.js";
export {
  AsyncSchemaError,
  BusClearedError,
  BusDisposedError,
  BusError,
  type BusErrorByCode,
  type BusErrorCode,
  HandlerLimitError,
  IncompatibleCopyError,
  InvalidArgumentError,
  InvalidMessageError,
  InvalidSchemaError,
  InvalidTopicError,
  isBusError,
  RateLimitError,
  ScopeDisposedError,
  StreamOverflowError,
  ValidationError,
  WaitTimeoutError,
} from "./errors.js";
export type {
  EventLog,
  LogEntry,
  LogPosition,
  LogQuery,
  LogSubscribeOptions,
} from "./links/event-log.js";
export type {
  AllStreamsQuery,
  AppendOptions,
  AppendResult,
  EventPosition,
  EventStreams,
  Fence,
  NewEvent,
  ProjectionId,
  ProjectionRow,
  ProjectionRows,
  ProjectionTransaction,
  RowRange,
  Snapshot,
  SnapshotQuery,
  StoredEvent,
  StreamQuery,
} from "./links/event-streams.js";
export { findUncloneable } from "./links/find-uncloneable.js";
export type { BusHooks } from "./links/hooks.js";
export type {
  ConnectOptions,
  Link,
  LinkConnection,
  Receive,
  TopicRules,
} from "./links/link.js";
export type { Presence, PresenceChange, PresentTab } from "./links/presence.js";
export {
  ConcurrencyError,
  FencedError,
  StalePositionError,
  TransactionEndedError,
} from "./links/store-errors.js";
export { copies, type JoinConfig, joinPubSub } from "./page/join-pub-sub.js";
export type { CopyEvent, CopyInfo, Protocol } from "./page/port.js";
export type { JsonSchema } from "./policy/json-schema.js";
export type { RateLimitConfig } from "./policy/rate-limit.js";
export type { ValidationMode } from "./policy/schemas.js";
export type { StandardSchema, ValidationIssue } from "./policy/standard-schema.js";
export type { BusScope, ScopeOptions } from "./scope.js";
export { scope } from "./scope.js";
export type { OnceOptions } from "./streams/once.js";
export { once } from "./streams/once.js";
export type { MessageStream, StreamOptions } from "./streams/stream.js";
export { stream } from "./streams/stream.js";
export { defineTopics } from "./topics/define-topics.js";
export { matchTopic } from "./topics/match-topic.js";
export type { MessageOf, TopicsOf } from "./topics/typed.js";
export type {
  BusLike,
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
