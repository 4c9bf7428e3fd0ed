import type {
  Clock,
  EventLog,
  EventStreams,
  HistoryQuery,
  Message,
  PubSubBus,
  Untyped,
} from "@pubsub-mfe/core";
import type { HistoryError } from "./errors.js";

/** Options of {@link createHistoryAdapter}. */
export interface HistoryConfig {
  /**
   * The name of the IndexedDB database.
   *
   * @defaultValue `"pubsub-history"`
   */
  readonly dbName?: string | undefined;
  /**
   * Whose log it is: namespaces of one database know nothing of each other.
   *
   * @defaultValue the `app` of the bus it is attached to
   */
  readonly namespace?: string | undefined;
  /**
   * The most messages kept; the oldest go first.
   *
   * @defaultValue `1_000`
   */
  readonly maxMessages?: number | undefined;
  /**
   * How long a message is kept, in seconds; `0` for no limit.
   *
   * @defaultValue `3_600`
   */
  readonly ttlSeconds?: number | undefined;
  /**
   * How often old messages are collected, in milliseconds.
   *
   * @defaultValue `60_000`
   */
  readonly gcIntervalMs?: number | undefined;
  /**
   * Writes to the console what the log does.
   *
   * @defaultValue `false`
   */
  readonly debug?: boolean | undefined;
  /**
   * Receives what went wrong in the background: messages that could not be stored, collections that
   * failed. Without it the console does.
   */
  readonly onError?: ((error: HistoryError) => void) | undefined;
  /**
   * The source of time.
   *
   * @defaultValue the platform's
   */
  readonly clock?: Clock | undefined;
  /**
   * Lets one tab at a time collect.
   *
   * @defaultValue `navigator.locks`; where there is none, tabs may do the same work twice
   */
  readonly locks?: CollectorLocks | undefined;
  /**
   * What "committed" means: handed to the operating system, which a power failure can undo, or
   * written to the disk, which takes far longer.
   *
   * @defaultValue `"relaxed"`
   */
  readonly durability?: "relaxed" | "strict" | undefined;
}

/** What is used of the Web Locks API; `navigator.locks` fits. */
export interface CollectorLocks {
  /** Requests a lock; the callback gets `null` where another has it. */
  request(
    name: string,
    options: { readonly ifAvailable: true },
    callback: (lock: unknown) => Promise<void>,
  ): Promise<unknown>;
}

/** The room that the origin has, for all that it stores; `undefined` where the browser does not tell. */
export interface StorageReport {
  /** In bytes. */
  readonly usage: number | undefined;
  /** In bytes. */
  readonly quota: number | undefined;
  /** Whether the browser asks the user before it evicts the data of this origin. */
  readonly persisted: boolean | undefined;
}

/** Counters of a log, as {@link HistoryAdapter.getStats} returns them. */
export interface HistoryStats {
  /** Messages whose transaction has completed. */
  readonly messagesPersisted: number;
  /** Messages that `getHistory` has returned. */
  readonly messagesRetrieved: number;
  /** Messages that were removed for their age or number. */
  readonly messagesGarbageCollected: number;
  /** Messages that the log held already, by id. */
  readonly duplicatesSkipped: number;
  readonly gcCyclesCompleted: number;
  /** How many messages the namespace holds, as far as this page knows. */
  readonly estimatedStorageCount: number;
  /** When the last collection ended, in milliseconds since the epoch. */
  readonly lastGcTimestamp: number | null;
  /** Messages that are not stored yet. */
  readonly pending: number;
  /** Whether nothing can be stored: what is published waits in memory, as far as `maxMessages` goes. */
  readonly degraded: boolean;
  /** Records of the database that are no messages. */
  readonly recordsSkipped: number;
  readonly attached: boolean;
  /** Known once it was configured or a bus attached. */
  readonly namespace: string | undefined;
}

/** How a pattern is read, as {@link HistoryAdapter.explain} tells it. */
export interface LogPlan {
  /**
   * `"none"`: no topic matches. `"topics"`: the messages of each topic that matches, merged in their
   * order. `"rows"`: all messages of the database, and those of other topics left out.
   */
  readonly plan: "none" | "topics" | "rows";
  /** The topics that match, of those that have messages. */
  readonly topics: readonly string[];
  /**
   * How many stored messages a read without a limit looks at: all that lie there, also those that
   * have expired or are too many, and have not been collected yet.
   */
  readonly rows: number;
}

