import type { Clock, EventLog, Message, Unsubscribe } from "@pubsub-mfe/core";
import type { Lost } from "./incoming.js";

/** How many messages of the log are looked at: a bus knows by id at least so many that it had. */
const MAX_ENTRIES = 16_000;
/** Pages read their clocks at different moments, and a clock may be set back a little. */
const SLACK_MS = 1_000;
/** A message that is no older than this may be on its way. */
const ON_ITS_WAY_MS = 1_000;
/** How long after a tab went, or this one woke, the log is read: by then what was sent is here. */
const SOON_MS = 1_500;
/** How often it is looked whether others still answer, and how often at most. */
const LOOK_EVERY_MS = 200;
const MAX_LOOKS = 25;

/** What repair from the log works with. */
export interface LogRepairContext {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Whether other tabs are still asked for messages, which come before what the log has after them. */
  isAsking(): boolean;
  /** Delivers a message unless the bus has it. */
  deliver(message: Message): void;
  /** The log could not be read. */
  onError(cause: unknown): void;
}

/** Delivers from the log what this tab has missed and no other one can send it. */
export class LogRepair {
  readonly #context: LogRepairContext;
  /** Nothing is delivered that was published before. */
  #floorMs: number;
  /** Who waits for the next reading. */
  #waiting: { readonly lost: Lost; done(found: ReadonlySet<string>): void }[] = [];
  #isRunning = false;
  readonly #timers = new Set<Unsubscribe>();
  #closed = false;

  constructor(context: LogRepairContext) {
    this.#context = context;
    this.#floorMs = context.clock.now();
  }

  /**
   * Delivers everything since a moment that this page does not have, in the order of the log.
   *
   * @returns the ids of what stands there
   */
  recover(lost: Lost): Promise<ReadonlySet<string>> {
    return new Promise((done) => {
      this.#waiting.push({ lost, done });
      if (!this.#isRunning) void this.#run();
    });
  }

  /** Does so once what is on its way has arrived. */
  async recoverSoon(sinceMs: number | undefined): Promise<void> {
    await this.#wait(SOON_MS);
    if (!this.#closed) await this.recover({ ids: new Set(), sinceMs });
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let looks = 0; looks < MAX_LOOKS && this.#context.isAsking(); looks += 1) {
      await this.#wait(LOOK_EVERY_MS);
    }
    const waiting = this.#waiting.splice(0);
    const found = await this.#deliverAll(waiting.map(({ lost }) => lost));
    for (const { done } of waiting) done(found);
    this.#isRunning = false;
    if (this.#waiting.length > 0) void this.#run();
  }

  async #deliverAll(lost: readonly Lost[]): Promise<ReadonlySet<string>> {
    const { clock, deliver, onError } = this.#context;
    const found = new Set<string>();
    const named = new Set(lost.flatMap(({ ids }) => [...ids]));
    const sinceMs = Math.min(...lost.map(({ sinceMs }) => sinceMs ?? this.#floorMs));
    try {
      const messages = await this.#read(Math.max(sinceMs - SLACK_MS, this.#floorMs));
      const settledMs = clock.now() - ON_ITS_WAY_MS;
      for (const message of messages.reverse()) {
        if (this.#closed) break;
        if (!named.has(message.id) && message.ts > settledMs) continue;
        found.add(message.id);
        deliver(message);
      }
    } catch (cause) {
      // What was given up for it must not come later, behind what came after it.
      this.#floorMs = clock.now();
      onError(cause);
    }
    return found;
  }

  /** @returns the newest first */
  async #read(fromMs: number): Promise<Message[]> {
    const messages: Message[] = [];
    const query = { order: "desc", limit: MAX_ENTRIES } as const;
    for await (const { message } of this.#context.log.read("#", query)) {
      if (message.ts >= fromMs) messages.push(message);
      // The clocks of two pages differ by less: all that follows is older.
      else if (message.ts < fromMs - SLACK_MS) break;
    }
    return messages;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#context.clock.setTimer(() => {
        this.#timers.delete(cancel);
        resolve();
      }, ms);
      this.#timers.add(cancel);
    });
  }
}
