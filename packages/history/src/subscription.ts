import type { LogEntry } from "@pubsub-mfe/core";
import { compilePattern } from "@pubsub-mfe/core/stores";
import type { LogDatabase, Row } from "./database.js";
import { LogHandlerError } from "./errors.js";
import { type ReaderContext, toEntry } from "./reader.js";
import type { Mark } from "./reading.js";

/** How many new rows are read at once: a handler may take its time with each. */
const PAGE = 64;

/** What a subscription is for. */
export interface SubscriptionRequest {
  readonly ns: string;
  readonly pattern: string;
  readonly handler: (entry: LogEntry) => unknown;
  readonly onError: (error: unknown) => void;
}

/** Delivers a log to one handler: first what is old, then along the log from where that ended. */
export class Subscription {
  readonly #context: ReaderContext;
  readonly #request: SubscriptionRequest;
  readonly #matches: (topic: string) => unknown;
  /** How far it has come along what is new. */
  #mark: Mark;
  #walking = true;
  #poked = true;
  ended = false;

  /** @param mark - what stands after this is new */
  constructor(context: ReaderContext, request: SubscriptionRequest, mark: Mark) {
    this.#context = context;
    this.#request = request;
    this.#matches = compilePattern(request.pattern);
    this.#mark = mark;
  }

  /** Delivers what is old; until then whatever comes waits in the log. */
  async catchUp(old: AsyncIterable<LogEntry>): Promise<void> {
    for await (const entry of old) {
      if (this.ended) return;
      this.#deliver(entry);
    }
  }

  /** Begins with what is new. */
  goLive(): void {
    this.#walking = false;
    void this.#walk();
  }

  /** There may be more in the log. */
  poke(): void {
    this.#poked = true;
    void this.#walk();
  }

  async #walk(): Promise<void> {
    if (this.#walking) return;
    this.#walking = true;
    try {
      // A poke in the midst of it can be of a commit that the last page did not see.
      while (this.#poked && !this.ended) {
        this.#poked = false;
        for (let rows = await this.#readNext(); rows.length > 0; rows = await this.#readNext()) {
          for (const row of rows) this.#deliverRow(row);
        }
      }
    } catch (error) {
      this.#request.onError(error);
    } finally {
      this.#walking = false;
    }
  }

  async #readNext(): Promise<readonly Row[]> {
    if (this.ended) return [];
    const { rows, mark } = await this.#context.use(async (db, databaseId) => {
      // The log was deleted meanwhile: all of the next one is new.
      const end = databaseId === this.#mark.databaseId ? this.#mark.end : 0;
      const rows = await readAfter(db, end);
      return { rows, mark: { databaseId, end: rows.at(-1)?.position ?? end } };
    });
    this.#mark = mark;
    return rows;
  }

  #deliverRow(row: Row): void {
    if (row.ns !== this.#request.ns || !this.#context.isMessage(row)) return;
    if (row.ts < this.#context.expiresBefore()) return;
    if (!this.ended && this.#matches(row.topic)) {
      this.#deliver(toEntry(row, this.#mark.databaseId));
    }
  }

  #deliver(entry: LogEntry): void {
    const { handler, pattern, onError } = this.#request;
    const run = async () => await handler(entry);
    run().catch((thrown) => onError(new LogHandlerError(pattern, entry.message, thrown)));
  }
}

function readAfter(db: LogDatabase, position: number): Promise<Row[]> {
  return db.getAll("messages", IDBKeyRange.lowerBound(position, true), PAGE);
}
