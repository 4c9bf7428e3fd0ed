import { reportUncaught } from "../diagnostics/report-uncaught.js";
import { createIdGenerator } from "../ids.js";
import type { LogEntry, LogPosition } from "../links/event-log.js";
import { Listeners } from "../links/listeners.js";
import { Positions } from "../links/positions.js";
import { copyValue } from "../links/store-arguments.js";
import { adoptMessage } from "../message.js";
import type { Message, PubSubBus, Unsubscribe } from "../types.js";
import { MemoryLogTab } from "./memory-log-tab.js";

/** Options of {@link MemoryLog}. */
export interface MemoryLogOptions {
  /**
   * How many messages are kept; the oldest go first.
   *
   * @defaultValue all
   */
  readonly maxEntries?: number | undefined;
  /**
   * Receives what cannot be stored, and what handlers of `subscribe` throw.
   *
   * @defaultValue what nobody caught is reported as the platform does
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A message in its place. */
export interface MemoryLogEntry {
  /** 1 is the first that the log ever had. */
  readonly place: number;
  readonly message: Message;
}

/**
 * A log in memory, shared by the tabs whose buses it is attached to.
 *
 * @example
 * ```ts
 * const log = new MemoryLog();
 * const tabA = log.attach(busA);
 * const tabB = log.attach(busB);
 * ```
 */
export class MemoryLog {
  /** @internal */
  readonly onError: (error: unknown) => void;
  readonly #maxEntries: number;
  readonly #onCommit = new Listeners<void>((thrown) => this.onError(thrown));
  readonly #createId = createIdGenerator();
  #positions = this.#newPositions();
  #entries: MemoryLogEntry[] = [];
  /** In their places already, and not yet to be read. */
  #arriving: MemoryLogEntry[] = [];
  /** Of all that is stored or arriving. */
  readonly #ids = new Set<string>();
  #last = 0;
  #committed: Promise<void> = Promise.resolve();

  constructor({ maxEntries = Number.POSITIVE_INFINITY, onError }: MemoryLogOptions = {}) {
    this.#maxEntries = maxEntries;
    this.onError = onError ?? ((error) => reportUncaught(error, "[@pubsub-mfe/core]"));
  }

  /** Stores from now on what is published on the page of this bus. */
  attach(bus: Pick<PubSubBus, "connect" | "getStats">): MemoryLogTab {
    return new MemoryLogTab(this, bus);
  }

  /** Deletes everything, as the browser or the user may do at any time. The tabs go on. */
  async wipe(): Promise<void> {
    await this.#committed;
    this.#entries = [];
    this.#ids.clear();
    this.#positions = this.#newPositions();
  }

  /** @internal Takes in copies of messages, each once. They can be read when they are committed. */
  store(messages: readonly Message[]): void {
    for (const message of messages) {
      if (this.#ids.has(message.id)) continue;
      try {
        const copy = copyValue(`The message of ${JSON.stringify(message.topic)}`, { ...message });
        this.#arriving.push({ place: ++this.#last, message: copy });
        this.#ids.add(message.id);
      } catch (error) {
        this.onError(error);
      }
    }
    this.#committed = this.#committed.then(() => this.#commit());
  }

  /** @internal Settles when all that was taken in until now can be read. */
  get committed(): Promise<void> {
    return this.#committed;
  }

  /** @internal The place of the last message that was taken in. */
  get last(): number {
    return this.#last;
  }

  /** @internal */
  onCommit(listener: () => void): Unsubscribe {
    return this.#onCommit.add(listener);
  }

  /** @internal What is stored between two places, both left out. */
  between(after: number, before: number): readonly MemoryLogEntry[] {
    return this.#entries.filter(({ place }) => place > after && place < before);
  }

  /** @internal A copy for one reader. */
  copy({ place, message }: MemoryLogEntry): LogEntry {
    return { message: adoptMessage(structuredClone(message)), position: this.positionOf(place) };
  }

  /** @internal */
  positionOf(place: number): LogPosition {
    return this.#positions.of(place);
  }

  /**
   * @internal
   * @throws {@link StalePositionError}
   */
  placeOf(position: LogPosition): number {
    return this.#positions.numberOf(position);
  }

  #commit(): void {
    const { length } = this.#arriving;
    if (length === 0) return;
    this.#entries.push(...this.#arriving);
    this.#arriving = [];
    const excess = this.#entries.length - this.#maxEntries;
    if (excess > 0)
      for (const { message } of this.#entries.splice(0, excess)) this.#ids.delete(message.id);
    this.#onCommit.tell();
  }

  #newPositions(): Positions<LogPosition> {
    return new Positions(this.#createId(Date.now()));
  }
}
