import type { Message, PublishOptions, Unsubscribe, Untyped } from "@pubsub-mfe/core";
import { toFailure } from "../shared/failure.js";
import { isFromElsewhere } from "../shared/from-elsewhere.js";
import { LazySignal } from "../shared/lazy-signal.js";
import { onAbort } from "../shared/on-abort.js";
import { IN_PAGE, type PatternBus } from "../shared/pattern-bus.js";
import { tell } from "../shared/tell.js";
import { DuplicateResponderError } from "./errors.js";
import { type Lives, onEnd } from "./on-end.js";
import { countOf, type Leg, listen, topicOf } from "./wire.js";

/** What a responder is given beside the params. */
export interface RespondContext {
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** The ask, as it was published. */
  readonly message: Message;
}

/** Answers for a source: the answer is what it returns, or its promise. */
export type Responder<Params = Untyped, Answer = unknown> = (
  params: Params,
  context: RespondContext,
) => Answer | PromiseLike<Answer>;

/** Answers the asks of one source. */
export class Responding {
  readonly #bus: PatternBus;
  readonly #source: string;
  readonly #respond: Responder;
  readonly #ends: Unsubscribe[] = [];
  readonly #unlisten: Unsubscribe;
  #isStopped = false;
  /** What is being answered, by the id of its ask, or of the message where that has none. */
  readonly #open = new Map<string, { readonly message: Message; readonly life: LazySignal }>();

  constructor(lives: Lives, source: string, respond: Responder, signal: AbortSignal | undefined) {
    const { bus } = lives;
    if (countOf(bus, source, "cancel")) throw new DuplicateResponderError(source);
    this.#bus = bus;
    this.#source = source;
    this.#respond = respond;
    this.#unlisten = onEnd(lives, (reason) => this.#dispose(reason));
    this.#ends.push(onAbort([signal], () => this.stop()));
    try {
      this.#listen("cancel", ({ meta }) => this.#cancel(meta?.correlationId));
      this.#listen("request", (message) => this.#answer(message));
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Whoever is told of subscriptions may have stopped it meanwhile. */
  #listen(leg: Leg, handler: (message: Message) => unknown): void {
    if (this.#isStopped) return;
    const end = listen(this.#bus, this.#source, leg, handler);
    if (this.#isStopped) end();
    else this.#ends.push(end);
  }

  /** What is being answered goes on; what has been asked and was not delivered yet is not answered. */
  stop(): void {
    if (!this.#isStopped) this.#tellGone();
    this.#isStopped = true;
    for (const end of this.#ends.splice(0)) end();
    this.#endIfIdle();
  }

  /** Stops, and gives up what is being answered: its askers are told, while the bus carries it. */
  #dispose(reason: unknown): void {
    this.stop();
    for (const { message, life } of this.#open.values()) {
      this.#fail(message, reason);
      life.abort(reason);
    }
  }

  /** An ask on its way is lost: only its asker knows of it, and by this that nobody got it. */
  #tellGone(): void {
    if (countOf(this.#bus, this.#source, "gone") === 0) return;
    const answering = [...this.#open.keys()];
    tell(this.#bus, topicOf(this.#source, "gone"), { answering }, IN_PAGE);
  }

  #endIfIdle(): void {
    if (this.#isStopped && this.#open.size === 0) this.#unlisten();
  }

  async #answer(message: Message): Promise<void> {
    if (isFromElsewhere(message)) return;
    const asked = message.meta?.correlationId ?? message.id;
    // Requests of somebody else may share one: those of a flow do.
    const id = this.#open.has(asked) ? message.id : asked;
    const life = new LazySignal();
    this.#open.set(id, { message, life });
    const context = {
      message,
      get signal() {
        return life.signal;
      },
    };
    try {
      const value = await this.#respond(message.payload, context);
      if (life.aborted) return;
      this.#bus.publish(this.#responseTopic, value, answerTo(message, { status: "ok" }));
    } catch (thrown) {
      if (life.aborted) return;
      // Whoever asks without an id takes whatever comes for a value: the bus reports it instead.
      if (message.meta?.correlationId === undefined) throw thrown;
      this.#fail(message, thrown);
    } finally {
      this.#open.delete(id);
      this.#endIfIdle();
    }
  }

  #fail(message: Message, thrown: unknown): void {
    const options = answerTo(message, { status: "error", failure: toFailure(thrown) });
    tell(this.#bus, this.#responseTopic, undefined, options);
  }

  #cancel(id: string | undefined): void {
    const life = id === undefined ? undefined : this.#open.get(id)?.life;
    life?.abort(new DOMException("The asker no longer waits for an answer.", "AbortError"));
  }

  get #responseTopic(): string {
    return topicOf(this.#source, "response");
  }
}

function answerTo(message: Message, meta: Readonly<Record<string, unknown>>): PublishOptions {
  return { ...IN_PAGE, cause: message, correlationId: message.meta?.correlationId, meta };
}
