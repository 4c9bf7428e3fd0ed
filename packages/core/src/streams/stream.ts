/// <reference lib="esnext.disposable" preserve="true" />
import { checkChoice, invalidArgument } from "../arguments.js";
import { StreamOverflowError } from "../errors.js";
import { LinkedRing } from "../policy/linked-ring.js";
import type { CheckedPattern, MessageOf } from "../topics/typed.js";
import type { Message, PubSubBus, SourceFilter, Untyped } from "../types.js";
import { clearingOf } from "./clearing.js";
import { Ending, type Subscribable } from "./ending.js";

const OVERFLOWS = ["drop-oldest", "drop-newest", "throw"] as const;

/** Options of {@link stream}. */
export interface StreamOptions {
  /** Ends the stream when it aborts, quietly: nothing is handed out any more, not even what waits. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How many messages wait at most for a reader that is slower than the bus.
   *
   * @defaultValue `1_024`
   */
  readonly buffer?: number | undefined;
  /**
   * What becomes of a message too many. `"drop-oldest"`: the one that has waited longest is dropped
   * for it; `"drop-newest"`: it is dropped; `"throw"`: the stream ends, with a
   * {@link StreamOverflowError} after those that wait.
   *
   * @defaultValue `"drop-oldest"`
   */
  readonly overflow?: "drop-oldest" | "drop-newest" | "throw" | undefined;
  /**
   * Is told of drops, once after each turn that had some. What it throws ends the stream: `next()`
   * rejects with it, after those that wait.
   *
   * @param count - how many messages this turn has lost
   * @defaultValue a warning on the console, one a stream
   */
  readonly onDrop?: ((count: number) => void) | undefined;
  /**
   * Begins with retained messages; see {@link SubscribeOptions.replay}.
   *
   * @defaultValue `0`
   */
  readonly replay?: number | "latest" | undefined;
  /** Leaves messages out by their source. */
  readonly sourceFilter?: SourceFilter | undefined;
}

/** Messages as they come, to be read at one's own pace; see {@link stream}. */
export interface MessageStream<T = Untyped, M = Message<T>>
  extends AsyncIterableIterator<M, undefined>,
    AsyncDisposable,
    Disposable {
  /** How many messages were lost as nobody read them in time; 0 with `overflow: "throw"`. */
  readonly dropped: number;
  /** Ends the subscription, and forgets what waits. */
  return(): Promise<IteratorReturnResult<undefined>>;
}

/**
 * Makes an async iterable of the messages that match.
 *
 * @remarks
 * It is subscribed from this call on, so that nothing is missed before the first `next()`. Leaving
 * `for await` ends the subscription, and so do `return()`, the signal, `using` where there is
 * `Symbol.dispose`, and the end of the bus or {@link BusScope} that it was made on. It counts against
 * `maxHandlersPerTopic`, as any handler.
 *
 * One stream is one reader's: two loops over it share its messages. RxJS `from()` takes it; but an
 * RxJS unsubscribe takes effect at the next message, so there end it by `signal`.
 *
 * @param pattern - a topic or a pattern of topics, as for {@link PubSubBus.subscribe}
 * @throws {@link InvalidArgumentError} for an option with a value that it cannot have
 * @throws whatever {@link PubSubBus.subscribe} throws
 *
 * @example
 * ```ts
 * for await (const { topic, payload } of stream(bus, "cart.#", { signal })) {
 *   await save(topic, payload);
 * }
 * ```
 */
export function stream<T = Untyped>(
  bus: Subscribable,
  pattern: string,
  options?: StreamOptions,
): MessageStream<T>;
export function stream<Topics, P extends string>(
  bus: PubSubBus<Topics>,
  pattern: CheckedPattern<Topics, P>,
  options?: StreamOptions,
): MessageStream<Untyped, MessageOf<Topics, P>>;
export function stream(
  bus: Subscribable,
  pattern: string,
  options: StreamOptions = {},
): MessageStream {
  return new BufferedStream(bus, pattern, options);
}

/** A `next()` for which no message has come yet. */
interface Reader {
  resolve(result: IteratorResult<Message, undefined>): void;
  reject(reason: unknown): void;
}

