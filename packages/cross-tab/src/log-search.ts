import type { Clock, EventLog, LogPosition, Message } from "@pubsub-mfe/core";

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
  /** Where the log ended then; nothing where that is not known, or no longer. */
  #start: Promise<LogPosition | undefined>;
  /** By how much the wall clock was ahead of the monotonic one, at least and at most. */
  #leastAheadMs = Number.POSITIVE_INFINITY;
  #mostAheadMs = Number.NEGATIVE_INFINITY;

  constructor(log: EventLog, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#start = log.head().catch(() => undefined);
    this.observeClock();
  }

  /** Notices that the wall clock was set, if this is called now and then. */
  observeClock(): void {
    const aheadMs = this.#clock.now() - this.#clock.monotonic();
    this.#leastAheadMs = Math.min(this.#leastAheadMs, aheadMs);
    this.#mostAheadMs = Math.max(this.#mostAheadMs, aheadMs);
  }

  /** @returns what stands there, in the order of the log */
  async find(lost: Lost): Promise<Message[]> {
    const { ids, isWanted, sinceMs = Number.NEGATIVE_INFINITY, limit = MAX_ENTRIES } = lost;
    this.observeClock();
    const setBackMs = this.#mostAheadMs - this.#leastAheadMs;
    const messages = await this.#read(sinceMs - SLACK_MS - setBackMs, limit);
    const nowMs = this.#clock.now();
    // What seems to be of the future was published before the clock was set back.
    const isSettled = (ts: number) => ts <= nowMs - ON_ITS_WAY_MS || ts > nowMs + SLACK_MS;
    return messages
      .reverse()
      .filter((message) => ids.has(message.id) || (isSettled(message.ts) && isWanted(message)));
  }

  /** @returns the newest first */
  async #read(fromMs: number, limit: number): Promise<Message[]> {
    const messages: Message[] = [];
    const after = await this.#start;
    const leastMs = after === undefined ? Math.max(fromMs, this.#startMs) : fromMs;
    try {
      for await (const { message } of this.#log.read("#", { order: "desc", limit, after })) {
        if (message.ts >= leastMs) messages.push(message);
        // The clocks of two pages differ by less: all that follows is older.
        else if (message.ts < leastMs - SLACK_MS) break;
      }
    } catch (error) {
      // The position of a log that was deleted is refused for ever.
      this.#start = Promise.resolve(undefined);
      throw error;
    }
    return messages;
  }
}