/** The durable log of a bus. */
export interface HistoryAdapter extends EventLog {
  /**
   * Streams of events of the same namespace, in the same database. They can be used before and after
   * `attach` where the namespace is known, and without it. Nothing that is done to messages touches
   * them: not their retention, not `forceGc`, not `clearHistory`.
   *
   * @throws {@link HistoryError} `HISTORY_MISUSED` (from its methods) where no namespace is known
   */
  readonly streams: EventStreams;
  /**
   * Starts to store what the bus publishes, from this call on; what is published while the database
   * opens waits in memory. Of several logs of one database and namespace on a page one stores, and
   * collects by its own limits: give them the same.
   *
   * Without IndexedDB it settles as well: the log is kept in memory, which diagnostics tell.
   *
   * @throws {@link HistoryUnavailableError} for a database of something else or of a newer version;
   *   the bus goes on without a log
   * @throws {@link HistoryError} `HISTORY_MISUSED` while it is attached, and for what is no bus
   */
  attach(bus: Pick<PubSubBus, "connect" | "getStats">): Promise<void>;
  /**
   * Stops to store, writes what is waiting, ends the subscriptions, and closes the database, also
   * that of a log whose `streams` alone were used. Whatever is called afterwards opens it again.
   */
  detach(): Promise<void>;
  /**
   * Settles when everything published so far is committed to the database. What waits in memory
   * because it could not be is tried again. What can never be stored, such as a payload that cannot be
   * cloned, was told to `onError` when its turn ended, and is not waited for. Handlers of `subscribe` are called after the commit,
   * perhaps later than this settles.
   *
   * @throws {@link HistoryWriteError} when some of it could not be
   */
  flush(): Promise<void>;
  /**
   * Settles when one message is committed to the database, whoever on the page stores it. A message
   * that was published on another page or has been collected is one that is not there.
   *
   * @param message - as `publish` returned it
   * @throws {@link HistoryWriteError} when it is not stored
   */
  committed(message: Pick<Message, "id">): Promise<void>;
  /**
   * Returns the newest `limit` stored messages that match, oldest first; never more than
   * `maxMessages`. What this page has published is waited for, and returned also where it waits in
   * memory because it cannot be stored.
   *
   * @throws {@link InvalidTopicError} for a pattern that is none
   * @throws {@link InvalidArgumentError} for a `limit` that is no whole number, a `fromTime` that is no
   *   number, and a query that is no object
   * @throws {@link HistoryUnavailableError} when the database cannot be opened
   */
  getHistory<T = Untyped>(pattern: string, query?: HistoryQuery): Promise<Message<T>[]>;
  /**
   * Counts the messages that match and are not too old or too many. What is older than a message
   * before it, because the clock was set back, counts until it is collected.
   *
   * @throws {@link InvalidTopicError} for a pattern that is none
   */
  count(pattern: string): Promise<number>;
  /**
   * Returns the topics of the stored messages, sorted; also topics whose messages have all expired or
   * are too many, until these are collected.
   */
  topics(): Promise<string[]>;
  /**
   * Tells how a pattern is read, and what that costs.
   *
   * @throws {@link InvalidTopicError} for a pattern that is none
   */
  explain(pattern: string): Promise<LogPlan>;
  /** Counts what this adapter has done so far, and what waits. */
  getStats(): HistoryStats;
  /** Tells how much room there is. */
  storage(): Promise<StorageReport>;
  /**
   * Asks the browser not to evict the data of this origin, which may ask the user.
   *
   * @returns whether it will not
   */
  persist(): Promise<boolean>;
  /** Removes every message of the namespace. */
  clearHistory(): Promise<void>;
  /**
   * Removes what is too old or too many, now. Where a collection runs on this page already it is
   * that one which is waited for.
   *
   * @returns how many messages it removed
   */
  forceGc(): Promise<number>;
}
