import type { Entry } from "../traffic/entry.js";
import type { TopicFilter } from "./topic-filter.js";

/** Where entries come from: `Traffic`, or what was there when the list was paused. */
export interface EntrySource {
  readonly entries: readonly Entry[];
  readonly dropped: number;
}

/** The entries that a filter lets through; only what is new is matched. */
export class FilteredEntries {
  readonly #source: EntrySource;
  #filter: TopicFilter;
  #rows: Entry[] = [];
  /** By row: which of all entries it is, those that were dropped counted. */
  #positions: number[] = [];
  #next = 0;
  #last: Entry | undefined;

  constructor(source: EntrySource, filter: TopicFilter) {
    this.#source = source;
    this.#filter = filter;
    this.update();
  }

  /** Oldest first, as of the last update. */
  get rows(): readonly Entry[] {
    return this.#rows;
  }

  set filter(filter: TopicFilter) {
    this.#filter = filter;
    this.#restart();
    this.update();
  }

  /**
   * Takes over what has changed in the source.
   *
   * @returns how many rows went at the beginning
   */
  update(): number {
    const { entries, dropped } = this.#source;
    // What is from before this page is put in front of all others.
    const last = this.#next - 1 - dropped;
    if (last >= 0 && entries[last] !== this.#last) this.#restart();
    const gone = this.#dropBefore(dropped);
    for (let index = Math.max(0, this.#next - dropped); index < entries.length; index++) {
      const entry = entries[index] as Entry;
      if (entry.kind === "note" || this.#filter.accepts(entry.message.topic)) {
        this.#rows.push(entry);
        this.#positions.push(dropped + index);
      }
    }
    this.#next = dropped + entries.length;
    this.#last = entries.at(-1);
    return gone;
  }

  /** @param position - of all entries, those that were dropped counted */
  countSince(position: number): number {
    const first = this.#positions.findLastIndex((each) => each < position);
    return this.#positions.length - 1 - first;
  }

  #restart(): void {
    this.#rows = [];
    this.#positions = [];
    this.#next = 0;
  }

  #dropBefore(position: number): number {
    const first = this.#positions.findIndex((each) => each >= position);
    const gone = first === -1 ? this.#positions.length : first;
    if (gone > 0) {
      this.#rows.splice(0, gone);
      this.#positions.splice(0, gone);
    }
    return gone;
  }
}
