import { clearingOf } from "../streams/clearing.js";
import { Ending, type Subscribable } from "../streams/ending.js";
import type { CheckedPattern, MessageOf } from "../topics/typed.js";
import type { Message, PubSubBus, SubscribeOptions, Unsubscribe, Untyped } from "../types.js";

/** Messages in the order in which they came. */
export interface Recorder<T = Untyped, M extends Message = Message<T>> {
  readonly messages: readonly M[];
  /** The payload of each. */
  readonly payloads: readonly M["payload"][];
  /** The topic of each. */
  readonly topics: readonly M["topic"][];
  /** The newest; `undefined` while there is none. */
  readonly last: M | undefined;
  /** Forgets what was recorded. */
  clear(): void;
  /**
   * Waits for the next message that comes after the call.
   *
   * @param filter - whether it is the one that is waited for; what it throws ends the wait
   * @returns the message; rejects when the recording ends before one came
   */
  next(filter?: (message: M) => boolean): Promise<M>;
  /** Ends the recording; what was recorded stays. May be called more than once. */
  stop(): void;
}

interface Wait {
  receive(message: Message): void;
  giveUp(reason: unknown): void;
}

/** A list of messages, and who waits for the next of them. */
export class Recording implements Recorder {
  #messages: Message[] = [];
  readonly #waits = new Set<Wait>();
  readonly #onEnd: () => void;
  #ended: { readonly reason: unknown } | undefined;

  constructor(onEnd: () => void = () => {}) {
    this.#onEnd = onEnd;
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  get payloads(): readonly Untyped[] {
    return this.#messages.map(({ payload }) => payload);
  }

  get topics(): readonly string[] {
    return this.#messages.map(({ topic }) => topic);
  }

  get last(): Message | undefined {
    return this.#messages.at(-1);
  }

  add(message: Message): void {
    if (this.#ended) return;
    this.#messages.push(message);
    for (const wait of [...this.#waits]) wait.receive(message);
  }

  clear(): void {
    // Another list: who has the one before keeps it as it was.
    this.#messages = [];
  }

  next(filter: (message: Message) => boolean = () => true): Promise<Message> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended.reason);
      const wait: Wait = {
        receive: (message) => {
          try {
            if (!filter(message)) return;
            resolve(message);
          } catch (thrown) {
            reject(thrown);
          }
          this.#waits.delete(wait);
        },
        giveUp: reject,
      };
      this.#waits.add(wait);
    });
  }

  stop(): void {
    this.end(new Error("The recording was stopped: no further message will come."));
  }

  end(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = { reason };
    this.#onEnd();
    for (const wait of this.#waits) wait.giveUp(reason);
    this.#waits.clear();
  }
}

/**
 * Records the messages that a bus delivers. No limit on handlers counts it.
 *
 * @remarks
 * A message is recorded when it is delivered, which is after `publish` returned: wait for it, with
 * `flush()` of a {@link TestBus} or with `next()`.
 *
 * @param bus - any bus, of one copy or joined, or a scope; the recording ends with it
 * @param pattern - which topics, as for {@link PubSubBus.subscribe}
 * @throws {@link InvalidTopicError} for a pattern that is none
 *
 * @example
 * ```ts
 * const cart = record(bus, "cart.#");
 * bus.publish("cart.item.added", { sku: "A-1" });
 * await cart.next();
 * cart.payloads; //=> [{ sku: "A-1" }]
 * ```
 */
export function record<Topics, P extends string>(
  bus: PubSubBus<Topics>,
  pattern: CheckedPattern<Topics, P>,
  options?: SubscribeOptions,
): Recorder<Untyped, MessageOf<Topics, P>>;
export function record<T = Untyped>(
  bus: Subscribable,
  pattern: string,
  options?: SubscribeOptions,
): Recorder<T>;
export function record(
  bus: Subscribable,
  pattern: string,
  options: SubscribeOptions = {},
): Recorder {
  let unsubscribe: Unsubscribe | undefined;
  const recording = new Recording(() => {
    unsubscribe?.();
    ending.unlisten();
  });
  const signals = [options.signal, ...clearingOf(bus)];
  const ending = new Ending(bus, signals, (reason) => recording.end(reason));
  const marked = { ...options, [Symbol.for("@pubsub-mfe/internal")]: true };
  unsubscribe = bus.subscribe(pattern, (message) => recording.add(message), marked);
  if (ending.aborted) recording.end(ending.aborted.reason);
  else ending.listen();
  return recording;
}
