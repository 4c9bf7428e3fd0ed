import type { Message } from "../types.js";
import type { DiagnosticEvent } from "./events.js";
import type { Inspectable, Step } from "./inspect-protocol.js";

/** What a bus tells while it is watched, told apart by `type`. */
export type InspectEvent = PublishedEvent | DeliveredEvent | SkippedEvent | DiagnosticInspectEvent;

/** A message came into the bus: by this copy or one of its links, or from another copy of the page. */
export interface PublishedEvent {
  readonly type: "published" | "received";
  readonly message: Message;
  /** `"page"`, the domain of the link that it came over, or `"hooks"` by `dispatchExternal`. */
  readonly from: string;
  /** Whether it may leave the page. */
  readonly leaves: boolean;
  /** How many subscriptions of this copy its topic matches. */
  readonly matches: number;
}

/** A handler has returned or thrown, or the promise that it returned has settled. */
export interface DeliveredEvent {
  readonly type: "delivered" | "settled";
  readonly messageId: string;
  readonly pattern: string;
  readonly subscriptionId: number;
  /** Since the handler was called, in milliseconds. */
  readonly durationMs: number;
  readonly failed: boolean;
  /** Whether it returned a promise, of which `settled` is to tell. */
  readonly pending: boolean;
}

/** A subscription whose pattern matches did not get a message. */
export interface SkippedEvent {
  readonly type: "skipped";
  readonly messageId: string;
  readonly pattern: string;
  readonly subscriptionId: number;
  /** By its `sourceFilter`, or because it ended before its turn came. */
  readonly reason: "filtered" | "unsubscribed";
}

/** The bus made a diagnostic event, as `onDiagnostic` receives it. */
export interface DiagnosticInspectEvent {
  readonly type: "diagnostic";
  readonly event: DiagnosticEvent;
}

/** Makes events of what a bus tells of its steps. */
export function toEvents(
  { clock }: Inspectable,
  listener: (event: InspectEvent) => void,
): (step: Step) => void {
  /** Of the calls that are under way: one, but for handlers that make the bus deliver. */
  const starts: number[] = [];

  return (step) => {
    if (!("subscription" in step)) {
      listener(step);
      return;
    }
    const { sequence: subscriptionId, route, active } = step.subscription;
    const about = { messageId: step.message.id, pattern: route.pattern, subscriptionId };
    if (step.type !== "called") {
      if (step.type === "calling") starts.push(clock.monotonic());
      else listener({ type: "skipped", ...about, reason: active ? "filtered" : "unsubscribed" });
    } else {
      const start = starts.pop() ?? clock.monotonic();
      const { promise, failed } = step;
      const tell = (type: DeliveredEvent["type"], failed: boolean, pending: boolean): void =>
        listener({ type, ...about, durationMs: clock.monotonic() - start, failed, pending });
      tell("delivered", failed, promise !== undefined);
      promise?.then(
        () => tell("settled", false, false),
        () => tell("settled", true, false),
      );
    }
  };
}
