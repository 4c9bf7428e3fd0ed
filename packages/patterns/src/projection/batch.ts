import {
  type EventPosition,
  type EventStreams,
  isBusError,
  type NewEvent,
  type ProjectionId,
  type ProjectionTransaction,
  type StoredEvent,
} from "@pubsub-mfe/core";
import type { Fold, Ready } from "./fold.js";

/** What some events came to. */
export interface BatchResult {
  /** Another tab was at it meanwhile: nothing was done, and what was read is out of date. */
  readonly isStale: boolean;
  /** The event that the code of the projection cannot take; those before it are in the rows. */
  readonly poison: { readonly index: number; readonly error: unknown } | undefined;
}

/** Thrown out of a transaction, to keep nothing of it. */
class Poison extends Error {
  readonly index: number;
  readonly error: unknown;

  constructor(index: number, error: unknown) {
    super();
    this.index = index;
    this.error = error;
  }
}

/** Puts events into the rows, in one transaction with the checkpoint. */
export class BatchWriter<Row, Event extends NewEvent> {
  readonly #streams: EventStreams;
  readonly #id: ProjectionId;
  readonly #fold: Fold<Row, Event>;

  constructor(streams: EventStreams, id: ProjectionId, fold: Fold<Row, Event>) {
    this.#streams = streams;
    this.#id = id;
    this.#fold = fold;
  }

  /**
   * @param expected - the checkpoint after which the events were read
   * @param end - the checkpoint when all are in
   */
  async write(
    expected: EventPosition | undefined,
    events: readonly StoredEvent[],
    end: EventPosition,
  ): Promise<BatchResult> {
    const ready: (Ready<Row> | undefined)[] = [];
    let poison: BatchResult["poison"];
    for (const [index, event] of events.entries()) {
      try {
        ready.push(this.#fold.prepare(event));
      } catch (error) {
        poison = { index, error };
        break;
      }
    }
    for (;;) {
      const count = poison?.index ?? events.length;
      const last = poison ? events[count - 1]?.position : end;
      if (last === undefined) return { isStale: false, poison };
      try {
        const isStale = !(await this.#commit(expected, ready.slice(0, count), last));
        return { isStale, poison };
      } catch (error) {
        if (!(error instanceof Poison)) throw error;
        // Once more with what comes before it.
        poison = { index: error.index, error: error.error };
      }
    }
  }

  /** Sets the checkpoint, if it still is the expected one. */
  advance(expected: EventPosition | undefined, end: EventPosition): Promise<boolean> {
    return this.#commit(expected, [], end);
  }

  #commit(
    expected: EventPosition | undefined,
    ready: readonly (Ready<Row> | undefined)[],
    end: EventPosition,
  ): Promise<boolean> {
    return this.#streams.transact(this.#id, async (transaction) => {
      if ((await transaction.checkpoint()) !== expected) return false;
      await reduce(transaction, ready);
      transaction.advance(end);
      return true;
    });
  }
}

async function reduce<Row>(
  transaction: ProjectionTransaction,
  ready: readonly (Ready<Row> | undefined)[],
): Promise<void> {
  const ids = [...new Set(ready.flatMap((each) => each?.ids ?? []))];
  const found = await Promise.all(ids.map((id) => transaction.get<Row>(id)));
  const rows = new Map(ids.map((id, n) => [id, found[n]]));
  /** By id the event that changed the row last. */
  const changed = new Map<string, number>();
  for (const [index, each] of ready.entries()) {
    if (!each) continue;
    blame(index, () => reduceOne(rows, each));
    for (const id of each.ids) changed.set(id, index);
  }
  for (const [id, index] of changed) {
    const row = rows.get(id);
    if (row === undefined) transaction.delete(id);
    else blame(index, () => transaction.put(id, row));
  }
}

/** Changes rows in memory by one event. */
export function reduceOne<Row>(
  rows: Map<string, Row | undefined>,
  { ids, reduce }: Ready<Row>,
): void {
  // All of them, or none.
  const next = ids.map((id) => reduce(rows.get(id)));
  for (const [n, id] of ids.entries()) rows.set(id, next[n]);
}

function blame(index: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    // That is nothing that the event is to blame for.
    if (isBusError(error, "TRANSACTION_ENDED")) throw error;
    throw new Poison(index, error);
  }
}
