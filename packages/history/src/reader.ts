import type { HistoryQuery, LogEntry, LogPosition, LogQuery, Message } from "@pubsub-mfe/core";
import { checkLogQuery, compilePattern, isWanted } from "@pubsub-mfe/core/stores";
import type { Work } from "./connection.js";
import { type NewRow, namespaceRange, type Row } from "./database.js";
import { withKept } from "./kept.js";
import { LARGEST_PAGE } from "./pages.js";
import { countMessages, planFor } from "./plan.js";
import { positionsOf } from "./positions.js";
import { beginRead, readEnd } from "./read-transaction.js";
import { type Mark, Reading } from "./reading.js";
import { extentOf, firstPosition, firstRow } from "./retention.js";
import { toMessage } from "./snapshot.js";
import type { LogPlan } from "./types.js";

/** What those who read a log need of it. */
export interface ReaderContext {
  readonly maxMessages: number;
  use<R>(work: Work<R>): Promise<R>;
  /** Settles when what this page has published is stored, or cannot be. */
  flush(): Promise<void>;
  /** Hands what this page has published to the database, ahead of whatever is asked of it next. */
  handOver(): void;
  /** @throws {@link HistoryError} where it is not known yet, naming the method that needs it */
  namespace(method: string): string;
  /** Messages published before this time are not there, in milliseconds since the epoch. */
  expiresBefore(): number;
  /** Also tells of a record that is none. */
  isMessage(row: Row): boolean;
  /** What waits in memory because it cannot be stored. */
  kept(): readonly NewRow[];
  isWithoutDatabase(): boolean;
}

/** Reads the messages of a log. */
export class Reader {
  readonly #context: ReaderContext;

  constructor(context: ReaderContext) {
    this.#context = context;
  }

  /** @param mark - where it ends; without it what is stored once this page's messages are */
  async *read(
    pattern: string,
    query: LogQuery = {},
    mark?: Mark,
  ): AsyncGenerator<LogEntry, undefined> {
    const ns = this.#context.namespace("read()");
    checkPattern(pattern);
    checkLogQuery(query);
    const { limit = Number.POSITIVE_INFINITY, order = "asc", where } = query;
    if (!mark) await this.#context.flush();
    const reading = new Reading(
      {
        ns,
        pattern,
        maxMessages: this.#context.maxMessages,
        newestFirst: order === "desc",
        bounds: (databaseId) => boundsOf(query, databaseId),
      },
      mark,
    );
    let databaseId = "";
    for (let left = limit; ; ) {
      const want = Math.min(LARGEST_PAGE, left);
      const rows = await this.#context.use((db, id) => {
        databaseId = id;
        return reading.next(db, id, Math.max(1, want));
      });
      if (!rows || left === 0) return;
      for (const row of rows) {
        if (!this.#context.isMessage(row) || !this.#isInTime(row, query)) continue;
        const entry = toEntry(row, databaseId);
        if (!isWanted(where, entry.message)) continue;
        yield entry;
        left -= 1;
        if (left === 0) return;
      }
    }
  }

  /** The newest messages that match, the oldest of them first; also those that wait in memory. */
  async readNewest(pattern: string, query: HistoryQuery): Promise<Message[]> {
    const context = this.#context;
    context.namespace("getHistory()");
    checkPattern(pattern);
    checkLogQuery(query);
    const { fromTime = Number.NEGATIVE_INFINITY, limit = Number.POSITIVE_INFINITY } = query;
    const stored = await this.#readStored(pattern, { fromTime, limit, order: "desc" });
    const earliest = Math.max(fromTime, context.expiresBefore());
    const all = withKept(stored.reverse(), context.kept(), pattern, earliest);
    return all.slice(Math.max(0, all.length - Math.min(limit, context.maxMessages)));
  }

  /** None where there is no database; the rest waits in memory then. */
  async #readStored(pattern: string, query: LogQuery): Promise<Message[]> {
    const found: Message[] = [];
    try {
      for await (const { message } of this.read(pattern, query)) found.push(message);
    } catch (error) {
      if (!this.#context.isWithoutDatabase()) throw error;
      found.length = 0;
    }
    return found;
  }

  async head(): Promise<LogPosition> {
    const { databaseId, end } = await this.mark("head()");
    return positionsOf(databaseId).of(end);
  }

  /** Where the log ends: after what this page has published until now, and before what comes. */
  async mark(method: string): Promise<Mark> {
    this.#context.namespace(method);
    this.#context.handOver();
    const flushed = this.#context.flush();
    // Asked for at once: so its transaction comes after what was handed over, and before later ones.
    const marked = this.#context.use(async (db, databaseId) => ({
      databaseId,
      end: await readEnd(beginRead(db)),
    }));
    const [mark] = await Promise.all([marked, flushed]);
    return mark;
  }

  async count(pattern: string): Promise<number> {
    const ns = this.#context.namespace("count()");
    checkPattern(pattern);
    await this.#context.flush();
    return this.#context.use(async (db) => {
      const tx = beginRead(db);
      const expiresBefore = this.#context.expiresBefore();
      const [plan, { floor, alone }] = await Promise.all([
        planFor(tx, ns, pattern),
        extentOf(tx, ns, this.#context.maxMessages),
      ]);
      const start = floor || alone ? floor : await firstPosition(tx, ns);
      const first = await firstRow(tx, ns, start, ({ ts }) => ts >= expiresBefore);
      return first ? countMessages(tx, ns, plan, first.position) : 0;
    });
  }

  async topics(): Promise<string[]> {
    const ns = this.#context.namespace("topics()");
    await this.#context.flush();
    return this.#context.use(async (db) => {
      const keys = await db.getAllKeys("topics", namespaceRange(ns));
      return keys.map(([, topic]) => topic).filter((topic) => typeof topic === "string");
    });
  }

  async explain(pattern: string): Promise<LogPlan> {
    const ns = this.#context.namespace("explain()");
    checkPattern(pattern);
    await this.#context.flush();
    return this.#context.use(async (db) => {
      const tx = beginRead(db);
      const plan = await planFor(tx, ns, pattern);
      const { kind, topics } = plan;
      const rows =
        kind === "rows" ? tx.objectStore("messages").count() : countMessages(tx, ns, plan, 0);
      return { plan: kind, topics, rows: await rows };
    });
  }

  #isInTime({ ts }: Row, { fromTime = -Infinity, toTime = Infinity }: LogQuery): boolean {
    return ts >= fromTime && ts <= toTime && ts >= this.#context.expiresBefore();
  }
}

export function toEntry(row: Row, databaseId: string): LogEntry {
  return { message: toMessage(row), position: positionsOf(databaseId).of(row.position) };
}

/** @throws {@link InvalidTopicError} for a pattern that is none, also where nothing is stored */
export function checkPattern(pattern: string): void {
  compilePattern(pattern);
}

function boundsOf(
  { after, before }: LogQuery,
  databaseId: string,
): { after: number; before: number } {
  const positions = positionsOf(databaseId);
  return {
    after: after === undefined ? 0 : positions.numberOf(after),
    before: before === undefined ? Number.POSITIVE_INFINITY : positions.numberOf(before),
  };
}
