import type { LogEntry, LogSubscribeOptions, Unsubscribe } from "@pubsub-mfe/core";
import { checkLogSubscription } from "@pubsub-mfe/core/stores";
import { CommitSignals } from "./commit-signal.js";
import { positionsOf } from "./positions.js";
import { checkPattern, type Reader, type ReaderContext } from "./reader.js";
import { Subscription } from "./subscription.js";

/** The subscriptions of one page to its log. */
export class Subscriptions {
  readonly #context: ReaderContext;
  readonly #reader: Reader;
  readonly #onError: (error: unknown) => void;
  readonly #open = new Map<Subscription, Unsubscribe>();
  readonly #signals: CommitSignals;
  /** How often all were ended: what began before has ended too. */
  #endings = 0;

  constructor(
    context: ReaderContext,
    reader: Reader,
    dbName: string,
    onError: (error: unknown) => void,
  ) {
    this.#context = context;
    this.#reader = reader;
    this.#signals = new CommitSignals(dbName);
    this.#onError = onError;
  }

  async subscribe(
    pattern: string,
    handler: (entry: LogEntry) => unknown,
    options: LogSubscribeOptions = {},
  ): Promise<Unsubscribe> {
    const ns = this.#context.namespace("subscribe()");
    checkPattern(pattern);
    checkLogSubscription(handler, options);
    const { from = "live", signal } = options;
    const endings = this.#endings;
    const mark = await this.#reader.mark("subscribe()");
    const after = typeof from === "object" && "position" in from ? from.position : undefined;
    if (after !== undefined) positionsOf(mark.databaseId).numberOf(after);
    if (signal?.aborted || endings !== this.#endings) return () => {};

    const onError = this.#onError;
    const request = { ns, pattern, handler, onError };
    const subscription = new Subscription(this.#context, request, mark);
    const end = (): void => this.#end(subscription);
    signal?.addEventListener("abort", end);
    const stopListening = this.#signals.of(ns).listen(() => subscription.poke());
    this.#open.set(subscription, () => {
      stopListening();
      signal?.removeEventListener("abort", end);
    });
    try {
      if (from !== "live") {
        const fromTime = typeof from === "object" && "time" in from ? from.time : undefined;
        await subscription.catchUp(this.#reader.read(pattern, { after, fromTime }, mark));
      }
    } catch (error) {
      end();
      throw error;
    }
    subscription.goLive();
    return end;
  }

  /** This page has written. */
  tell(ns: string): void {
    const commits = this.#signals.of(ns);
    commits.tellOthers();
    commits.tellHere();
  }

  endAll(): void {
    this.#endings += 1;
    for (const subscription of [...this.#open.keys()]) this.#end(subscription);
  }

  #end(subscription: Subscription): void {
    subscription.ended = true;
    this.#open.get(subscription)?.();
    this.#open.delete(subscription);
  }
}
