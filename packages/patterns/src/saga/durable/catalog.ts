import {
  type EventPosition,
  type EventStreams,
  isBusError,
  type ProjectionTransaction,
  type StoredEvent,
} from "@pubsub-mfe/core";
import { hasEnded, type RunningState } from "../state.js";
import { fold, JOURNAL, streamPrefix } from "./journal.js";

/** Raise the version when the form of the rows changes. */
const CATALOG = { name: "saga.catalog", version: 1 };
/** So many events go into one transaction. */
const BATCH = 200;

/**
 * All sagas by name, with those that have not ended apart, so that nobody reads all journals to find
 * them. It is made of the journals, in whichever tab looks first, and kept for all.
 */
export class Catalog {
  readonly #streams: EventStreams;
  /** Up to here the rows have what is theirs; they know of it only where that is an entry. */
  #seen: EventPosition | undefined;

  constructor(streams: EventStreams) {
    this.#streams = streams;
  }

  /** Those that have not ended, of one name or all. */
  open(name?: string): Promise<RunningState[]> {
    return this.#list("open/", name);
  }

  /** All of them, as of one moment: one that is ending meanwhile is neither missing nor there twice. */
  async all(name?: string): Promise<RunningState[]> {
    const states = await this.#list("ended/", undefined, "open/");
    return name === undefined ? states : states.filter((state) => state.name === name);
  }

  /** Leaves out one whose journal was deleted. */
  async forget(stream: string): Promise<void> {
    await this.#streams.transact(CATALOG, (rows) => {
      for (const id of rowIds(stream)) rows.delete(id);
    });
  }

  /** @param last - of several kinds the last one */
  async #list(kind: string, name: string | undefined, last = kind): Promise<RunningState[]> {
    await this.#refresh();
    const prefix = name === undefined ? "" : streamPrefix(name);
    const from = kind + prefix;
    // What begins with it comes before the same with a "0", which follows "/".
    const to = `${(last + prefix).slice(0, -1)}0`;
    const rows = await this.#streams.rows(CATALOG).list<RunningState>({ from, to });
    return rows.map(({ row }) => row);
  }

  /** Takes in what was written since somebody last did. */
  async #refresh(): Promise<void> {
    const streams = this.#streams;
    for (;;) {
      const checkpoint = await streams.rows(CATALOG).checkpoint();
      const head = await streams.head();
      const after = later(checkpoint, this.#seen);
      let events: StoredEvent[];
      try {
        events = await this.#read(after);
      } catch (error) {
        if (!isBusError(error, "STALE_POSITION") || this.#seen === undefined) throw error;
        // The store was deleted under it.
        this.#seen = undefined;
        continue;
      }
      const isTaken =
        events.length === 0 ||
        (await streams.transact(CATALOG, (rows) => take(rows, checkpoint, events)));
      if (isTaken && events.length < BATCH) {
        this.#seen = later(head, events.at(-1)?.position);
        return;
      }
    }
  }

  async #read(after: EventPosition | undefined): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    const query = { after, types: `${JOURNAL}#`, limit: BATCH };
    for await (const event of this.#streams.readAll(query)) events.push(event);
    return events;
  }
}

/** @returns `false` when another tab was faster, and it is to be read again what is new */
async function take(
  rows: ProjectionTransaction,
  checkpoint: EventPosition | undefined,
  events: readonly StoredEvent[],
): Promise<boolean> {
  if ((await rows.checkpoint()) !== checkpoint) return false;
  for (const event of events) {
    const [open, ended] = rowIds(event.stream);
    const before = await rows.get<RunningState>(open);
    const state = fold(before ?? (await rows.get<RunningState>(ended)), event);
    if (!state) continue;
    const [now, not] = hasEnded(state) ? [ended, open] : [open, ended];
    rows.put(now, state);
    rows.delete(not);
  }
  rows.advance((events.at(-1) as StoredEvent).position);
  return true;
}

function rowIds(stream: string): [open: string, ended: string] {
  return [`open/${stream}`, `ended/${stream}`];
}

function later(
  a: EventPosition | undefined,
  b: EventPosition | undefined,
): EventPosition | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
