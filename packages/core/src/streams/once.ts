import { checkFunction, invalidArgument } from "../arguments.js";
import type { Clock } from "../clock.js";
import { WaitTimeoutError } from "../errors.js";
import type { CheckedPattern, MessageOf } from "../topics/typed.js";
import type { Message, PubSubBus, Untyped } from "../types.js";
import { clearingOf } from "./clearing.js";
import { clockOf } from "./clock-of.js";
import { Ending, type Subscribable } from "./ending.js";

/** The longest delay that a timer of the platform takes, in milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Options of {@link once}. */
export interface OnceOptions<T = Untyped, M = Message<T>> {
  /** Gives up when it aborts; the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long to wait, in milliseconds; of any length.
   *
   * @defaultValue `Infinity`
   */
  readonly timeout?: number | undefined;
  /**
   * Whether a message is the one that is waited for. What it throws ends the wait: the promise
   * rejects with it.
   *
   * @param message - the next one that matches the pattern
   * @defaultValue the first message will do
   */
  readonly filter?: ((message: M) => boolean) | undefined;
  /**
   * Measures `timeout`.
   *
   * @defaultValue that of the bus
   */
  readonly clock?: Clock | undefined;
}

/**
 * Waits for the next message that matches.
 *
 * @remarks
 * Only messages published after the call count. `maxHandlersPerTopic` does not count waits: many may
 * be under way for one pattern, told apart by `filter`. A wait ends with its bus or scope, and rejects
 * with the reason of its `signal`; `clear()` ends it too.
 *
 * @param pattern - a topic or a pattern of topics, as for {@link PubSubBus.subscribe}
 * @returns the message; afterwards no subscription, timer or listener is left
 * @throws {@link WaitTimeoutError} (rejects) when none comes within `timeout`
 * @throws {@link InvalidArgumentError} (rejects) for a `timeout` that is no number of milliseconds
 * @throws {@link InvalidTopicError} (rejects) for a pattern that is none
 * @throws {@link BusDisposedError} (rejects) when the bus has been disposed, or is before it comes
 *
 * @example
 * ```ts
 * const { payload } = await once(bus, "order.+.paid", {
 *   filter: ({ payload }) => payload.orderId === order.id,
 *   timeout: 5_000,
 * });
 * ```
 */
export function once<T = Untyped>(
  bus: Subscribable,
  pattern: string,
  options?: OnceOptions<T>,
): Promise<Message<T>>;
export function once<Topics, P extends string>(
  bus: PubSubBus<Topics>,
  pattern: CheckedPattern<Topics, P>,
  options?: OnceOptions<Untyped, MessageOf<Topics, P>>,
): Promise<MessageOf<Topics, P>>;
export function once(
  bus: Subscribable,
  pattern: string,
  options: OnceOptions = {},
): Promise<Message> {
  const { timeout = Infinity, filter, clock = clockOf(bus) } = options;
  return new Promise((resolve, reject) => {
    if (typeof timeout !== "number" || !(timeout >= 0)) {
      throw invalidArgument("timeout", timeout, "a number of milliseconds, 0 or more, or Infinity");
    }
    if (filter !== undefined) checkFunction("filter", filter);
    const ending = new Ending(bus, [options.signal, ...clearingOf(bus)], fail);
    ending.aborted?.throwIfAborted();

    const stop = new AbortController();
    // Synchronous: by the time that the promise's reactions run, more messages have come.
    const end = (): void => {
      stop.abort();
      cancelTimer();
      ending.unlisten();
    };
    const cancelTimer = startTimer(clock, timeout, () =>
      fail(new WaitTimeoutError(pattern, timeout)),
    );
    ending.listen();

    const receive = (message: Message): void => {
      if (filter && !filter(message)) return;
      end();
      resolve(message);
    };
    // Marked as the library's own: left out by a limit on handlers, the wait would never end.
    const marked = { signal: stop.signal, [Symbol.for("@pubsub-mfe/internal")]: true };
    attempt(() => bus.subscribe(pattern, (message) => attempt(() => receive(message)), marked));

    function fail(reason: unknown): void {
      end();
      reject(reason);
    }
    function attempt(work: () => unknown): void {
      try {
        work();
      } catch (thrown) {
        fail(thrown);
      }
    }
  });
}

/** @returns cancels the call */
function startTimer(clock: Clock, delayMs: number, fn: () => void): () => void {
  if (delayMs === Infinity) return () => {};
  const stepMs = Math.min(delayMs, LONGEST_TIMER_MS);
  const leftMs = delayMs - stepMs;
  let cancel = clock.setTimer(() => {
    if (leftMs > 0) cancel = startTimer(clock, leftMs, fn);
    else fn();
  }, stepMs);
  return () => cancel();
}
