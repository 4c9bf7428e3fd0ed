import type { EventPosition, EventStreams, StoredEvent } from "@pubsub-mfe/core";
import { type AnyModel, emptyStates, foldAll, type States } from "./model.js";
import { Replay } from "./replay.js";

/** The events of all streams, folded by models, as of any moment. */
export class StoredEvents {
  readonly #streams: EventStreams;
  readonly #replay: Replay<States, StoredEvent>;
  readonly #onChange: () => void;
  /** When all events up to this one had been committed. */
  readonly #times: number[] = [];
  #last: EventPosition | undefined;
  #reading: Promise<void> | undefined;
  #poked = false;

  /** @param onChange - called when there are more */
  constructor(
    streams: EventStreams,
    models: readonly AnyModel<StoredEvent>[],
    onChange: () => void,
  ) {
    this.#streams = streams;
    this.#replay = new Replay(emptyStates(models), foldAll(models));
    this.#onChange = onChange;
  }

  /**
   * Reads what is there, and follows what comes.
   *
   * @throws (rejects) when there is no store
   */
  async open(): Promise<void> {
    this.#streams.onAppend(() => void this.#read().catch(() => {}));
    await this.#read();
  }

  /** @param time - in milliseconds since the epoch; `undefined`: now */
  at(time: number | undefined): States {
    return this.#replay.at(this.#countUntil(time));
  }

  /** Whether something changed after the one moment, until the other. */
  hasChanged(from: number, to: number): boolean {
    return this.#replay.hasChanged(this.#countUntil(from), this.#countUntil(to));
  }

  #countUntil(time: number | undefined): number {
    if (time === undefined) return this.#times.length;
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] as number) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #read(): Promise<void> {
    this.#poked = true;
    this.#reading ??= this.#readOn().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOn(): Promise<void> {
    // An append in the midst of it can be one that the read does not see.
    while (this.#poked) {
      this.#poked = false;
      for await (const event of this.#streams.readAll({ after: this.#last })) {
        this.#last = event.position;
        this.#times.push(Math.max(this.#times.at(-1) ?? 0, event.time));
        this.#replay.append(event);
      }
    }
    this.#onChange();
  }
}
