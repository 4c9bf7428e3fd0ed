import type { Message, Unsubscribe, Untyped } from "../types.js";

declare const kind: unique symbol;

/**
 * Where a message stands in a log. Opaque but for this: of two positions of one log the later is the
 * greater string. It carries the log's id: a log that was deleted meanwhile refuses it with a
 * {@link StalePositionError}. Plain data: it may be stored and sent.
 */
export type LogPosition = string & { readonly [kind]: "log" };

/** A message and where it stands in the log. */
export interface LogEntry<T = Untyped> {
  readonly message: Message<T>;
  readonly position: LogPosition;
}

/** Options of {@link EventLog.read}. */
export interface LogQuery {
  /** Only what stands after this position. */
  readonly after?: LogPosition | undefined;
  /** Only what stands before this position. */
  readonly before?: LogPosition | undefined;
  /** Only messages published at this time or later, in milliseconds since the epoch. */
  readonly fromTime?: number | undefined;
  /** Only messages published at this time or earlier, in milliseconds since the epoch. */
  readonly toTime?: number | undefined;
  /**
   * At most so many, counted from the end that `order` begins with.
   *
   * @defaultValue no limit
   */
  readonly limit?: number | undefined;
  /**
   * `"asc"`: oldest first. `"desc"`: newest first.
   *
   * @defaultValue `"asc"`
   */
  readonly order?: "asc" | "desc" | undefined;
  /** Only messages for which this returns something truthy. What it throws ends the read. */
  readonly where?: ((message: Message) => unknown) | undefined;
}

/** Options of {@link EventLog.subscribe}. */
export interface LogSubscribeOptions {
  /**
   * What is delivered before what comes from now on: everything that is stored, what stands after a
   * position, what was published at a time or later (in milliseconds since the epoch), or nothing.
   *
   * @defaultValue `"live"`
   */
  readonly from?:
    | "start"
    | "live"
    | { readonly position: LogPosition }
    | { readonly time: number }
    | undefined;
  /** Ends the subscription when it aborts, also while it catches up. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A durable log of the messages of one origin: one order for all tabs, in which nothing appears
 * before what once was read.
 */
export interface EventLog {
  /**
   * Reads what is stored at the first step, which waits for what this page has published until then.
   * What is collected before it is reached is left out.
   *
   * @param pattern - a topic or a pattern of topics, as for {@link PubSubBus.subscribe}
   * @throws {@link StalePositionError} (from the first step) for a position of another log
   * @throws {@link InvalidTopicError} (from the first step) for a pattern that is none
   * @throws {@link InvalidArgumentError} (from the first step) for an option with a value that it
   *   cannot have, such as a `limit` that is no whole number
   */
  read<T = Untyped>(pattern: string, query?: LogQuery): AsyncIterable<LogEntry<T>>;
  /**
   * Delivers what is stored from some point on, and then what comes, from any tab: each entry once,
   * in the order of the log, with neither a hole nor a double between old and new. What this page had
   * published before the call is old, what it publishes after it is new. A handler that throws changes
   * nothing for what follows; its promises are not waited for. When the log is deleted meanwhile, the
   * subscription goes on with the next one.
   *
   * @returns settles when all that is old has been delivered, or the signal has aborted; ends the
   *   subscription
   * @throws {@link StalePositionError} for a position of another log
   * @throws {@link InvalidTopicError} for a pattern that is none
   * @throws {@link InvalidArgumentError} for a handler that is no function, and an option with a value
   *   that it cannot have
   */
  subscribe<T = Untyped>(
    pattern: string,
    handler: (entry: LogEntry<T>) => unknown,
    options?: LogSubscribeOptions,
  ): Promise<Unsubscribe>;
  /**
   * Tells where the log ends now: `after` it comes what is published from now on. It waits for what
   * this page has published until now, which is not after it.
   */
  head(): Promise<LogPosition>;
}
