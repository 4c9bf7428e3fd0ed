/// <reference lib="esnext.disposable" preserve="true" />
import type { Unsubscribe, Untyped } from "@pubsub-mfe/core";
import { clockOf } from "@pubsub-mfe/core/stores";
import { Deadlines } from "../shared/deadlines.js";
import type { PatternBus } from "../shared/pattern-bus.js";
import { invalidArgument } from "../shared/pattern-error.js";
import { Answerer } from "./answerer.js";
import { Asker } from "./asker.js";
import { createClient } from "./client.js";
import type { Calling, Client, MethodOf, RequestHandler } from "./contract.js";
import { RequestResponseDisposedError } from "./errors.js";
import type { HandlerFunction } from "./method-handler.js";
import {
  checkRequestOptions,
  type HandleOptions,
  type RequestOptions,
  type RequestResponseOptions,
} from "./options.js";

/**
 * Calls by name over a bus: one microfrontend asks, the one that handles the method answers.
 *
 * @remarks
 * A request is published as `rpc.request.<method>` with `{ requestId, params }`; its answer as
 * `rpc.response.<requestId>` with `{ status: "ok", result }` or `{ status: "error", error, failure }`,
 * where `error` is the message and `failure` the whole. An answer without `status` failed if it has
 * an `error` of its own. Both stay in the page, unless the request is asked over tabs.
 *
 * @typeParam Contract - the methods as functions by name; without it any method, params and result
 *
 * @example
 * ```ts
 * interface Stock {
 *   "stock.get"(params: { sku: string }): number;
 * }
 * const rpc = new RequestResponse<Stock>(bus);
 * rpc.handle("stock.get", ({ sku }) => readStock(sku));
 * const stock = await rpc.request("stock.get", { sku: "A-1" });
 * ```
 */
export class RequestResponse<Contract = Untyped> {
  /** As `dispose`, where the platform knows of it. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #asker: Asker;
  readonly #answerer: Answerer;
  #client: Client<Contract> | undefined;
  #isDisposed = false;

  /**
   * @param bus - a bus or a scope of one, with which it ends
   * @throws {@link PatternError} `INVALID_ARGUMENT` for what is no bus
   */
  constructor(bus: PatternBus, options: RequestResponseOptions = {}) {
    if (typeof bus?.publish !== "function" || typeof bus.subscribe !== "function") {
      throw invalidArgument("The bus", bus, "a bus, or a scope of one");
    }
    const { clock = clockOf(bus), includeStack = false, onDiagnostic } = options;
    this.request = this.#request.bind(this) as Calling<Contract, number | RequestOptions>;
    const locks = options.locks ?? globalThis.navigator?.locks;
    this.#asker = new Asker(bus, clock, locks);
    this.#answerer = new Answerer({
      bus,
      deadlines: new Deadlines(clock),
      locks,
      includeStack,
      warn: (warning) => onDiagnostic?.({ type: "warning", ...warning }),
    });
    if (Symbol.dispose) this[Symbol.dispose] = () => this.dispose();
  }

  /**
   * Calls a method and waits for its answer: `request(method, params?, timeoutOrOptions?)`.
   *
   * @remarks
   * A method is one or several topic segments, like `stock.get`. Params are what the handler receives,
   * in the page by reference. A timeout is in milliseconds, 5,000 where nothing is said. Where there is
   * no contract, `request<T>` says what comes back.
   *
   * @returns what the handler returned
   * @throws {@link RemoteError} (rejects) when the handler threw, whatever it threw; or an error of its
   *   own class, see {@link registerError}
   * @throws {@link NoHandlerError} (rejects) when nobody on this page handles the method
   * @throws {@link RequestTimeoutError} (rejects) when no answer came in time
   * @throws {@link RequestResponseDisposedError} (rejects) when this object, or its bus, is disposed
   * @throws {@link HandlerGoneError} (rejects) when who handled it was disposed meanwhile
   * @throws {@link QueueFullError} (rejects) when the handler is busy, and its queue full
   * @throws {@link SchemaError} (rejects) when params or result are not as the handler's schemas ask
   * @throws {@link KeyReusedError} (rejects) when the `idempotencyKey` was used with other params
   * @throws {@link NoClaimError} (rejects), over tabs, when none took it within `claimWithin`
   * @throws {@link ExecutorGoneError} (rejects), over tabs, when the tab that ran it has gone
   */
  readonly request: Calling<Contract, number | RequestOptions>;

  /**
   * Answers the requests of a method, of this page and of those that are asked over tabs.
   *
   * @param handler - receives the params and a {@link HandlerContext}; what it returns, or its promise,
   *   is the answer, and what it throws is thrown where it was asked
   * @returns stops to answer; what was asked before is still answered
   * @throws {@link InvalidMethodError} for a pattern: each method is handled by its name
   * @throws {@link DuplicateHandlerError} when the method has a handler on this page already, and
   *   `onConflict` does not say what is to become of it
   */
  handle<Method extends MethodOf<Contract>>(
    method: Method,
    handler: RequestHandler<Contract, Method>,
    options: HandleOptions = {},
  ): Unsubscribe {
    if (this.#isDisposed) throw new RequestResponseDisposedError(method);
    return this.#answerer.handle(method, handler as HandlerFunction, options);
  }

  /** The methods as functions: `rpc.client["stock.get"]({ sku })` is the same as `request`. */
  get client(): Client<Contract> {
    this.#client ??= createClient((method, params, options) =>
      this.#request(method, params, options),
    ) as Client<Contract>;
    return this.#client;
  }

  /**
   * Gives up what is open, tells those who wait for its handlers, and stops to answer. May be called
   * more than once.
   */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#asker.dispose();
    this.#answerer.dispose();
  }

  // Not async: a promise more is what a call in the page would feel.
  #request(
    method: string,
    params: unknown,
    timeoutOrOptions?: number | RequestOptions,
  ): Promise<unknown> {
    try {
      if (this.#isDisposed) throw new RequestResponseDisposedError(method);
      return this.#asker.ask(method, params, checkRequestOptions(timeoutOrOptions));
    } catch (error) {
      return Promise.reject(error);
    }
  }
}
