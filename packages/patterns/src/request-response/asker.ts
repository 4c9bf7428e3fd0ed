import {
  type Clock,
  findUncloneable,
  type Message,
  matchTopic,
  type Unsubscribe,
} from "@pubsub-mfe/core";
import type { WebLocks } from "@pubsub-mfe/core/locks";
import { Deadlines } from "../shared/deadlines.js";
import { Lingering } from "../shared/lingering.js";
import { onAbort } from "../shared/on-abort.js";
import { onBusEnd } from "../shared/on-bus-end.js";
import { IN_PAGE, OWN, type PatternBus } from "../shared/pattern-bus.js";
import { publishAsk } from "../shared/publish.js";
import { randomId } from "../shared/random-id.js";
import { tell } from "../shared/tell.js";
import { Call, type CallKeeper } from "./call.js";
import { type Assignments, Choosing } from "./choosing.js";
import { cancellation } from "./cloneable.js";
import { NoHandlerError, RequestResponseDisposedError, UncloneableError } from "./errors.js";
import type { CheckedOptions } from "./options.js";
import {
  CONTROL,
  GONE,
  type Gone,
  NOTICE,
  type Notice,
  RESPONSE,
  type RequestPayload,
  requestTopic,
} from "./wire.js";

/** The asking side: publishes requests, and settles each with its answer. */
export class Asker implements CallKeeper {
  readonly deadlines: Deadlines;
  readonly #bus: PatternBus;
  readonly #locks: WebLocks | undefined;
  readonly #idPrefix = randomId();
  #requests = 0;
  readonly #open = new Map<string, Call>();
  /** How many open calls each handler was chosen for. */
  readonly #assigned: Assignments = new Map();
  #isListening = false;
  readonly #ends: Unsubscribe[] = [];
  readonly #lingering = new Lingering(
    () => this.#open.size === 0,
    () => this.#rest(),
  );

  constructor(bus: PatternBus, clock: Clock, locks: WebLocks | undefined) {
    this.#bus = bus;
    this.deadlines = new Deadlines(clock, false);
    this.#locks = locks;
  }

  ask(method: string, params: unknown, options: CheckedOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const requestId = `${this.#idPrefix}-${++this.#requests}`;
      const call = new Call(method, params, requestId, options, this, resolve, reject);
      if (this.#open.size === 0) this.#lingering.used();
      this.#open.set(requestId, call);
      try {
        this.#start(call);
      } catch (error) {
        call.fail(error);
      }
    });
  }

  /** Gives up what is open. */
  dispose(cause?: unknown): void {
    for (const call of [...this.#open.values()]) {
      call.fail(new RequestResponseDisposedError(call.method, { cause }));
    }
    this.#rest();
  }

  /** @internal */
  ended(call: Call, gaveUp: boolean, reason: unknown): void {
    const { requestId, options } = call;
    this.#open.delete(requestId);
    if (gaveUp && call.isAsked) {
      const isInPage = !options.scope;
      const control = cancellation(reason, isInPage);
      tell(this.#bus, `${CONTROL}${requestId}`, control, isInPage ? IN_PAGE : undefined);
    }
    if (this.#open.size === 0) this.#lingering.unused();
  }

  #start(call: Call): void {
    const { method, options, params } = call;
    const { signal, scope, waitForHandler } = options;
    if (signal) {
      signal.throwIfAborted();
      call.whenDone(onAbort([signal], (reason) => call.fail(reason)));
    }
    if (this.#bus.signal?.aborted) {
      throw new RequestResponseDisposedError(method, { cause: this.#bus.signal.reason });
    }
    this.#listen();
    // Who was told of the subscription may have given it up.
    if (!call.isOpen) {
      if (this.#open.size === 0) this.#rest();
      return;
    }
    const topic = requestTopic(method);
    if (scope === "tabs") {
      const field = findUncloneable(params);
      if (field !== undefined) throw new UncloneableError("params", method, field);
      this.#publish(call, topic, true);
      return;
    }
    const handlers = this.#bus.handlerCount?.(topic);
    if (handlers !== 0) {
      // Where nobody knows how many there are, there may be several.
      this.#publish(call, topic, handlers !== 1);
      return;
    }
    // What is no topic is refused as that: nobody will come for it.
    matchTopic(topic, topic);
    if (waitForHandler === 0 || !this.#bus.onSubscriptionsChange) throw new NoHandlerError(method);
    this.#awaitHandler(call, topic);
  }

  #awaitHandler(call: Call, topic: string): void {
    const { method, options } = call;
    const deadline = this.deadlines.add(options.waitForHandler, () =>
      call.fail(new NoHandlerError(method, options.waitForHandler)),
    );
    const unlisten = this.#bus.onSubscriptionsChange?.((pattern) => {
      const handlers = pattern === topic ? (this.#bus.handlerCount?.(topic) ?? 0) : 0;
      if (handlers === 0) return;
      end();
      try {
        this.#publish(call, topic, handlers > 1);
      } catch (error) {
        call.fail(error);
      }
    });
    const end = (): void => {
      unlisten?.();
      this.deadlines.remove(deadline);
    };
    call.whenDone(end);
  }

  /** @param chooses - whether several may handle it, of which one is to be chosen */
  #publish(call: Call, topic: string, chooses: boolean): void {
    const { params, requestId } = call;
    const { scope, idempotencyKey, onProgress, waitForHandler } = call.options;
    let payload: RequestPayload = { requestId, params };
    if (chooses || onProgress || idempotencyKey) {
      payload = {
        ...payload,
        ...(scope && { scope }),
        ...(chooses && { offers: true }),
        ...(onProgress && { progress: true }),
        ...(idempotencyKey && { idempotencyKey }),
      };
    }
    const options = scope ? undefined : IN_PAGE;
    const choosing = chooses
      ? new Choosing(call, this.#bus, this.#assigned, this.deadlines, this.#locks, () =>
          tell(this.#bus, topic, payload, options),
        )
      : undefined;
    if (choosing || onProgress) {
      const receive = ({ payload: notice }: Message<Notice | undefined>): void => {
        if (notice?.type === "progress") {
          if (call.isOpen) onProgress?.(notice.value);
        } else if (notice) choosing?.receive(notice);
      };
      call.whenDone(this.#bus.subscribe(`${NOTICE}${requestId}`, receive, OWN));
    }
    // Who was told of the subscription may have ended it.
    if (!call.isOpen) return;
    call.isAsked = true;
    try {
      publishAsk(this.#bus, topic, payload, options);
    } catch (error) {
      call.isAsked = false;
      throw error;
    }
    // Over tabs nobody knows when there is a handler before one has taken it.
    if (!scope || waitForHandler === 0) call.startTimeout();
    choosing?.begin();
  }

  /** Hears the answers of all calls, of handlers that go, and of the end of the bus. */
  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#ends.push(
      onBusEnd(this.#bus, (reason) => this.dispose(reason)),
      this.#bus.subscribe(
        `${RESPONSE}+`,
        ({ topic, payload }) => this.#open.get(topic.slice(RESPONSE.length))?.answer(payload),
        OWN,
      ),
      this.#bus.subscribe(GONE, (message) => this.#handlerGone(message), OWN),
    );
  }

  /** What was on its way to a handler that ended never reaches it. */
  #handlerGone({ payload }: Message<Gone | undefined>): void {
    const { method, answering } = payload ?? {};
    if (typeof method !== "string" || !Array.isArray(answering)) return;
    if (this.#bus.handlerCount?.(requestTopic(method)) !== 0) return;
    for (const call of [...this.#open.values()]) {
      const isLost = call.isAsked && call.method === method && !call.options.scope;
      if (!isLost || answering.includes(call.requestId)) continue;
      call.isAsked = false;
      call.fail(new NoHandlerError(method));
    }
  }

  #rest(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#isListening = false;
    this.deadlines.rest();
  }
}
