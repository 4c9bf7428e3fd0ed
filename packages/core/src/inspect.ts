export type {
  BusDescription,
  LinkDescription,
  SubscriptionDescription,
} from "./diagnostics/describe-bus.js";
export {
  type ExplainOptions,
  type Explanation,
  explain,
  type Receiver,
} from "./diagnostics/explain.js";
export { type BusInspector, inspect, inspectableBuses } from "./diagnostics/inspect.js";
export type {
  DeliveredEvent,
  DiagnosticInspectEvent,
  InspectEvent,
  PublishedEvent,
  SkippedEvent,
} from "./diagnostics/inspect-events.js";
export { INSPECT_PROTOCOL } from "./diagnostics/inspect-protocol.js";
export {
  type HandlerRecord,
  type MessageRecord,
  type Trace,
  type TraceOptions,
  trace,
} from "./diagnostics/trace.js";
