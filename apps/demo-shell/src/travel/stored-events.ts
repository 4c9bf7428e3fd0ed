import type { EventPosition, EventStreams, StoredEvent } from "@pubsub-mfe/core";
import { countUpTo } from "./count-up-to.js";
import { type AnyModel, emptyStates, foldAll, type States } from "./model.js";
import { Replay } from "./replay.js";

/**
 * The events of all streams, folded by models, as of any message of the log.
 *
 * @remarks
 * They are folded in their own order, so that none is there before those that it came after.
 */
export class StoredEvents {
  readonly #streams: EventStreams;
  readonly #replay: Replay<States, StoredEvent>;
  readonly #placeOf: (event: StoredEvent) => number;
  readonly #onChange: () => void;
  readonly #events: StoredEvent[] = [];
  /** How many messages there were when all events up to this one were there; made when it is asked for. */
  #places: number[] | undefined;
  #last: EventPosition | undefined;
  #reading: Promise<void> | undefined;
  #poked = false;

  /**
   * @param placeOf - tells how many messages there were when an event was there
   * @param onChange - called when there are more
   */
  constructor(
    streams: EventStreams,
    models: readonly AnyModel<StoredEvent>[],
    placeOf: (event: StoredEvent) => number,
    onChange: () => void,
  ) {
    this.#streams = streams;
    this.#replay = new Replay(emptyStates(models), foldAll(models));
    this.#placeOf = placeOf;
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

  /** There are more messages: places can be others. */
  forgetPlaces(): void {
    this.#places = undefined;
  }

  /** @param messages - so many, the first; `undefined`: now */
  at(messages: number | undefined): States {
    return this.#replay.at(this.#countAt(messages));
  }

  /** Whether something changed after so many messages, until there were so many. */
  hasChanged(from: number, to: number): boolean {
    return this.#replay.hasChanged(this.#countAt(from), this.#countAt(to));
  }

  #countAt(messages: number | undefined): number {
    if (messages === undefined) return this.#events.length;
    this.#places ??= this.#place();
    return countUpTo(this.#places, messages);
  }

  #place(): number[] {
    let latest = 0;
    return this.#events.map((event) => {
      latest = Math.max(latest, this.#placeOf(event));
      return latest;
    });
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
        this.#events.push(event);
        this.#replay.append(event);
      }
    }
    this.forgetPlaces();
    this.#onChange();
  }
}
