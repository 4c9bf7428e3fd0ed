import type { LogDatabase, Row } from "./database.js";
import { type Plan, planFor } from "./plan.js";
import { beginRead, type ReadTransaction, readEnd } from "./read-transaction.js";
import { extentOf } from "./retention.js";
import { type Stretch, type Walk, walk } from "./walks.js";

/** What is to be read of a namespace. */
export interface ReadingRequest {
  readonly ns: string;
  readonly pattern: string;
  readonly maxMessages: number;
  readonly newestFirst: boolean;
  /**
   * The positions, both left out, that it is bounded by.
   *
   * @throws {@link StalePositionError} for those of another database
   */
  bounds(databaseId: string): { readonly after: number; readonly before: number };
}

/** Where a log ended at some moment. */
export interface Mark {
  readonly databaseId: string;
  readonly end: number;
}

/** One read of a log, over as many short transactions as it takes. */
export class Reading {
  readonly #request: ReadingRequest;
  #mark: Mark | undefined;
  #walk: Walk | undefined;
  /** What stands before is too many; known once it matters. */
  #floor: number | undefined;
  #ended = false;

  /** @param mark - where it ends; without it the log's end at the first step */
  constructor(request: ReadingRequest, mark?: Mark) {
    this.#request = request;
    this.#mark = mark;
  }

  /**
   * @param want - how many rows are of use
   * @returns the next rows, perhaps none although there are more; `undefined` at the end
   */
  async next(db: LogDatabase, databaseId: string, want: number): Promise<Row[] | undefined> {
    // Everything that was to be read was deleted with its database.
    if (this.#ended || (this.#mark && this.#mark.databaseId !== databaseId)) return undefined;
    const { ns, pattern, newestFirst } = this.#request;
    const bounds = this.#request.bounds(databaseId);
    const tx = beginRead(db);
    if (!this.#walk) {
      const [plan, end] = await Promise.all([
        planFor(tx, ns, pattern),
        this.#mark?.end ?? readEnd(tx),
      ]);
      this.#mark = { databaseId, end };
      const before = Math.min(bounds.before, end + 1);
      this.#walk = await this.#begin(tx, plan, { ns, after: bounds.after, before, newestFirst });
    }
    const rows = await this.#walk.next(tx, want);
    return rows && this.#withoutTooMany(tx, rows);
  }

  async #begin(tx: ReadTransaction, plan: Plan, stretch: Stretch): Promise<Walk> {
    if (plan.kind === "none" || stretch.newestFirst || !this.#mayBeTooMany(stretch.after)) {
      return walk(plan, stretch);
    }
    this.#floor = await this.#readFloor(tx);
    return walk(plan, { ...stretch, after: Math.max(stretch.after, this.#floor - 1) });
  }

  async #withoutTooMany(tx: ReadTransaction, rows: Row[]): Promise<Row[]> {
    if (!rows.some(({ position }) => this.#mayBeTooMany(position))) return rows;
    const floor = this.#floor ?? (await this.#readFloor(tx));
    this.#floor = floor;
    const kept = rows.filter(({ position }) => position >= floor);
    if (this.#request.newestFirst && kept.length < rows.length) this.#ended = true;
    return kept;
  }

  /** Positions as near to the end as this have too few after them to be one too many. */
  #mayBeTooMany(position: number): boolean {
    return position <= (this.#mark as Mark).end - this.#request.maxMessages;
  }

  async #readFloor(tx: ReadTransaction): Promise<number> {
    const { ns, maxMessages } = this.#request;
    return (await extentOf(tx, ns, maxMessages)).floor;
  }
}
