import type { Row } from "./database.js";
import { LARGEST_PAGE, readPage } from "./pages.js";
import { type Plan, topicRange } from "./plan.js";
import type { ReadTransaction } from "./read-transaction.js";

/** What part of a log is read, in which direction. */
export interface Stretch {
  readonly ns: string;
  /** Only what stands after this. */
  readonly after: number;
  /** Only what stands before this. */
  readonly before: number;
  readonly newestFirst: boolean;
}

/** A way through a stretch, over as many transactions as it takes. */
export interface Walk {
  /**
   * @param want - how many rows are of use
   * @returns the next rows, perhaps none although there are more; `undefined` at the end
   */
  next(tx: ReadTransaction, want: number): Promise<Row[] | undefined>;
}

/** Goes the way that was planned. */
export function walk(plan: Plan, stretch: Stretch): Walk {
  return plan.kind === "rows" ? new RowsWalk(stretch, plan) : new TopicsWalk(plan, stretch);
}

/** A part of a store or an index that gets shorter as it is read, in pages that grow. */
class Lane {
  readonly #stretch: Stretch;
  readonly #topic: string | undefined;
  #after: number;
  #before: number;
  #size = 0;

  /** @param topic - only its rows; all without */
  constructor(stretch: Stretch, topic?: string) {
    this.#stretch = stretch;
    this.#topic = topic;
    this.#after = stretch.after;
    this.#before = stretch.before;
  }

  /** What is left to read. */
  get rest(): Stretch {
    return { ...this.#stretch, after: this.#after, before: this.#before };
  }

  /** @returns no rows at the end */
  async read(tx: ReadTransaction, firstSize: number): Promise<Row[]> {
    const { ns, newestFirst } = this.#stretch;
    const after = this.#after;
    const before = this.#before;
    if (before - after <= 1) return [];
    const size = Math.min(LARGEST_PAGE, this.#size * 2 || firstSize);
    const messages = tx.objectStore("messages");
    const rows = await (this.#topic === undefined
      ? readPage(messages, IDBKeyRange.bound(after, before, true, true), newestFirst, size)
      : readPage(
          messages.index("topic"),
          topicRange(ns, this.#topic, after, before),
          newestFirst,
          size,
        ));
    // Only now: where the transaction failed, it is read again in another.
    this.#size = size;
    const edge = rows.length < size ? undefined : rows.at(-1)?.position;
    if (newestFirst) this.#before = edge ?? after;
    else this.#after = edge ?? before;
    return rows;
  }
}

/** All rows, in order; those of other topics and namespaces are left out. */
export class RowsWalk implements Walk {
  readonly #lane: Lane;
  readonly #ns: string;
  readonly #topics: ReadonlySet<string> | undefined;
  /** How many rows there are for one that matches, if all topics have as many. */
  readonly #perMatch: number;
  /** Whether most of what was read last was left out. */
  isWasteful = false;

  /** @param plan - without it every topic matches */
  constructor(stretch: Stretch, plan?: Plan) {
    this.#lane = new Lane(stretch);
    this.#ns = stretch.ns;
    this.#topics = plan && new Set(plan.topics);
    this.#perMatch = plan ? plan.known / plan.topics.length : 1;
  }

  /** What is left to read. */
  get rest(): Stretch {
    return this.#lane.rest;
  }

  async next(tx: ReadTransaction, want: number): Promise<Row[] | undefined> {
    const rows = await this.#lane.read(tx, Math.ceil(want * this.#perMatch));
    this.isWasteful = false;
    if (rows.length === 0) return undefined;
    const found = rows.filter(
      ({ ns, topic }) => ns === this.#ns && (this.#topics?.has(topic) ?? true),
    );
    this.isWasteful = found.length * 2 < rows.length;
    return found;
  }
}

interface TopicLane {
  readonly lane: Lane;
  rows: Row[];
  /** The next of them. */
  at: number;
}

/** Several topics from their index, merged by position. */
class TopicsWalk implements Walk {
  readonly #newestFirst: boolean;
  #lanes: TopicLane[];

  constructor({ topics }: Plan, stretch: Stretch) {
    this.#newestFirst = stretch.newestFirst;
    this.#lanes = topics.map((topic) => ({ lane: new Lane(stretch, topic), rows: [], at: 0 }));
  }

  async next(tx: ReadTransaction, want: number): Promise<Row[] | undefined> {
    // If all topics have as many, one more than their share: then none has to be asked twice.
    const share = Math.min(want, Math.ceil(want / this.#lanes.length) + 1);
    const merged: Row[] = [];
    await this.#fill(tx, share);
    while (merged.length < want) {
      const next = this.#foremost();
      if (!next) break;
      merged.push(next.rows[next.at] as Row);
      next.at += 1;
      if (next.at === next.rows.length && merged.length < want) await this.#fill(tx, share);
    }
    return merged.length === 0 ? undefined : merged;
  }

  /** Reads on where the rows have run out; a lane without any is done. */
  async #fill(tx: ReadTransaction, size: number): Promise<void> {
    const dry = this.#lanes.filter(({ rows, at }) => at === rows.length);
    await Promise.all(
      dry.map(async (lane) => {
        lane.rows = await lane.lane.read(tx, size);
        lane.at = 0;
      }),
    );
    this.#lanes = this.#lanes.filter(({ rows, at }) => at < rows.length);
  }

  #foremost(): TopicLane | undefined {
    let best: TopicLane | undefined;
    for (const lane of this.#lanes) {
      if (!best || this.#comesFirst(lane, best)) best = lane;
    }
    return best;
  }

  #comesFirst(a: TopicLane, b: TopicLane): boolean {
    const [left, right] = [a.rows[a.at]?.position as number, b.rows[b.at]?.position as number];
    return this.#newestFirst ? left > right : left < right;
  }
}
