import type { Clock, EventLog, Message, Unsubscribe } from "@pubsub-mfe/core";

/** How many messages of the log are looked at: a bus knows by id at least so many that it had. */
const MAX_ENTRIES = 16_000;
/** Pages read their clocks at different moments, and a clock may be set back a little. */
const SLACK_MS = 1_000;
/** A message that is no older than this may be on its way. */
const ON_ITS_WAY_MS = 1_000;
/** How long after a tab went, or this one woke, the log is read: by then what was sent is here. */
const SOON_MS = 1_500;

/** What is looked for. */
export interface Lost {
  /** Of messages that are known to be missing. */
  readonly ids: ReadonlySet<string>;
  /** Of what else may be, unless it is so young that it may be on its way. */
  isWanted(id: string): boolean;
  /**
   * When the last message was published that came before them, in milliseconds since the epoch; left
   * out, all is looked at that is not from before this page.
   */
  readonly sinceMs: number | undefined;
  /**
   * How many of the newest messages are looked at.
   *
   * @defaultValue `16_000`
   */
  readonly limit?: number;
}

/** What repair from the log works with. */
export interface LogRepairContext {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Delivers a message unless the bus has it. */
  deliver(message: Message): void;
  /** The log could not be read. */
  onError(cause: unknown): void;
}

/** Delivers from the log what this tab has missed and no other one can send it. */
export class LogRepair {
  readonly #context: LogRepairContext;
  readonly #startMs: number;
  /** One at a time, so that what they deliver is in order. */
  #reading: Promise<unknown> = Promise.resolve();
  readonly #timers = new Set<Unsubscribe>();
  #closed = false;

  constructor(context: LogRepairContext) {
    this.#context = context;
    this.#startMs = context.clock.now();
  }

  /**
   * Delivers what this page does not have, in the order of the log.
   *
   * @returns the ids of all that was looked for and stands there
   */
  recover(lost: Lost): Promise<ReadonlySet<string>> {
    const reading = this.#reading.then(() => this.#recover(lost));
    this.#reading = reading;
    return reading;
  }

  /** Does so once what is on its way has arrived. */
  recoverSoon(lost: Lost): void {
    const cancel = this.#context.clock.setTimer(() => {
      this.#timers.delete(cancel);
      void this.recover(lost);
    }, SOON_MS);
    this.#timers.add(cancel);
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
  }

  async #recover(lost: Lost): Promise<ReadonlySet<string>> {
    const { ids, isWanted, sinceMs = this.#startMs, limit = MAX_ENTRIES } = lost;
    const { clock, deliver, onError } = this.#context;
    const found = new Set<string>();
    try {
      const messages = await this.#read(Math.max(sinceMs - SLACK_MS, this.#startMs), limit);
      const settledMs = clock.now() - ON_ITS_WAY_MS;
      for (const message of messages.reverse()) {
        const { id, ts } = message;
        if (this.#closed) break;
        if (!ids.has(id) && !(ts <= settledMs && isWanted(id))) continue;
        found.add(id);
        deliver(message);
      }
    } catch (cause) {
      onError(cause);
    }
    return found;
  }

  /** @returns the newest first */
  async #read(fromMs: number, limit: number): Promise<Message[]> {
    const messages: Message[] = [];
    for await (const { message } of this.#context.log.read("#", { order: "desc", limit })) {
      if (message.ts >= fromMs) messages.push(message);
      // The clocks of two pages differ by less: all that follows is older.
      else if (message.ts < fromMs - SLACK_MS) break;
    }
    return messages;
  }
}
