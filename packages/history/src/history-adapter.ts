import {
  type Clock,
  type HistoryQuery,
  type LinkConnection,
  type LogEntry,
  type LogPosition,
  type LogQuery,
  type LogSubscribeOptions,
  type Message,
  type PubSubBus,
  systemClock,
  type Unsubscribe,
  type Untyped,
} from "@pubsub-mfe/core";
import { onPageHiding } from "@pubsub-mfe/core/stores";
import { Collector } from "./collector.js";
import { checkBus, type HistorySettings, readConfig } from "./config.js";
import { Connection, type Work } from "./connection.js";
import { HistoryError, HistoryWriteError, isHistoryError } from "./errors.js";
import { Handover } from "./handover.js";
import { Reader, type ReaderContext } from "./reader.js";
import { toRows } from "./snapshot.js";
import { askToPersist, reportStorage } from "./storage-report.js";
import { DatabaseStreams } from "./streams/event-streams.js";
import { Subscriptions } from "./subscriptions.js";
import { Trouble } from "./trouble.js";
import type {
  HistoryAdapter,
  HistoryConfig,
  HistoryStats,
  LogPlan,
  StorageReport,
} from "./types.js";
import { Writer } from "./writer.js";
import { CountingListener } from "./writer-listener.js";

/**
 * Creates a log that keeps the messages of a bus in IndexedDB.
 *
 * @throws {@link HistoryError} `HISTORY_MISUSED` for an option with a value that it cannot have
 *
 * @example
 * ```ts
 * const history = createHistoryAdapter({ maxMessages: 5_000 });
 * await history.attach(bus);
 * bus.publish("cart.item.added", { sku: "A-1" });
 * await history.flush();
 * ```
 */
export function createHistoryAdapter(config: HistoryConfig = {}): HistoryAdapter {
  return new History(readConfig(config));
}

class History implements HistoryAdapter {
  readonly #settings: HistorySettings;
  readonly #clock: Clock;
  readonly #trouble: Trouble;
  readonly #connection: Connection;
  readonly #writer: Writer;
  readonly streams: DatabaseStreams;
  readonly #reader: Reader;
  readonly #collector: Collector;
  readonly #subscriptions: Subscriptions;
  readonly #handover: Handover;
  readonly #stored: CountingListener;
  #namespace: string | undefined;
  /** Also there while the database opens. */
  #attachment: LinkConnection | undefined;
  #stopCollecting: Unsubscribe | undefined;
  #stopWatching: Unsubscribe | undefined;
  #ending: Promise<void> | undefined;
  #retrieved = 0;

