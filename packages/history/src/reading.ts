import type { LogDatabase, Row } from "./database.js";
import { planFor, planForTopic } from "./plan.js";
import { beginRead, type ReadTransaction, readEnd } from "./read-transaction.js";
import { extentOf } from "./retention.js";
import { RowsWalk, type Stretch, type Walk, walk } from "./walks.js";

/** What is to be read of a namespace. */
export interface ReadingRequest {
  readonly ns: string;
  readonly pattern: string;
  readonly maxMessages: number;
  readonly newestFirst: boolean;
  /**
   * What it is bounded by.
   *
   * @throws {@link StalePositionError} for those of another database
   */
  bounds(databaseId: string): Bounds;
}

/** Two positions, both left out. */
interface Bounds {
  readonly after: number;
  readonly before: number;
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
    const bounds = this.#request.bounds(databaseId);
    const tx = beginRead(db);
    // All that is asked for here goes to the database together, where it does not depend on another.
    const ending = Promise.resolve(this.#mark?.end ?? readEnd(tx));
    // It is waited for below, unless something else fails before.
    ending.catch(() => {});
    this.#walk ??= await this.#begin(tx, bounds, ending);
    const [rows, end] = await Promise.all([this.#walk.next(tx, want), ending]);
    this.#mark = { databaseId, end };
    await this.#changePlan(tx);
    return rows && this.#withoutTooMany(tx, rows);
  }

  async #begin(
    tx: ReadTransaction,
    { after, before }: Bounds,
    ending: Promise<number>,
  ): Promise<Walk> {
    const { ns, pattern, newestFirst, maxMessages } = this.#request;
    const planning =
      planForTopic(pattern) ?? (pattern === "#" ? undefined : planFor(tx, ns, pattern));
    let stretch: Stretch = { ns, after, before, newestFirst };
    // Newest first, every part is begun in this transaction, which sees nothing that comes later.
    if (!newestFirst || this.#mark) {
      const end = await ending;
      stretch = { ...stretch, before: Math.min(before, end + 1) };
      if (!newestFirst && after <= end - maxMessages) {
        this.#floor = await this.#readFloor(tx);
        stretch = { ...stretch, after: Math.max(after, this.#floor - 1) };
      }
    }
    const plan = await planning;
    return plan ? walk(plan, stretch) : new RowsWalk(stretch);
  }

  /** Everything was read without a look at the topics: most of it is somebody else's. */
  async #changePlan(tx: ReadTransaction): Promise<void> {
    const { ns, pattern } = this.#request;
    if (pattern !== "#" || !(this.#walk instanceof RowsWalk) || !this.#walk.isWasteful) return;
    const plan = await planFor(tx, ns, pattern);
    if (plan.kind === "topics") this.#walk = walk(plan, this.#walk.rest);
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
