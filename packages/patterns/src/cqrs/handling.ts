import type { Message, Unsubscribe, Untyped } from "@pubsub-mfe/core";
import { isFromElsewhere } from "../shared/from-elsewhere.js";
import { LazySignal } from "../shared/lazy-signal.js";
import { onBusEnd } from "../shared/on-bus-end.js";
import { IN_PAGE, OWN, type PatternBus } from "../shared/pattern-bus.js";
import { PatternError } from "../shared/pattern-error.js";
import { tell } from "../shared/tell.js";
import { DuplicateCqrsHandlerError } from "./errors.js";
import { answererTopic, cancelTopic, failed, goneTopic, publishResult, SUCCEEDED } from "./wire.js";

/** What a handler is given beside the payload. */
export interface CqrsContext {
  /** The command or query, as it was published. */
  readonly message: Message;
  /**
   * Names what a command is to bring about, so that it is not brought about twice: that which the
   * sender gave, or the message's id. For `commandId` of an event store.
   */
  readonly commandId: string;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export type CqrsHandler = (payload: Untyped, context: CqrsContext) => unknown;

/** What is read from events, and can be waited for: a projection is. */
export interface Awaitable {
  /** Resolves once all up to this position is in it. */
  waitFor(
    position: never,
    options: { readonly signal: AbortSignal; readonly timeout: number },
  ): Promise<unknown>;
}

/** Handles the commands or queries of one type. */
export class Handling {
  readonly #type: string;
  readonly #eventBus: PatternBus;
  readonly #handler: CqrsHandler;
  readonly #projection: Awaitable | undefined;
  readonly #open = new Map<string, { readonly message: Message; readonly life: LazySignal }>();
  #ends: readonly Unsubscribe[];

  /** @param bus - on which it is asked */
  constructor(
    type: string,
    bus: PatternBus,
    eventBus: PatternBus,
    handler: CqrsHandler,
    projection?: Awaitable,
  ) {
    if ((bus.handlerCount?.(answererTopic(type)) ?? 0) > 0) {
      throw new DuplicateCqrsHandlerError(type);
    }
    this.#type = type;
    this.#eventBus = eventBus;
    this.#handler = handler;
    this.#projection = projection;
    this.#ends = [
      bus.subscribe(type, (message) => this.#receive(message), OWN),
      bus.subscribe(answererTopic(type), () => {}, OWN),
      eventBus.subscribe(cancelTopic(type, "+"), ({ topic }) => this.#cancel(topic), OWN),
      onBusEnd(bus, (reason) => this.dispose(reason)),
      onBusEnd(eventBus, (reason) => this.dispose(reason)),
    ];
  }

  /** What it was asked before is still answered. */
  stop(): void {
    if (this.#ends.length === 0) return;
    for (const end of this.#ends) end();
    this.#ends = [];
    const gone = { answering: [...this.#open.keys()] };
    tell(this.#eventBus, goneTopic(this.#type), gone, IN_PAGE);
  }

  get isIdle(): boolean {
    return this.#open.size === 0;
  }

  /** Tells who waits that nothing will come. */
  dispose(reason: unknown): void {
    this.stop();
    for (const { message, life } of this.#open.values()) {
      publishResult(this.#eventBus, this.#type, message, undefined, failed(reason));
      life.abort(reason);
    }
    this.#open.clear();
  }

  async #receive(message: Message): Promise<void> {
    // A command that another tab's page was sent is its to handle.
    if (isFromElsewhere(message)) return;
    const id = message.meta?.correlationId ?? message.id;
    const life = new LazySignal();
    this.#open.set(id, { message, life });
    try {
      const value = await this.#run(message, life);
      if (!life.aborted) publishResult(this.#eventBus, this.#type, message, value, SUCCEEDED);
    } catch (thrown) {
      if (life.aborted) return;
      // Nobody waits for what was published without an id: the bus reports it instead.
      if (message.meta?.correlationId === undefined) throw thrown;
      publishResult(this.#eventBus, this.#type, message, undefined, failed(thrown));
    } finally {
      this.#open.delete(id);
    }
  }

  async #run(message: Message, life: LazySignal): Promise<unknown> {
    const { meta } = message;
    const after = meta?.after;
    if (after !== undefined) {
      if (!this.#projection) {
        throw new PatternError(
          "INVALID_ARGUMENT",
          `"${this.#type}" was asked for what is known after a position, and its handler names no projection to wait for. Pass one to query(), or ask without "after".`,
        );
      }
      // The asker has a timeout, whose end aborts the signal.
      const options = { signal: life.signal, timeout: Number.POSITIVE_INFINITY };
      await this.#projection.waitFor(after as never, options);
    }
    return this.#handler(message.payload, {
      message,
      commandId: typeof meta?.commandId === "string" ? meta.commandId : message.id,
      get signal() {
        return life.signal;
      },
    });
  }

  #cancel(topic: string): void {
    const id = topic.slice(topic.lastIndexOf(".") + 1);
    const reason = new DOMException("Nobody waits for the answer any more.", "AbortError");
    this.#open.get(id)?.life.abort(reason);
  }
}
