import type { EventPosition, EventStreams, Unsubscribe } from "@pubsub-mfe/core";
import { again } from "./again.js";
import { JOURNAL } from "./journal.js";

/** Tells who waits for sagas that something was written of theirs: one reads for all of them. */
export class News {
  readonly #streams: Pick<EventStreams, "head" | "readAll">;
  /** By journal. */
  readonly #listeners = new Map<string, Set<() => void>>();
  /** Up to here all is told; `undefined` while that is not known. */
  #told: EventPosition | undefined;

  constructor(streams: Pick<EventStreams, "head" | "readAll">) {
    this.#streams = streams;
  }

  /** Calls the listener now, and whenever its journal has something new. @returns ends it */
  listen(stream: string, listener: () => void): Unsubscribe {
    const own = this.#listeners.get(stream) ?? new Set();
    this.#listeners.set(stream, own.add(listener));
    listener();
    if (this.#told === undefined) this.look();
    return () => {
      own.delete(listener);
      if (own.size === 0 && this.#listeners.get(stream) === own) this.#listeners.delete(stream);
    };
  }

  /** Something may have been written. */
  readonly look: () => void = again(async () => {
    if (this.#listeners.size === 0) {
      this.#told = undefined;
      return;
    }
    const after = this.#told;
    try {
      const head = await this.#streams.head();
      const changed = new Set(after === undefined ? this.#listeners.keys() : []);
      let last = head;
      if (after !== undefined && after !== head) {
        for await (const event of this.#streams.readAll({ after, types: `${JOURNAL}#` })) {
          changed.add(event.stream);
          if (event.position > last) last = event.position;
        }
      }
      this.#told = last;
      this.#tell(changed);
    } catch {
      // The store was deleted, or fails: each finds out what that means for it.
      this.#told = undefined;
      this.#tell(this.#listeners.keys());
    }
  });

  #tell(streams: Iterable<string>): void {
    for (const stream of [...streams]) {
      for (const listener of [...(this.#listeners.get(stream) ?? [])]) listener();
    }
  }
}
