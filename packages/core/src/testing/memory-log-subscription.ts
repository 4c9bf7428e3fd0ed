import type { LogEntry } from "../links/event-log.js";
import type { Unsubscribe } from "../types.js";
import type { MemoryLog, MemoryLogEntry } from "./memory-event-log.js";

/** How many entries are delivered before others get a turn. */
const PAGE = 64;

/** Walks along the log, and waits at its end: there is no seam between old and new. */
export class MemoryLogSubscription {
  readonly #log: MemoryLog;
  readonly #wants: (entry: MemoryLogEntry) => boolean;
  readonly #handler: (entry: LogEntry) => unknown;
  readonly #stop: Unsubscribe;
  #waiting: { readonly place: number; readonly resolve: () => void }[] = [];
  #place: number;
  #walking = false;
  #ended = false;

  /** @param after - the place that it begins after */
  constructor(
    log: MemoryLog,
    wants: (entry: MemoryLogEntry) => boolean,
    handler: (entry: LogEntry) => unknown,
    after: number,
  ) {
    this.#log = log;
    this.#wants = wants;
    this.#handler = handler;
    this.#place = after;
    this.#stop = log.onCommit(() => void this.#walk());
    void this.#walk();
  }

  /** Settles when what stands until there has been delivered, or nothing more will be. */
  reached(place: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ place, resolve });
      this.#settle();
    });
  }

  end(): void {
    this.#ended = true;
    this.#stop();
    this.#settle();
  }

  async #walk(): Promise<void> {
    if (this.#walking) return;
    this.#walking = true;
    while (!this.#ended) {
      const page = this.#log.between(this.#place, Number.POSITIVE_INFINITY).slice(0, PAGE);
      if (page.length === 0) break;
      for (const entry of page) {
        if (this.#ended) break;
        this.#place = entry.place;
        if (this.#wants(entry)) this.#deliver(entry);
      }
      this.#settle();
      // Others come in between, as they do while a page is read from a disk.
      await null;
    }
    this.#walking = false;
    this.#settle();
  }

  #deliver(entry: MemoryLogEntry): void {
    const run = async () => await this.#handler(this.#log.copy(entry));
    run().catch((thrown: unknown) => this.#log.onError(thrown));
  }

  /** At rest it stands at the end of the log, whatever has been collected before that. */
  #settle(): void {
    const isDone = (place: number) => this.#ended || !this.#walking || place <= this.#place;
    const done = this.#waiting.filter(({ place }) => isDone(place));
    this.#waiting = this.#waiting.filter(({ place }) => !isDone(place));
    for (const { resolve } of done) resolve();
  }
}
