import type { Message, Unsubscribe } from "@pubsub-mfe/core";
import { IN_PAGE, OWN } from "../shared/pattern-bus.js";
import { DuplicateHandlerError, InvalidMethodError } from "./errors.js";
import { type HandlerFunction, type HandlerWorld, MethodHandler } from "./method-handler.js";
import { checkHandleOptions, type HandleOptions } from "./options.js";
import { CONTROL, type Control, type Replacement, requestTopic } from "./wire.js";

/** The answering side: the handlers of one object, and what is said to them all. */
export class Answerer {
  readonly #world: HandlerWorld;
  /** What ends each. */
  readonly #handlers = new Map<MethodHandler, Unsubscribe>();
  #unlisten: Unsubscribe | undefined;

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
    const unsubscribe = bus.subscribe(topic, answering.receive, OWN);
    if (onConflict === "replace") {
      const replacement: Replacement = { type: "replace", method, handlerId: answering.id };
      bus.publish(`${CONTROL}replace`, replacement, IN_PAGE);
    }
    this.#unlisten ??= this.#listen();
    const end = (): void => {
      unsubscribe();
      signal?.removeEventListener("abort", end);
      // What it was asked before it still answers, and hears of who gives up.
      answering.whenIdle(() => this.#remove(answering));
    };
    this.#handlers.set(answering, end);
    signal?.addEventListener("abort", end);
    return end;
  }

  /** Tells who waits that nothing will come. */
  dispose(): void {
    for (const [handler, end] of this.#handlers) {
      end();
      handler.dispose();
    }
    this.#handlers.clear();
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  #remove(handler: MethodHandler): void {
    this.#handlers.delete(handler);
    if (this.#handlers.size > 0) return;
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  #listen(): Unsubscribe {
    const { bus } = this.#world;
    const unsubscribe = bus.subscribe(`${CONTROL}+`, this.#control, OWN);
    const dispose = (): void => this.dispose();
    bus.signal?.addEventListener("abort", dispose);
    return () => {
      unsubscribe();
      bus.signal?.removeEventListener("abort", dispose);
    };
  }

  readonly #control = ({ topic, payload }: Message<Control | Replacement>): void => {
    const requestId = topic.slice(CONTROL.length);
    for (const [handler, end] of this.#handlers) {
      if (payload?.type !== "replace") handler.control(requestId, payload);
      else if (payload.method === handler.method && payload.handlerId !== handler.id) end();
    }
  };
}
