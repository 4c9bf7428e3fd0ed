import type { Clock, EventLog, Message } from "@pubsub-mfe/core";

/** How many messages of the log are looked at: a bus knows by id at least so many that it had. */
const MAX_ENTRIES = 16_000;
/** Pages read their clocks at different moments, and a clock may be set back a little. */
const SLACK_MS = 1_000;
/** A message that is no older than this may be on its way. */
const ON_ITS_WAY_MS = 1_000;

/** What is looked for. */
export interface Lost {
  /** Of messages that are known to be missing. */
  readonly ids: ReadonlySet<string>;
  /** Whether something else may be, unless it is so young that it may be on its way. */
  isWanted(message: Message): boolean;
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

/** Finds messages in a log that were published while this tab was there. */
export class LogSearch {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #startMs: number;

  constructor(log: EventLog, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
    this.#startMs = clock.now();
  }

  /** @returns what stands there, in the order of the log */
  async find(lost: Lost): Promise<Message[]> {
    const { ids, isWanted, sinceMs = this.#startMs, limit = MAX_ENTRIES } = lost;
    const messages = await this.#read(Math.max(sinceMs - SLACK_MS, this.#startMs), limit);
    const settledMs = this.#clock.now() - ON_ITS_WAY_MS;
    return messages
      .reverse()
      .filter((message) => ids.has(message.id) || (message.ts <= settledMs && isWanted(message)));
  }

  /** @returns the newest first */
  async #read(fromMs: number, limit: number): Promise<Message[]> {
    const messages: Message[] = [];
    for await (const { message } of this.#log.read("#", { order: "desc", limit })) {
      if (message.ts >= fromMs) messages.push(message);
      // The clocks of two pages differ by less: all that follows is older.
      else if (message.ts < fromMs - SLACK_MS) break;
    }
    return messages;
  }
}