class BufferedStream implements MessageStream {
  declare readonly [Symbol.dispose]: () => void;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #pattern: string;
  readonly #capacity: number;
  readonly #overflow: "drop-oldest" | "drop-newest" | "throw";
  readonly #onDrop: (count: number) => void;
  readonly #ending: Ending;
  readonly #subscription = new AbortController();
  /** Either messages wait for readers or readers for messages. */
  #messages = new LinkedRing<Message>();
  #readers: Reader[] = [];
  #failure: { readonly reason: unknown } | undefined;
  #dropped = 0;
  #untold = 0;
  #warned = false;

  constructor(bus: Subscribable, pattern: string, options: StreamOptions) {
    const { buffer = 1_024, overflow = "drop-oldest", replay, sourceFilter } = options;
    if (!Number.isInteger(buffer) || buffer < 1) {
      throw invalidArgument("buffer", buffer, "a whole number of messages, 1 or more");
    }
    checkChoice("overflow", overflow, OVERFLOWS);
    this.#pattern = pattern;
    this.#capacity = buffer;
    this.#overflow = overflow;
    this.#onDrop = options.onDrop ?? this.#warn;
    this.#ending = new Ending(bus, [options.signal, ...clearingOf(bus)], this.#end);
    if (Symbol.dispose) this[Symbol.dispose] = this.#end;
    if (Symbol.asyncDispose) this[Symbol.asyncDispose] = async () => this.#end();

    if (this.#ending.aborted) this.#subscription.abort();
    const { signal } = this.#subscription;
    bus.subscribe(pattern, this.#receive, { signal, replay, sourceFilter });
    // Also when it aborted meanwhile.
    if (this.#ending.aborted) this.#end();
    else this.#ending.listen();
  }

  get dropped(): number {
    return this.#dropped;
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    const { oldest } = this.#messages;
    if (oldest) {
      this.#messages.remove(oldest);
      return Promise.resolve({ value: oldest.value, done: false });
    }
    if (this.#failure) {
      const { reason } = this.#failure;
      this.#end();
      return Promise.reject(reason);
    }
    if (this.#subscription.signal.aborted) return this.return();
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #receive = (message: Message): void => {
    const reader = this.#readers.shift();
    if (reader) {
      reader.resolve({ value: message, done: false });
      return;
    }
    if (this.#messages.size < this.#capacity) {
      this.#messages.push(message);
      return;
    }
    if (this.#overflow === "throw") {
      this.#fail(new StreamOverflowError(this.#pattern, this.#capacity));
      return;
    }
    this.#countDrop();
    if (this.#overflow === "drop-newest") return;
    if (this.#messages.oldest) this.#messages.remove(this.#messages.oldest);
    this.#messages.push(message);
  };

  #countDrop(): void {
    this.#dropped += 1;
    this.#untold += 1;
    // The rest of the turn comes before this.
    if (this.#untold === 1) void Promise.resolve().then(this.#tellDrops);
  }

  readonly #tellDrops = (): void => {
    const count = this.#untold;
    this.#untold = 0;
    if (this.#subscription.signal.aborted) return;
    try {
      this.#onDrop(count);
    } catch (thrown) {
      this.#fail(thrown);
    }
  };

  readonly #warn = (count: number): void => {
    if (this.#warned) return;
    this.#warned = true;
    console.warn(
      `[@pubsub-mfe/core] A stream of "${this.#pattern}" has dropped ${count} messages, as ${this.#capacity} were waiting. ` +
        "Read it faster, raise `buffer`, or pass `onDrop` to hear of each loss.",
    );
  };

  /** No more messages come; the reader learns why after those that wait. */
  #fail(reason: unknown): void {
    this.#subscription.abort();
    const reader = this.#readers.shift();
    if (!reader) {
      // The signal is still listened to: it goes before what waits.
      this.#failure = { reason };
      return;
    }
    reader.reject(reason);
    this.#end();
  }

  readonly #end = (): void => {
    this.#subscription.abort();
    this.#ending.unlisten();
    this.#messages = new LinkedRing();
    this.#failure = undefined;
    for (const { resolve } of this.#readers.splice(0)) resolve({ value: undefined, done: true });
  };
}
