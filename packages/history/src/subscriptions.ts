import type { LogEntry, LogSubscribeOptions, Unsubscribe } from "@pubsub-mfe/core";
import { Pokes } from "./pokes.js";
import { positionsOf } from "./positions.js";
import { checkPattern, type Reader, type ReaderContext } from "./reader.js";
import { Subscription } from "./subscription.js";

/** The subscriptions of one page to its log. */
export class Subscriptions {
  readonly #context: ReaderContext;
  readonly #reader: Reader;
  readonly #onError: (error: unknown) => void;
  readonly #open = new Map<Subscription, Unsubscribe>();
  readonly #dbName: string;
  #pokes: Pokes | undefined;
  #stopListening: Unsubscribe | undefined;
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
    this.#dbName = dbName;
    this.#onError = onError;
  }

  async subscribe(
    pattern: string,
    handler: (entry: LogEntry) => unknown,
    { from = "live", signal }: LogSubscribeOptions = {},
  ): Promise<Unsubscribe> {
    const ns = this.#context.namespace("subscribe()");
    checkPattern(pattern);
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
    this.#add(ns, subscription, () => signal?.removeEventListener("abort", end));
    try {
      if (from !== "live") {
        const query = {
          ...(after !== undefined && { after }),
          ...(typeof from === "object" && "time" in from && { fromTime: from.time }),
        };
        await subscription.catchUp(this.#reader.read(pattern, query, mark));
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
    (this.#pokes ?? new Pokes(`${this.#dbName}/${ns}`)).tell();
    this.#pokeAll();
  }

  endAll(): void {
    this.#endings += 1;
    for (const subscription of [...this.#open.keys()]) this.#end(subscription);
  }

  #add(ns: string, subscription: Subscription, onEnd: Unsubscribe): void {
    if (!this.#pokes) {
      this.#pokes = new Pokes(`${this.#dbName}/${ns}`);
      this.#stopListening = this.#pokes.listen(() => this.#pokeAll());
    }
    this.#open.set(subscription, onEnd);
  }

  #end(subscription: Subscription): void {
    subscription.ended = true;
    this.#open.get(subscription)?.();
    this.#open.delete(subscription);
    if (this.#open.size > 0) return;
    this.#stopListening?.();
    this.#pokes = undefined;
  }

  #pokeAll(): void {
    for (const subscription of this.#open.keys()) subscription.poke();
  }
}
