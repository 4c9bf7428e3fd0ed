import {
  type Clock,
  findUncloneable,
  type Message,
  matchTopic,
  type Unsubscribe,
} from "@pubsub-mfe/core";
import type { WebLocks } from "@pubsub-mfe/core/locks";
import { Deadlines } from "../shared/deadlines.js";
import { toFailure } from "../shared/failure.js";
import { Lingering } from "../shared/lingering.js";
import { IN_PAGE, OWN, type PatternBus } from "../shared/pattern-bus.js";
import { publishAsk } from "../shared/publish.js";
import { randomId } from "../shared/random-id.js";
import { tell } from "../shared/tell.js";
import { Call, type CallKeeper } from "./call.js";
import { Choosing } from "./choosing.js";
import { NoHandlerError, RequestResponseDisposedError, UncloneableError } from "./errors.js";
import type { CheckedOptions } from "./options.js";
import {
  CONTROL,
  type Control,
  NOTICE,
  type Notice,
  RESPONSE,
  type RequestPayload,
  requestTopic,
} from "./wire.js";

/** The asking side: publishes requests, and settles each with its answer. */
export class Asker implements CallKeeper {
  readonly #bus: PatternBus;
  readonly deadlines: Deadlines;
  readonly #locks: WebLocks | undefined;
  readonly #idPrefix = randomId();
  #requests = 0;
  readonly #open = new Map<string, Call>();
  #unlisten: Unsubscribe | undefined;
  readonly #lingering = new Lingering(
    () => this.#open.size === 0,
    () => {
      this.#unlisten?.();
      this.#unlisten = undefined;
      this.deadlines.rest();
    },
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
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  /** @internal */
  ended(call: Call, gaveUp: boolean, reason: unknown): void {
    const { requestId, options } = call;
    this.#open.delete(requestId);
    if (gaveUp && call.isAsked) {
      const control: Control = { type: "cancel", failure: toFailure(reason) };
      tell(this.#bus, `${CONTROL}${requestId}`, control, options.scope ? undefined : IN_PAGE);
    }
    if (this.#open.size === 0) this.#lingering.unused();
  }

  #start(call: Call): void {
    const { method, options, params } = call;
    const { signal, scope, waitForHandler } = options;
    if (signal) {
      signal.throwIfAborted();
      const giveUp = (): void => call.fail(signal.reason);
      signal.addEventListener("abort", giveUp);
      call.whenDone(() => signal.removeEventListener("abort", giveUp));
    }
    this.#unlisten ??= this.#listen();
    const topic = requestTopic(method);
    if (scope === "tabs") {
      const field = findUncloneable(params);
      if (field !== undefined) throw new UncloneableError("params", method, field);
      this.#publish(call, topic, true);
      return;
    }
    const handlers = this.#bus.handlerCount?.(topic) ?? 1;
    if (handlers === 0 && waitForHandler > 0 && this.#bus.onSubscriptionsChange) {
      this.#awaitHandler(call, topic);
      return;
    }
    this.#publish(call, topic, handlers > 1);
    if (handlers > 0) return;
    call.isAsked = false;
    throw new NoHandlerError(method);
  }

  #awaitHandler(call: Call, topic: string): void {
    // What is no topic is refused now: nobody will come for it.
    matchTopic(topic, topic);
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
    const { scope, idempotencyKey, onProgress } = call.options;
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
      ? new Choosing(call, this.#bus, this.deadlines, this.#locks, () =>
          tell(this.#bus, topic, payload, options),
        )
      : undefined;
    if (choosing || onProgress) {
      const receive = ({ payload: notice }: Message<Notice>): void => {
        if (notice.type !== "progress") choosing?.receive(notice);
        else if (call.isOpen) onProgress?.(notice.value);
      };
      call.whenDone(this.#bus.subscribe(`${NOTICE}${requestId}`, receive, OWN));
    }
    publishAsk(this.#bus, topic, payload, options);
    call.asked();
    choosing?.begin();
  }

  /** Hears the answers of all calls, and the end of the bus. */
  #listen(): Unsubscribe {
    const unsubscribe = this.#bus.subscribe(
      `${RESPONSE}+`,
      ({ topic, payload }) => this.#open.get(topic.slice(RESPONSE.length))?.answer(payload),
      OWN,
    );
    const { signal } = this.#bus;
    const dispose = (): void => this.dispose(signal?.reason);
    signal?.addEventListener("abort", dispose);
    return () => {
      unsubscribe();
      signal?.removeEventListener("abort", dispose);
    };
  }
}
