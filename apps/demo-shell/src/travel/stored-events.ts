import {
  type EventPosition,
  type EventStreams,
  isBusError,
  type StoredEvent,
} from "@pubsub-mfe/core";
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
  readonly #models: readonly AnyModel<StoredEvent>[];
  #replay: Replay<States, StoredEvent>;
  readonly #placeOf: (event: StoredEvent) => number;
  readonly #onChange: () => void;
  #events: StoredEvent[] = [];
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
    this.#models = models;
    this.#replay = this.#createReplay();
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

  #createReplay(): Replay<States, StoredEvent> {
    return new Replay(emptyStates(this.#models), foldAll(this.#models));
  }

  async #readOn(): Promise<void> {
    // An append in the midst of it can be one that the read does not see.
    while (this.#poked) {
      this.#poked = false;
      try {
        await this.#readAfter(this.#last);
      } catch (error) {
        if (!isBusError(error, "STALE_POSITION")) throw error;
        // The database was deleted: those of the next one begin with the first.
        this.#last = undefined;
        this.#events = [];
        this.#replay = this.#createReplay();
        this.#poked = true;
      }
    }
    this.forgetPlaces();
    this.#onChange();
  }

  async #readAfter(after: EventPosition | undefined): Promise<void> {
    for await (const event of this.#streams.readAll({ after })) {
      this.#last = event.position;
      this.#events.push(event);
      this.#replay.append(event);
    }
  }
}
