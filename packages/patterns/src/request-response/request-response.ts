import {
  type BusLike,
  type Clock,
  isBusError,
  type Message,
  type PubSubBus,
  systemClock,
  type Unsubscribe,
  type Untyped,
} from "@pubsub-mfe/core";
import { checkTimeout, Deadlines } from "../shared/deadlines.js";
import { readFailure, toFailure } from "../shared/failure.js";
import { IN_PAGE, OWN } from "../shared/pattern-bus.js";
import { randomId } from "../shared/random-id.js";
import { reviveError } from "../shared/travelled-errors.js";
import {
  DuplicateHandlerError,
  InvalidMethodError,
  NoHandlerError,
  RequestResponseDisposedError,
  RequestTimeoutError,
} from "./errors.js";

/** Options of {@link RequestResponse}. */
export interface RequestResponseOptions {
  /**
   * The source of time.
   *
   * @defaultValue the platform's
   */
  readonly clock?: Clock;
}

/**
 * Calls by name over a bus: one microfrontend asks, the one that handles the method answers.
 *
 * @remarks
 * A request is published as `rpc.request.<method>` with `{ requestId, params }`; its answer as
 * `rpc.response.<requestId>` with `{ status: "ok", result }` or `{ status: "error", error, failure }`,
 * where `error` is the message and `failure` the whole. An answer without `status` failed if it has
 * an `error` of its own.
 *
 * @example
 * ```ts
 * const rpc = new RequestResponse(bus);
 * rpc.handle("stock.get", async ({ sku }) => readStock(sku));
 * const stock = await rpc.request<number>("stock.get", { sku: "A-1" });
 * ```
 */
export class RequestResponse {
  readonly #bus: BusLike & Pick<PubSubBus, "handlerCount">;
  readonly #deadlines: Deadlines;
  readonly #idPrefix = randomId();
  #requests = 0;
  /** What gives up each open request. */
  readonly #open = new Set<() => void>();
  readonly #handlers = new Set<Unsubscribe>();
  #disposed = false;

  constructor(
    bus: BusLike & Pick<PubSubBus, "handlerCount">,
    options: RequestResponseOptions = {},
  ) {
    this.#bus = bus;
    this.#deadlines = new Deadlines(options.clock ?? systemClock);
  }

  /**
   * Calls a method and waits for its answer.
   *
   * @param method - one or several topic segments, like `stock.get`
   * @param params - what the handler receives, by reference
   * @param timeout - in milliseconds; `Infinity` waits for ever
   * @returns what the handler returned
   * @throws {@link RemoteError} (or its own class, see {@link registerError}) when the handler threw, whatever it threw
   * @throws {@link NoHandlerError} when nobody on this page handles the method
   * @throws {@link RequestTimeoutError} when no answer came in time
   * @throws {@link RequestResponseDisposedError} when this object is disposed meanwhile
   */
  async request<T = Untyped>(method: string, params?: unknown, timeout = 5_000): Promise<T> {
    if (this.#disposed) throw new RequestResponseDisposedError(method);
    const topic = `rpc.request.${method}`;
    const requestId = `${this.#idPrefix}-${++this.#requests}`;
    const { promise, resolve, reject } = defer<T>();
    const giveUp = (): void => reject(new RequestResponseDisposedError(method));
    const ends: Unsubscribe[] = [() => this.#open.delete(giveUp)];
    this.#open.add(giveUp);
    try {
      const expire = (): void => reject(new RequestTimeoutError(method, timeout));
      checkTimeout("The timeout", timeout);
      const deadline = this.#deadlines.add(timeout, expire);
      ends.push(() => this.#deadlines.remove(deadline));
      const settle = ({ payload }: Message): void => {
        if (isFailed(payload)) {
          reject(reviveError(readFailure(payload.failure, payload.error)));
        } else resolve(payload.result);
      };
      ends.push(this.#bus.subscribe(`rpc.response.${requestId}`, settle, OWN));
      // Published first: it is the bus that refuses a method which is no topic.
      this.#bus.publish(topic, { requestId, params }, IN_PAGE);
      if (this.#bus.handlerCount(topic) === 0) throw new NoHandlerError(method);
      return await promise;
    } finally {
      // Whatever came of it, no timer and no subscription stays behind.
      for (const end of ends) end();
    }
  }

  /**
   * Answers the requests of a method.
   *
   * @param handler - receives the params; what it returns, or its promise, is the answer, and
   *   what it throws is the asker's {@link RemoteError}
   * @returns stops to answer
   * @throws {@link InvalidMethodError} for a pattern: each method is handled by its name
   * @throws {@link DuplicateHandlerError} when the method has a handler on this page already
   */
  handle(method: string, handler: (params: Untyped) => unknown): Unsubscribe {
    if (this.#disposed) throw new RequestResponseDisposedError(method);
    const topic = `rpc.request.${method}`;
    if (/[+#]/.test(method)) throw new InvalidMethodError(method);
    if (this.#bus.handlerCount(topic) > 0) throw new DuplicateHandlerError(method);
    const unsubscribe = this.#bus.subscribe(
      topic,
      (message) => this.#answer(message, handler),
      OWN,
    );
    this.#handlers.add(unsubscribe);
    return () => {
      unsubscribe();
      this.#handlers.delete(unsubscribe);
    };
  }

  /** Gives up what is open, and stops to answer. May be called more than once. */
  dispose(): void {
    this.#disposed = true;
    for (const giveUp of this.#open) giveUp();
    for (const unsubscribe of this.#handlers) unsubscribe();
    this.#handlers.clear();
  }

  async #answer({ payload }: Message, handler: (params: Untyped) => unknown): Promise<void> {
    const { requestId, params } = payload;
    let answer: object;
    try {
      answer = { status: "ok", result: await handler(params) };
    } catch (thrown) {
      const failure = toFailure(thrown);
      answer = { status: "error", error: failure.message, failure };
    }
    try {
      this.#bus.publish(`rpc.response.${requestId}`, answer, IN_PAGE);
    } catch (error) {
      // Disposed while the handler worked: nobody is left who waits.
      if (!isBusError(error, "BUS_DISPOSED")) throw error;
    }
  }
}

/** An answer without `status` comes from a responder that knows the documented wire alone. */
function isFailed(payload: Untyped): boolean {
  if (payload.status !== undefined) return payload.status !== "ok";
  return Object.hasOwn(payload, "error");
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function defer<T>(): Deferred<T> {
  let resolve!: Deferred<T>["resolve"];
  let reject!: Deferred<T>["reject"];
  const promise = new Promise<T>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}
