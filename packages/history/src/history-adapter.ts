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
import { checkLogQuery, onPageHiding } from "@pubsub-mfe/core/stores";
import { Collector } from "./collector.js";
import { checkBus, type HistorySettings, readConfig } from "./config.js";
import { Connection, type Work } from "./connection.js";
import type { NewRow } from "./database.js";
import { HistoryError, HistoryWriteError, isHistoryError } from "./errors.js";
import { Handover } from "./handover.js";
import { withKept } from "./kept.js";
import { checkPattern, Reader, type ReaderContext } from "./reader.js";
import { restore } from "./restoring.js";
import { toRow } from "./snapshot.js";
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
import { Writer, type WriterListener } from "./writer.js";

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
  /** Until what earlier pages left behind is in the log, before anything of this page. */
  #restoring: Promise<void> | undefined;
  #restoringAgain: Promise<void> | undefined;
  #namespace: string | undefined;
  /** Also there while the database opens. */
  #attachment: LinkConnection | undefined;
  #stopCollecting: Unsubscribe | undefined;
  #stopWatching: Unsubscribe | undefined;
  #ending: Promise<void> | undefined;
  #persisted = 0;
  #retrieved = 0;
  #duplicates = 0;

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
    const { durability, maxMessages: maxKept } = settings;
    const ready = () => this.#restoring;
    const options = { durability, maxKept, ready };
    this.#writer = new Writer(this.#connection, options, this.#createListener());
    this.#handover = new Handover(settings.dbName);
    const context: ReaderContext = {
      maxMessages: settings.maxMessages,
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
    };
    this.#reader = new Reader(context);
    this.#collector = new Collector(context, settings, this.#clock);
    const onError = settings.onError as (error: unknown) => void;
    this.#subscriptions = new Subscriptions(context, this.#reader, settings.dbName, onError);
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
      send: (messages) => this.#writer.add(this.#toRows(ns, messages)),
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
    this.#restoring = this.#restore(ns).finally(() => {
      this.#restoring = undefined;
    });
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
    await this.#restoring;
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
    this.#knownNamespace("getHistory()");
    checkPattern(pattern);
    checkLogQuery(query);
    const { fromTime = Number.NEGATIVE_INFINITY, limit = Number.POSITIVE_INFINITY } = query;
    const stored = this.#reader.readNewest(pattern, fromTime, limit);
    const messages = await stored.catch((error: unknown) => {
      if (this.#writer.isWithoutDatabase) return [];
      throw error;
    });
    const { kept } = this.#writer;
    const earliest = Math.max(fromTime, this.#expiresBefore());
    const all = withKept(messages, kept, pattern, earliest);
    const found = all.slice(Math.max(0, all.length - Math.min(limit, this.#settings.maxMessages)));
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
      messagesPersisted: this.#persisted,
      messagesRetrieved: this.#retrieved,
      messagesGarbageCollected: this.#collector.collected,
      duplicatesSkipped: this.#duplicates,
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

  async storage(): Promise<StorageReport> {
    const { storage } = navigator;
    const { usage, quota } = (await storage?.estimate?.()) ?? {};
    return { usage, quota, persisted: await storage?.persisted?.() };
  }

  async persist(): Promise<boolean> {
    return (await navigator.storage?.persist?.()) ?? false;
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
    await Promise.all([this.#restoring, this.#restoringAgain]);
    this.#handover.close();
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
    const rows = this.#writer.unconfirmed;
    if (event !== "pagehide" || rows.length === 0 || databaseId === undefined) return;
    this.#handover.leave({ ns, rows, databaseId });
    // Nobody will be there to tell of the commit. Whoever reads now waits for it.
    this.#subscriptions.tell(ns);
  }

  /** Stores what pages left behind that went away. What cannot be stored now is tried again. */
  async #restore(ns: string): Promise<void> {
    const { durability, maxMessages, log } = this.#settings;
    try {
      await this.#handover.open();
      await this.#handover.take(ns, async (page) => {
        const limits = { durability, maxMessages, expiresBefore: this.#expiresBefore() };
        const stored = await this.#use((db, id) => restore(db, id, page, limits));
        log("restored", { stored });
        this.#collector.added(stored);
        if (stored > 0) this.#subscriptions.tell(ns);
      });
    } catch (error) {
      log("not restored", { error });
    }
  }

  #createListener(): WriterListener {
    const { log, onError } = this.#settings;
    return {
      onCommit: (persisted, duplicates) => {
        log("committed", { persisted, duplicates });
        this.#persisted += persisted;
        this.#duplicates += duplicates;
        this.#collector.added(persisted);
        if (persisted > 0) this.#subscriptions.tell(this.#knownNamespace("subscribe()"));
      },
      onRefused: onError,
      makeRoom: async () => {
        this.#trouble.onCollectedForRoom(await this.#collector.collect().catch(() => 0));
      },
      onDegraded: (error) => {
        this.#trouble.onDegraded(error);
        onError(error);
      },
      onDropped: (count) => this.#trouble.onDropped(count),
      onRecovered: () => this.#trouble.onRecovered(),
    };
  }

  /** Every now and then. */
  #tick(): void {
    const isWithoutDatabase = this.#writer.isWithoutDatabase;
    this.#writer.retry();
    // Of several logs of a page the one that stores: another one's limits may be narrower.
    if (isWithoutDatabase || !this.#attachment?.active) return;
    // One at a time: a clock that was turned far brings many ticks at once.
    this.#restoringAgain ??= this.#restore(this.#knownNamespace("attach()")).finally(() => {
      this.#restoringAgain = undefined;
    });
    this.#collector.collectInBackground();
  }

  /** Settles when everything published so far is committed, or could not be. */
  async #settled(): Promise<void> {
    await this.#attachment?.flush();
    await this.#writer.committed();
    await this.#restoring;
  }

  /** Leaves out what cannot be stored, and tells of it: its neighbours are stored. */
  #toRows(ns: string, messages: readonly Message[]): NewRow[] {
    const rows: NewRow[] = [];
    for (const message of messages) {
      try {
        rows.push(toRow(ns, message));
      } catch (error) {
        this.#settings.onError(error as HistoryError);
      }
    }
    return rows;
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
