import type { Traffic } from "../traffic/traffic.js";
import { FilteredEntries } from "./filtered-entries.js";
import type { TopicFilter } from "./topic-filter.js";

/** What the list shows: the traffic as filtered, or while it is paused what was there then. */
export class ShownEntries {
  readonly #traffic: Traffic;
  #filter: TopicFilter;
  readonly #live: FilteredEntries;
  #frozen: FilteredEntries | undefined;
  #frozenAt = 0;

  constructor(traffic: Traffic, filter: TopicFilter) {
    this.#traffic = traffic;
    this.#filter = filter;
    this.#live = new FilteredEntries(traffic, filter);
  }

  get rows(): FilteredEntries["rows"] {
    return (this.#frozen ?? this.#live).rows;
  }

  get isPaused(): boolean {
    return this.#frozen !== undefined;
  }

  /** How many came since it was paused that the filter lets through. */
  get waiting(): number {
    return this.#frozen ? this.#live.countSince(this.#frozenAt) : 0;
  }

  set filter(filter: TopicFilter) {
    this.#filter = filter;
    this.#live.filter = filter;
    if (this.#frozen) this.#frozen.filter = filter;
  }

  /** @returns how many rows went at the beginning */
  update(): number {
    const gone = this.#live.update();
    return this.#frozen ? 0 : gone;
  }

  pause(): void {
    const { entries, dropped } = this.#traffic;
    this.#frozenAt = dropped + entries.length;
    this.#frozen = new FilteredEntries({ entries: [...entries], dropped }, this.#filter);
  }

  resume(): void {
    this.#frozen = undefined;
  }
}
