import type { Message } from "@pubsub-mfe/core";
import { LazySignal } from "../shared/lazy-signal.js";
import type { IncomingRequest } from "./incoming-request.js";
import type { HandlerContext } from "./options.js";
import type { AnswerPayload } from "./wire.js";

/** One run of a handler: for one request, or for all of one key. */
export class Job implements HandlerContext {
  readonly message: Message;
  readonly key: string | undefined;
  /** Who waits for it. */
  readonly requests: IncomingRequest[] = [];
  /** Who came with its key when it had been given up: they have its result, or a run of their own. */
  readonly heirs: IncomingRequest[] = [];
  #life: LazySignal | undefined;
  #progress: ((value: unknown) => void) | undefined;

  constructor(request: IncomingRequest) {
    this.message = request.message;
    this.key = request.key;
  }

  get signal(): AbortSignal {
    this.#life ??= new LazySignal();
    return this.#life.signal;
  }

  get isAborted(): boolean {
    return this.#life?.aborted === true;
  }

  /** A function by itself, as handlers take it out of their context. */
  get progress(): (value: unknown) => void {
    this.#progress ??= (value) => {
      for (const request of this.requests) {
        if (request.message.payload.progress) request.notify({ type: "progress", value });
      }
    };
    return this.#progress;
  }

  answer(answer: AnswerPayload): void {
    for (const request of this.requests) request.answer(answer);
    this.requests.length = 0;
  }

  abort(reason: unknown): void {
    this.#life ??= new LazySignal();
    this.#life.abort(reason);
  }
}
