import { invalidArgument } from "../arguments.js";
import type { Message, Unsubscribe } from "../types.js";
import { inspect } from "./inspect.js";
import type { DeliveredEvent, InspectEvent, SkippedEvent } from "./inspect-events.js";

/** Options of {@link trace}. */
export interface TraceOptions {
  /**
   * How many messages are kept, the newest.
   *
   * @defaultValue `500`
   */
  readonly limit?: number | undefined;
  /** Ends the trace when it aborts; what was recorded stays. */
  readonly signal?: AbortSignal | undefined;
  /** Is called when a record is new, and each time that it has changed. */
  readonly onChange?: ((record: MessageRecord) => void) | undefined;
}

/** What became of a message in one handler. */
export interface HandlerRecord {
  readonly pattern: string;
  readonly subscriptionId: number;
  /**
   * `"done"`: it returned; `"pending"`: it returned a promise that has not settled; `"failed"`: it
   * threw, or its promise rejected; otherwise it was not called, and why.
   */
  readonly outcome: "done" | "pending" | "failed" | SkippedEvent["reason"];
  /** How long the call took until it returned, in milliseconds; 0 when it was not called. */
  readonly durationMs: number;
  /** How long its promise took to settle, in milliseconds; `undefined` when it gave none. */
  readonly settledMs: number | undefined;
}

/** What became of a message. */
export interface MessageRecord {
  readonly message: Message;
  /** `"page"`, the domain of the link that it came over, or `"hooks"`. */
  readonly from: string;
  /** In the order of the subscriptions. */
  readonly handlers: readonly HandlerRecord[];
}

/** The messages of a bus and what became of them; see {@link trace}. */
export interface Trace {
  /** Oldest first. */
  readonly records: readonly MessageRecord[];
  stop: Unsubscribe;
}

interface OpenRecord extends MessageRecord {
  readonly handlers: HandlerRecord[];
}

/**
 * Records what becomes of each message of a bus: who published it, who got it and how long that took,
 * and who did not and why. Handlers of this copy only; those of the others of a page are seen by a
 * trace of {@link BusInspector.neighbours}.
 *
 * @param bus - a bus, or a scope of one
 */
export function trace(bus: object, options: TraceOptions = {}): Trace {
  const { limit = 500, signal, onChange } = options;
  if (!(limit >= 0)) throw invalidArgument("limit", limit, "a number of messages, 0 or more");
  const records = new Map<string, OpenRecord>();

  const stop = inspect(bus).watch((event) => {
    const record = apply(event);
    if (record) onChange?.(record);
  }, signal && { signal });
  return {
    get records() {
      return [...records.values()];
    },
    stop,
  };

  function apply(event: InspectEvent): MessageRecord | undefined {
    if (event.type === "diagnostic") return undefined;
    if ("message" in event) return begin(event.message, event.from);
    const record = records.get(event.messageId);
    if (!record) return undefined;
    note(record.handlers, event);
    return record;
  }

  function begin(message: Message, from: string): MessageRecord {
    const record = { message, from, handlers: [] };
    records.set(message.id, record);
    for (const id of records.keys()) {
      if (records.size <= limit) break;
      records.delete(id);
    }
    return record;
  }
}

function note(handlers: HandlerRecord[], event: DeliveredEvent | SkippedEvent): void {
  const { pattern, subscriptionId } = event;
  if (event.type === "skipped") {
    const { reason: outcome } = event;
    handlers.push({ pattern, subscriptionId, outcome, durationMs: 0, settledMs: undefined });
    return;
  }
  const { durationMs, failed } = event;
  if (event.type === "delivered") {
    const outcome = failed ? "failed" : event.pending ? "pending" : "done";
    handlers.push({ pattern, subscriptionId, outcome, durationMs, settledMs: undefined });
    return;
  }
  const index = handlers.findIndex((handler) => handler.subscriptionId === subscriptionId);
  const called = handlers[index];
  if (!called) return;
  handlers[index] = { ...called, outcome: failed ? "failed" : "done", settledMs: durationMs };
}
