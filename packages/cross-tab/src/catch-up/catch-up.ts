import type { EventLog, LinkConnection, Message } from "@pubsub-mfe/core";
import { estimateSize } from "@pubsub-mfe/core/stores";
import { CrossTabError } from "../errors.js";
import { ownOrigin } from "../own-origin.js";
import { type LogStart, readFromLog } from "./read-from-log.js";
import { type RetainedContext, RetainedExchange } from "./retained-exchange.js";

/** What of before this page is had for subscriptions that ask for replay. */
export interface CatchUpOptions {
  /**
   * What the leader has retained, or another tab where that does not answer: at most its last 2,000
   * messages.
   *
   * @defaultValue `false`
   */
  readonly retained?: boolean | undefined;
  /** What the log given as `repair` has from some point on: at most its last 10,000 messages. */
  readonly from?: LogStart | undefined;
}

/** What catching up works with. */
export interface CatchUpContext extends Omit<RetainedContext, "retained"> {
  readonly options: CatchUpOptions;
  readonly log: EventLog | undefined;
  readonly connection: () => Pick<LinkConnection, "retained" | "retain"> | undefined;
  /** Whether messages of a topic go out. */
  sends(topic: string): boolean;
  onError(error: CrossTabError): void;
}

/** Fills the retention of this page with what was before it, and that of others that ask. */
export class CatchUp {
  readonly #context: CatchUpContext;
  readonly #exchange: RetainedExchange;
  readonly #ended = new AbortController();
  readonly #startMs: number;

  constructor(context: CatchUpContext) {
    this.#context = context;
    this.#startMs = context.clock.now();
    this.#exchange = new RetainedExchange({
      ...context,
      retained: () => context.connection()?.retained(),
    });
  }

  /** @returns whether it was meant for this */
  receive(data: unknown): boolean {
    return this.#exchange.receive(data);
  }

  /** Settles when all is there that could be had. */
  async run(): Promise<void> {
    const { retained, from } = this.#context.options;
    if (from !== undefined) await this.#runFromLog(from);
    if (retained) await this.#runFromOthers();
  }

  close(): void {
    this.#ended.abort();
  }

  async #runFromLog(from: LogStart): Promise<void> {
    const { log, sends } = this.#context;
    try {
      if (log) this.#retain(await this.#unlessEnded(readFromLog(log, from, sends)));
    } catch (cause) {
      this.#fail(`The log could not be read: ${cause}`, cause);
    }
  }

  async #runFromOthers(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    if (!this.#context.connection()?.retained()) {
      this.#fail("This bus retains nothing: give it { retention: { maxMessages } }.");
      return;
    }
    const { messages, isComplete } = await this.#exchange.ask(this.#ended.signal);
    this.#retain(messages);
    if (!isComplete) {
      const { length } = messages;
      this.#fail(length > 0 ? `Of an answer ${length} messages came.` : "No other tab answered.");
    }
  }

  /** Nothing, once this has ended. */
  #unlessEnded(read: Promise<Message[]>): Promise<Message[]> {
    const { signal } = this.#ended;
    return new Promise((resolve, reject) => {
      read.then(resolve, reject);
      if (signal.aborted) resolve([]);
      signal.addEventListener("abort", () => resolve([]), { once: true });
    });
  }

  #retain(found: readonly Message[]): void {
    const { clock, maxMessageSize } = this.#context;
    const nowMs = clock.now();
    const messages = found.filter((message) => {
      const ts = message?.ts;
      // What was published since comes by itself; what seems to be of the future did before the clock
      // was set back.
      const isFromBefore = !(ts > this.#startMs && ts <= nowMs);
      return isFromBefore && estimateSize(message, maxMessageSize) <= maxMessageSize;
    });
    const connection = this.#context.connection();
    if (!connection || this.#ended.signal.aborted) return;
    const added = { _crossTab: true, _origin: ownOrigin() };
    try {
      connection.retain(messages, added);
    } catch (cause) {
      // Nothing was taken. What is sound is worth having.
      this.#fail(`A message from another tab is malformed: ${cause}`, cause);
      for (const message of messages) {
        try {
          connection.retain([message], added);
        } catch {}
      }
    }
  }

  #fail(why: string, cause?: unknown): void {
    const message = `What was published before this page could not all be had. ${why}`;
    this.#context.onError(new CrossTabError("CATCH_UP_FAILED", message, { cause }));
  }
}
