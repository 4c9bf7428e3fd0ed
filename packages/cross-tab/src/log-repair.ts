import type { Clock, EventLog, Message, Unsubscribe } from "@pubsub-mfe/core";
import { Attribution } from "./attribution.js";
import { IdleCheck } from "./idle-check.js";
import type { Missing } from "./incoming-context.js";
import { LogSearch, type Lost } from "./log-search.js";

/** How long after a tab went, or this one woke, the log is read: by then what was sent is here. */
const SOON_MS = 1_500;
/** How many messages of the log are looked at whenever all is quiet. */
const IDLE_LIMIT = 1_000;

/** A tab that was heard. */
export interface Publisher {
  /** Whether it is known to have ended. */
  readonly isGone: boolean;
  /** Whether something of it is missing, and others are still asked for it. */
  readonly isMissed: boolean;
}

/** What repair from the log works with. */
export interface LogRepairContext {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Whether messages of a topic go out. */
  sends(topic: string): boolean;
  /** Delivers a message that no tab will send again, unless the bus has it. */
  deliver(message: Message): void;
  /** The log could not be read. */
  onError(cause: unknown): void;
}

/**
 * Has from the log what this tab has missed, and no other one sends it: all of tabs that have ended,
 * and what those that go on name as gone.
 */
export class LogRepair {
  readonly #context: LogRepairContext;
  readonly #search: LogSearch;
  readonly #attribution = new Attribution<Publisher>();
  readonly #idleCheck: IdleCheck;
  /** Until when the log was read because all was quiet, in milliseconds since the epoch. */
  #checkedMs: number | undefined;
  readonly #timers = new Set<Unsubscribe>();
  #closed = false;

  constructor(context: LogRepairContext) {
    const { log, clock } = context;
    this.#context = context;
    this.#search = new LogSearch(log, clock);
    this.#idleCheck = new IdleCheck(clock, () => this.#lookBackIdly());
  }

  /** Something arrived. */
  hear(): void {
    this.#idleCheck.hear();
  }

  /** These are ids of messages that a tab sends. */
  claim(ids: readonly unknown[], publisher: Publisher): void {
    for (const id of ids) this.#attribution.claim(id, publisher);
  }

  /** This tab is done with a message. */
  reach(id: string): void {
    this.#attribution.reach(id);
  }

  /** Reads what a tab cannot send, in the order of the log. */
  recover(publisher: Publisher, { ids, isSilent, sinceMs }: Missing): Promise<Message[]> {
    const isWanted = (message: Message) =>
      isSilent && this.#attribution.ownerOf(message.id) === publisher && this.#isNew(message);
    return this.#find({ ids, isWanted, sinceMs });
  }

  /** Delivers, once what is on its way has arrived, what tabs have sent that came and went unheard. */
  lookBack(sinceMs: number | undefined): void {
    const isWanted = (message: Message) => {
      const owner = this.#attribution.ownerOf(message.id);
      // What waits for messages that are missing comes in its place once these are given up.
      return (!owner || (owner.isGone && !owner.isMissed)) && this.#isNew(message);
    };
    const cancel = this.#context.clock.setTimer(() => {
      this.#timers.delete(cancel);
      void this.#deliver({ ids: NONE, isWanted, sinceMs });
    }, SOON_MS);
    this.#timers.add(cancel);
  }

  close(): void {
    this.#closed = true;
    this.#idleCheck.stop();
    for (const cancel of this.#timers) cancel();
  }

  #lookBackIdly(): void {
    const sinceMs = this.#checkedMs;
    this.#checkedMs = this.#context.clock.now();
    // Whosever they are: had the tab that sent them been heard since, they would be here.
    const isWanted = (message: Message) => this.#isNew(message);
    void this.#deliver({ ids: NONE, isWanted, sinceMs, limit: IDLE_LIMIT });
  }

  async #deliver(lost: Lost): Promise<void> {
    for (const message of await this.#find(lost)) {
      if (!this.#isNew(message)) continue;
      this.#context.deliver(message);
      this.reach(message.id);
    }
  }

  async #find(lost: Lost): Promise<Message[]> {
    try {
      const found = await this.#search.find(lost);
      return this.#closed ? [] : found;
    } catch (cause) {
      if (!this.#closed) this.#context.onError(cause);
      return [];
    }
  }

  /** The rules of this tab stand for those of the one that published it. */
  #isNew({ id, topic }: Message): boolean {
    return this.#attribution.isNew(id) && this.#context.sends(topic);
  }
}

const NONE: ReadonlySet<string> = new Set();