  constructor(settings: HistorySettings) {
    this.#settings = settings;
    this.#clock = settings.clock ?? systemClock;
    this.#namespace = settings.namespace;
    this.#trouble = new Trouble(settings.dbName, settings.log);
    this.#connection = new Connection(settings.dbName, this.#trouble, this.#clock);
    this.streams = new DatabaseStreams({
      dbName: settings.dbName,
      // A connection of their own: the log closes its own whenever it is detached.
      connection: new Connection(settings.dbName, this.#trouble, this.#clock),
      namespace: () => this.#knownNamespace("streams"),
      clock: settings.clock,
    });
    const { dbName, durability, maxMessages, log } = settings;
    const context: ReaderContext = {
      maxMessages,
      use: (work) => this.#use(work),
      // What could not be stored cannot be read; its publisher was told.
      flush: () => this.#settled().catch(() => {}),
      handOver: () => {
        // Only the waiting is asynchronous.
        const flushed = this.#attachment?.flush();
        flushed?.catch(() => {});
        this.#writer.writeAll();
      },
      namespace: (method) => this.#knownNamespace(method),
      expiresBefore: () => this.#expiresBefore(),
      isMessage: (row) => this.#trouble.isMessage(row),
      kept: () => this.#writer.kept,
      isWithoutDatabase: () => this.#writer.isWithoutDatabase,
    };
    this.#reader = new Reader(context);
    this.#collector = new Collector(context, settings, this.#clock);
    const onError = settings.onError as (error: unknown) => void;
    this.#subscriptions = new Subscriptions(context, this.#reader, dbName, onError);
    const onStored = () => this.#subscriptions.tell(this.#knownNamespace("subscribe()"));
    const { use } = context;
    this.#handover = new Handover({
      dbName,
      use,
      limits: () => ({ durability, maxMessages, expiresBefore: this.#expiresBefore() }),
      log,
      onRestored: (count) => {
        this.#collector.added(count);
        onStored();
      },
    });
    this.#stored = new CountingListener({
      settings,
      trouble: this.#trouble,
      collector: this.#collector,
      onStored,
    });
    const ready = () => this.#handover.beginning;
    const options = { durability, maxKept: maxMessages, ready };
    this.#writer = new Writer(this.#connection, options, this.#stored);
  }

  async attach(bus: Pick<PubSubBus, "connect" | "getStats">): Promise<void> {
    checkBus(bus);
    if (this.#attachment) {
      throw new HistoryError(
        "HISTORY_MISUSED",
        "This log is attached to a bus already. Call detach() first, or create a second log.",
      );
    }
    const ns = this.#settings.namespace ?? bus.getStats().app;
    this.#namespace = ns;
    const domain = `log:${this.#settings.dbName}/${ns}`;
    const attachment = bus.connect({
      domain,
      send: (messages) => this.#writer.add(toRows(ns, messages, this.#settings.onError)),
      // A log only takes: what it holds is read by whoever asks.
      onMessages: () => {},
      // In turn: where one transaction fails, none must be ahead of it.
      flush: () => this.#writer.committed(),
      close: () => {
        this.#ending = this.#end();
      },
    });
    this.#attachment = attachment;
    this.#trouble.attach(attachment, domain);
    this.#stopWatching = onPageHiding(({ type }) => this.#onHiding(attachment, ns, type));
    this.#handover.begin(ns);
    try {
      await this.#collector.count(ns);
    } catch (error) {
      if (!isHistoryError(error, "HISTORY_UNAVAILABLE") || error.refused) {
        attachment.dispose();
        await this.#ending;
        this.#writer.reset(error);
        this.#namespace = this.#settings.namespace;
        throw error;
      }
      this.#writer.suspend(error);
    }
    await this.#handover.beginning;
    // Unless it was detached while the database was opening.
    if (this.#attachment === attachment) {
      this.#stopCollecting = this.#collector.start(() => this.#tick());
    }
  }

  async detach(): Promise<void> {
    this.#attachment?.dispose();
    this.#subscriptions.endAll();
    await this.#ending;
    await this.streams.close();
  }

  flush(): Promise<void> {
    this.#writer.retry();
    return this.#settled();
  }

  async committed({ id }: Pick<Message, "id">): Promise<void> {
    const ns = this.#knownNamespace("committed()");
    const flushed = this.#settled().catch(() => {});
    if (await this.#writer.stored(id)) return;
    // It is older, or another copy on the page has stored it, or it was left out.
    await flushed;
    const position = await this.#use((db) => db.getKeyFromIndex("messages", "id", [ns, id]));
    if (position === undefined) throw new HistoryWriteError([id], "it is not in the log");
  }

  async getHistory<T = Untyped>(pattern: string, query: HistoryQuery = {}): Promise<Message<T>[]> {
    const found = await this.#reader.readNewest(pattern, query);
    this.#retrieved += found.length;
    return found;
  }

  read<T = Untyped>(pattern: string, query?: LogQuery): AsyncIterable<LogEntry<T>> {
    return this.#reader.read(pattern, query);
  }

  subscribe<T = Untyped>(
    pattern: string,
    handler: (entry: LogEntry<T>) => unknown,
    options?: LogSubscribeOptions,
  ): Promise<Unsubscribe> {
    return this.#subscriptions.subscribe(pattern, handler, options);
  }

  head(): Promise<LogPosition> {
    return this.#reader.head();
  }

  count(pattern: string): Promise<number> {
    return this.#reader.count(pattern);
  }

  topics(): Promise<string[]> {
    return this.#reader.topics();
  }

  explain(pattern: string): Promise<LogPlan> {
    return this.#reader.explain(pattern);
  }

  getStats(): HistoryStats {
    return {
      messagesPersisted: this.#stored.persisted,
      messagesRetrieved: this.#retrieved,
      messagesGarbageCollected: this.#collector.collected,
      duplicatesSkipped: this.#stored.duplicates,
      gcCyclesCompleted: this.#collector.cycles,
      estimatedStorageCount: this.#collector.estimatedCount,
      lastGcTimestamp: this.#collector.lastTime,
      pending: this.#writer.pending,
      degraded: this.#writer.degraded,
      recordsSkipped: this.#trouble.skippedCount,
      attached: this.#attachment !== undefined,
      namespace: this.#namespace,
    };
  }

  storage(): Promise<StorageReport> {
    return reportStorage();
  }

  persist(): Promise<boolean> {
    return askToPersist();
  }

  async clearHistory(): Promise<void> {
    const ns = this.#knownNamespace("clearHistory()");
    // Hands over at once what this turn has published.
    const settled = this.#settled().catch(() => {});
    const discard = this.#writer.sealKept();
    await settled;
    await this.#handover.clear(ns);
    await this.#collector.clear();
    discard();
  }

  async forceGc(): Promise<number> {
    const removed = await this.#collector.collect();
    // There may be room again.
    this.#writer.retry();
    return removed;
  }

  /** The link was closed: by `detach`, or with the bus. */
  async #end(): Promise<void> {
    this.#attachment = undefined;
    this.#stopCollecting?.();
    this.#stopWatching?.();
    this.#subscriptions.endAll();
    this.#writer.retry();
    // What fails here was told to onError.
    await this.#writer.committed().catch(() => {});
    await this.#collector.idle();
    await this.#handover.close();
    await this.#connection.close();
    await this.streams.close();
    if (!this.#attachment) this.#trouble.detach();
  }

  /** Hands everything over at once: the page may not live to see another turn. */
  #onHiding(attachment: LinkConnection, ns: string, event: string): void {
    // First of all what this turn has published.
    attachment.flush().catch(() => {});
    this.#writer.writeAll();
    const { databaseId } = this.#connection;
    if (event !== "pagehide" || databaseId === undefined) return;
    const rows = this.#writer.unconfirmed;
    if (rows.length === 0) return;
    this.#handover.leave({ ns, rows, databaseId });
    // Nobody will be there to tell of the commit. Whoever reads now waits for it.
    this.#subscriptions.tell(ns);
  }

  /** Every now and then. */
  #tick(): void {
    const isWithoutDatabase = this.#writer.isWithoutDatabase;
    this.#writer.retry();
    // Of several logs of a page the one that stores: another one's limits may be narrower.
    if (isWithoutDatabase || !this.#attachment?.active) return;
    this.#handover.goOn(this.#knownNamespace("attach()"));
    this.#collector.collectInBackground();
  }

  /** Settles when everything published so far is committed, or could not be. */
  async #settled(): Promise<void> {
    await this.#attachment?.flush();
    await this.#writer.committed();
    await this.#handover.beginning;
  }

  /** A log that is detached opens the database for this piece of work alone. */
  async #use<R>(work: Work<R>): Promise<R> {
    try {
      return await this.#connection.useRepeatedly(work);
    } finally {
      if (!this.#attachment) await this.#connection.close();
    }
  }

  #expiresBefore(): number {
    const { ttlSeconds } = this.#settings;
    return ttlSeconds === 0 ? Number.NEGATIVE_INFINITY : this.#clock.now() - ttlSeconds * 1_000;
  }

  /** @param asker - a method or property, to begin the sentence with */
  #knownNamespace(asker: string): string {
    if (this.#namespace !== undefined) return this.#namespace;
    throw new HistoryError(
      "HISTORY_MISUSED",
      `${asker} does not know whose log to use. Call attach(bus) first, or pass a namespace to createHistoryAdapter.`,
    );
  }
}
