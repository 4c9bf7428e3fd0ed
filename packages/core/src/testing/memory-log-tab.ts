import type {
  EventLog,
  LogEntry,
  LogPosition,
  LogQuery,
  LogSubscribeOptions,
} from "../links/event-log.js";
import type { LinkConnection } from "../links/link.js";
import {
  checkBound,
  checkLogQuery,
  checkLogSubscription,
  isWanted,
} from "../links/store-arguments.js";
import { compilePattern } from "../topics/match-topic.js";
import type { PubSubBus, Unsubscribe, Untyped } from "../types.js";
import type { MemoryLog, MemoryLogEntry } from "./memory-event-log.js";
import { MemoryLogSubscription } from "./memory-log-subscription.js";

/** How many entries are read at once. */
const PAGE = 64;

/** The log as one page has it. */
export class MemoryLogTab implements EventLog {
  readonly #log: MemoryLog;
  readonly #connection: LinkConnection;
  readonly #subscriptions = new Set<MemoryLogSubscription>();

  /** @internal */
  constructor(log: MemoryLog, bus: Pick<PubSubBus, "connect" | "getStats">) {
    this.#log = log;
    this.#connection = bus.connect({
      domain: `log:memory/${bus.getStats().app}`,
      send: (messages) => log.store(messages),
      onMessages: () => {},
      flush: () => log.committed,
      close: () => {},
    });
  }

  async *read<T = Untyped>(pattern: string, query: LogQuery = {}): AsyncGenerator<LogEntry<T>> {
    const log = this.#log;
    const matches = compilePattern(pattern);
    checkLogQuery(query);
    const { limit, order = "asc" } = query;
    const wanted = compileTimes(query);
    await this.#connection.flush();
    let after = query.after === undefined ? 0 : log.placeOf(query.after);
    let before = query.before === undefined ? log.last + 1 : log.placeOf(query.before);
    let left = limit ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      const rest = log.between(after, before);
      const page = order === "asc" ? rest.slice(0, PAGE) : rest.slice(-PAGE).reverse();
      if (page.length === 0) return;
      for (const stored of page) {
        if (order === "asc") after = stored.place;
        else before = stored.place;
        if (!matches(stored.message.topic) || !wanted(stored)) continue;
        const entry = log.copy(stored);
        if (!isWanted(query.where, entry.message)) continue;
        yield entry;
        left -= 1;
        if (left === 0) return;
      }
      // The next page is read later, as it would be from a disk.
      await null;
    }
  }

  async subscribe<T = Untyped>(
    pattern: string,
    handler: (entry: LogEntry<T>) => unknown,
    options: LogSubscribeOptions = {},
  ): Promise<Unsubscribe> {
    const matches = compilePattern(pattern);
    checkLogSubscription(handler, options);
    const { from = "live", signal } = options;
    const log = this.#log;
    const flushed = this.#connection.flush();
    // What was published until now has its place, and what comes has a later one.
    const end = log.last;
    await flushed;
    let after = from === "live" ? end : 0;
    let fromTime = Number.NEGATIVE_INFINITY;
    if (typeof from === "object" && "position" in from) after = log.placeOf(from.position);
    else if (typeof from === "object") fromTime = from.time;
    if (signal?.aborted) return () => {};
    const subscription = new MemoryLogSubscription(
      log,
      ({ place, message }) =>
        matches(message.topic) !== undefined && (place > end || message.ts >= fromTime),
      handler,
      after,
    );
    this.#subscriptions.add(subscription);
    const unsubscribe = () => {
      subscription.end();
      this.#subscriptions.delete(subscription);
      signal?.removeEventListener("abort", unsubscribe);
    };
    signal?.addEventListener("abort", unsubscribe);
    await subscription.reached(end);
    return unsubscribe;
  }

  async head(): Promise<LogPosition> {
    const flushed = this.#connection.flush();
    const { last } = this.#log;
    await flushed;
    return this.#log.positionOf(last);
  }

  /** Stores nothing more of this page, and ends its subscriptions. What is stored can still be read. */
  detach(): void {
    this.#connection.dispose();
    for (const subscription of this.#subscriptions) subscription.end();
    this.#subscriptions.clear();
  }
}

function compileTimes({ fromTime, toTime }: LogQuery): (entry: MemoryLogEntry) => boolean {
  checkBound("fromTime", fromTime);
  checkBound("toTime", toTime);
  const from = fromTime ?? Number.NEGATIVE_INFINITY;
  const to = toTime ?? Number.POSITIVE_INFINITY;
  return ({ message }) => message.ts >= from && message.ts <= to;
}
