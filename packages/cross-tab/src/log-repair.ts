import type { Clock, EventLog, Message, Unsubscribe } from "@pubsub-mfe/core";
import { Attribution } from "./attribution.js";
import { IdleCheck } from "./idle-check.js";
import type { Missing } from "./incoming-context.js";
import { LogSearch, type Lost } from "./log-search.js";

/** How long after a tab went, or this one woke, the log is read: by then what was sent is here. */
const SOON_MS = 1_500;
/** For so long a log is waited for. */
const PATIENCE_MS = 10_000;
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
  /** One at a time. */
  #reading: Promise<unknown> = Promise.resolve();
  #cancelLookBack: Unsubscribe | undefined;
  #lookBackToMs = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(context: LogRepairContext) {
    const { log, clock } = context;
    this.#context = context;
    this.#search = new LogSearch(log, clock);
    this.#idleCheck = new IdleCheck(clock, () => this.#lookBackIdly());
  }

  /** Something arrived. */
  hear(): void {
    this.#search.observeClock();
    this.#idleCheck.hear();
  }

  /** When something arrived last, in milliseconds since the epoch. */
  get heardMs(): number {
    return this.#context.clock.now() - this.#idleCheck.quietMs;
  }

  /** This tab publishes: the log has it as well. */
  publish(messages: readonly Message[]): void {
    for (const { id } of messages) {
      this.#attribution.claim(id, OWN);
      this.#attribution.reach(id);
    }
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
  lookBack(sinceMs: number = Number.NEGATIVE_INFINITY): void {
    this.#lookBackToMs = Math.min(this.#lookBackToMs, sinceMs);
    if (this.#cancelLookBack) return;
    this.#cancelLookBack = this.#context.clock.setTimer(() => {
      const sinceMs = this.#lookBackToMs;
      this.#cancelLookBack = undefined;
      this.#lookBackToMs = Number.POSITIVE_INFINITY;
      void this.#deliver({ ids: NONE, isWanted: this.#isUnheard, sinceMs });
    }, SOON_MS);
  }

  close(): void {
    this.#closed = true;
    this.#idleCheck.stop();
    this.#cancelLookBack?.();
  }

  readonly #isUnheard = (message: Message): boolean => {
    const owner = this.#attribution.ownerOf(message.id);
    // What waits for messages that are missing comes in its place once these are given up.
    return (!owner || (owner.isGone && !owner.isMissed)) && this.#isNew(message);
  };

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

  #find(lost: Lost): Promise<Message[]> {
    const found = this.#reading.then(() => this.#findNow(lost));
    this.#reading = found;
    return found;
  }

  async #findNow(lost: Lost): Promise<Message[]> {
    if (this.#closed) return [];
    const { clock, onError } = this.#context;
    let cancel: Unsubscribe | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`The log did not answer within ${PATIENCE_MS} ms.`);
      cancel = clock.setTimer(() => reject(error), PATIENCE_MS);
    });
    try {
      const found = await Promise.race([this.#search.find(lost), late]);
      return this.#closed ? [] : found;
    } catch (cause) {
      if (!this.#closed) onError(cause);
      return [];
    } finally {
      cancel?.();
    }
  }

  /** The rules of this tab stand for those of the one that published it. */
  #isNew({ id, topic }: Message): boolean {
    return this.#attribution.isNew(id) && this.#context.sends(topic);
  }
}

const NONE: ReadonlySet<string> = new Set();
const OWN: Publisher = { isGone: false, isMissed: false };
