import type { Message, Unsubscribe } from "@pubsub-mfe/core";
import { onAbort } from "../shared/on-abort.js";
import { onBusEnd } from "../shared/on-bus-end.js";
import { IN_PAGE, OWN } from "../shared/pattern-bus.js";
import { publishAsk } from "../shared/publish.js";
import { tell } from "../shared/tell.js";
import { DuplicateHandlerError, InvalidMethodError } from "./errors.js";
import { type HandlerFunction, type HandlerWorld, MethodHandler } from "./method-handler.js";
import { checkHandleOptions, type HandleOptions } from "./options.js";
import {
  CONTROL,
  type Control,
  GONE,
  type Gone,
  REPLACE,
  type Replacement,
  requestTopic,
} from "./wire.js";

/** The answering side: the handlers of one object, and what is said to them all. */
export class Answerer {
  readonly #world: HandlerWorld;
  /** What ends each. */
  readonly #handlers = new Map<MethodHandler, Unsubscribe>();
  #isListening = false;
  readonly #ends: Unsubscribe[] = [];

  constructor(world: HandlerWorld) {
    this.#world = world;
  }

  handle(method: string, handler: HandlerFunction, options: HandleOptions): Unsubscribe {
    const { bus } = this.#world;
    const { onConflict = "throw", signal } = options;
    if (/[+#]/.test(method)) throw new InvalidMethodError(method);
    checkHandleOptions(handler, options);
    if (signal?.aborted) return () => {};
    const topic = requestTopic(method);
    if (onConflict === "throw" && (bus.handlerCount?.(topic) ?? 0) > 0) {
      throw new DuplicateHandlerError(method);
    }
    const answering = new MethodHandler(method, handler, options, this.#world);
    const ends: Unsubscribe[] = [];
    const end = (): void => {
      if (ends.length > 0) {
        for (const each of ends.splice(0)) each();
        const gone: Gone = { method, answering: answering.requestIds };
        tell(bus, GONE, gone, IN_PAGE);
      }
      // What it was asked before it still answers, and hears of who gives up.
      answering.whenIdle(() => this.#remove(answering));
    };
    this.#handlers.set(answering, end);
    try {
      this.#listen();
      ends.push(onAbort([signal], end));
      ends.push(bus.subscribe(topic, answering.receive, OWN));
      ends.push(bus.subscribe(REPLACE, (message) => this.#replaced(answering, end, message), OWN));
      if (onConflict === "replace") {
        const replacement: Replacement = { method, handlerId: answering.id };
        publishAsk(bus, REPLACE, replacement, IN_PAGE);
      }
    } catch (error) {
      end();
      throw error;
    }
    // Who was told of the subscription may have ended it.
    if (signal?.aborted || !this.#handlers.has(answering)) end();
    return end;
  }

  /** Tells who waits that nothing will come. */
  dispose(): void {
    for (const [handler, end] of this.#handlers) {
      handler.dispose();
      end();
    }
    this.#handlers.clear();
    this.#rest();
  }

  /** It hears only of those that came after it. */
  #replaced(
    handler: MethodHandler,
    end: Unsubscribe,
    { payload }: Message<Replacement | undefined>,
  ): void {
    if (payload?.method === handler.method && payload.handlerId !== handler.id) end();
  }

  #remove(handler: MethodHandler): void {
    this.#handlers.delete(handler);
    if (this.#handlers.size === 0) this.#rest();
  }

  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    const { bus } = this.#world;
    this.#ends.push(
      onBusEnd(bus, () => this.dispose()),
      bus.subscribe(`${CONTROL}+`, (message) => this.#control(message), OWN),
    );
  }

  #rest(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#isListening = false;
  }

  #control({ topic, payload }: Message<Control | undefined>): void {
    if (typeof payload?.type !== "string") return;
    const requestId = topic.slice(CONTROL.length);
    for (const handler of [...this.#handlers.keys()]) handler.control(requestId, payload);
  }
}
