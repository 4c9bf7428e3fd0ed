import type { Clock, Unsubscribe } from "@pubsub-mfe/core";
import type { HistorySettings } from "./config.js";
import { namespaceRange, type Row } from "./database.js";
import { beginRead, readEnd } from "./read-transaction.js";
import type { ReaderContext } from "./reader.js";
import { forgetEmptied, removeSlice, SLICE } from "./removal.js";
import { extentOf, firstPosition } from "./retention.js";

/** So many messages too many are collected without waiting for the interval. */
const COLLECT_EARLY = 1_024;

/** Keeps a log within its limits. */
export class Collector {
  readonly #context: ReaderContext;
  readonly #settings: HistorySettings;
  readonly #clock: Clock;
  /** `undefined`: another tab was at it. */
  #collecting: Promise<number | undefined> | undefined;
  /** How many messages the namespace holds, as far as this page knows. */
  estimatedCount = 0;
  collected = 0;
  cycles = 0;
  lastTime: number | null = null;

  constructor(context: ReaderContext, settings: HistorySettings, clock: Clock) {
    this.#context = context;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Counts what is stored, once; from then on in memory. */
  async count(ns: string): Promise<void> {
    this.estimatedCount = await this.#context.use((db) =>
      db.countFromIndex("messages", "topic", namespaceRange(ns)),
    );
  }

  /** This page has stored so many more. */
  added(count: number): void {
    this.estimatedCount += count;
    if (this.estimatedCount > this.#settings.maxMessages + COLLECT_EARLY)
      this.collectInBackground();
  }

  /** Calls the function when it is time to collect, until the function is called that it returns. */
  start(onTime: () => void): Unsubscribe {
    let cancel: Unsubscribe;
    const schedule = (): void => {
      cancel = this.#clock.setTimer(() => {
        schedule();
        onTime();
      }, this.#settings.gcIntervalMs);
    };
    schedule();
    return () => cancel();
  }

  /** Settles when no collection runs. */
  async idle(): Promise<void> {
    await this.#collecting?.catch(() => {});
  }

  /**
   * Collects now, or waits for the collection that runs on this page.
   *
   * @returns how many messages it removed
   */
  async collect(): Promise<number> {
    const removed = await this.#once(() => this.#collect());
    return removed ?? this.collect();
  }

  /** Removes every message that is stored now. */
  async clear(): Promise<void> {
    const ns = this.#context.namespace("clearHistory()");
    const { id, end } = await this.#context.use(async (db, id) => ({
      id,
      end: await readEnd(beginRead(db)),
    }));
    await this.#remove(ns, id, 0, ({ position }) => position <= end);
    await this.count(ns);
  }

  /** Of all tabs one collects; the others have nothing to do. */
  collectInBackground(): void {
    const { dbName, locks = globalThis.navigator?.locks, onError } = this.#settings;
    const collect = () => this.#collect();
    // Without locks several tabs may do it at once: they remove no more, but do it twice.
    const work = async (): Promise<number | undefined> => {
      if (!locks) return collect();
      let removed: number | undefined;
      const name = `${dbName}/${this.#context.namespace("forceGc()")}/collect`;
      await locks.request(name, { ifAvailable: true }, async (lock) => {
        if (lock) removed = await collect();
      });
      return removed;
    };
    const done = this.#once(work).then((removed) => {
      // What came meanwhile may be too much again.
      if (removed) this.added(0);
    });
    done.catch(onError);
  }

  /** One at a time: whoever asks meanwhile gets the result of the one that runs. */
  #once(work: () => Promise<number | undefined>): Promise<number | undefined> {
    this.#collecting ??= work().finally(() => {
      this.#collecting = undefined;
    });
    return this.#collecting;
  }

  async #collect(): Promise<number> {
    const ns = this.#context.namespace("forceGc()");
    const { maxMessages } = this.#context;
    const expiresBefore = this.#context.expiresBefore();
    const { id, start, floor, own } = await this.#context.use(async (db, id) => {
      const tx = beginRead(db);
      const { floor, own, alone } = await extentOf(tx, ns, maxMessages);
      return { id, floor, own, start: alone ? 0 : await firstPosition(tx, ns) };
    });
    this.estimatedCount = own;
    // The other way round also what has no time goes, so that nothing is kept back by it.
    const goes = ({ position, ts }: Row) => position < floor || !(ts >= expiresBefore);
    const removed = await this.#remove(ns, id, start, goes);
    this.estimatedCount -= removed;
    this.collected += removed;
    this.cycles += 1;
    this.lastTime = this.#clock.now();
    this.#settings.log("collected", { removed, left: this.estimatedCount });
    return removed;
  }

  /** In short transactions: so neither a writer nor the page waits for all of it. */
  async #remove(
    ns: string,
    id: string,
    start: number,
    goes: (row: Row) => boolean,
  ): Promise<number> {
    const { use } = this.#context;
    const touched = new Set<string>();
    let removed = 0;
    for (let from: number | undefined = start; from !== undefined; ) {
      const begin: number = from;
      const slice = await use(async (db, now) =>
        // Positions of a database that was deleted meanwhile say nothing about the next one.
        now === id ? removeSlice(db, ns, begin, goes) : undefined,
      );
      for (const topic of slice?.topics ?? []) touched.add(topic);
      removed += slice?.removed ?? 0;
      from = slice?.next;
    }
    const topics = [...touched];
    for (let n = 0; n < topics.length; n += SLICE) {
      await use((db) => forgetEmptied(db, ns, topics.slice(n, n + SLICE)));
    }
    return removed;
  }
}
