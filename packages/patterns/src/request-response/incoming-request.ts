import type { Message } from "@pubsub-mfe/core";
import { IN_PAGE, type PatternBus } from "../shared/pattern-bus.js";
import { publishAsk } from "../shared/publish.js";
import { tell } from "../shared/tell.js";
import type { PatternWarning } from "../shared/warning.js";
import { toCloneable, toFailed } from "./cloneable.js";
import type { Job } from "./job.js";
import { type AnswerPayload, NOTICE, type Notice, RESPONSE, type RequestPayload } from "./wire.js";

/** What requests that came in need of the one who handles them. */
export interface RequestHost {
  readonly bus: PatternBus;
  readonly warn: (warning: Omit<PatternWarning, "type">) => void;
}

/** A request that came in: knows how far its answer is to go. */
export class IncomingRequest {
  readonly message: Message<RequestPayload>;
  readonly method: string;
  /** The run that it waits for. */
  job: Job | undefined;
  /** Called when it has been answered. */
  whenAnswered: (() => void) | undefined;
  readonly #host: RequestHost;

  constructor(message: Message<RequestPayload>, method: string, host: RequestHost) {
    this.message = message;
    this.method = method;
    this.#host = host;
  }

  get id(): string {
    return this.message.payload.requestId;
  }

  get key(): string | undefined {
    return this.message.payload.idempotencyKey;
  }

  get params(): unknown {
    return this.message.payload.params;
  }

  get isOverTabs(): boolean {
    return this.message.payload.scope === "tabs";
  }

  answer(answer: AnswerPayload): void {
    const { bus } = this.#host;
    const topic = `${RESPONSE}${this.id}`;
    const options = this.isOverTabs ? undefined : IN_PAGE;
    const payload = this.isOverTabs ? toCloneable(answer, this.method) : answer;
    try {
      publishAsk(bus, topic, payload, options);
    } catch (error) {
      this.#warnOf(error);
      // A schema of the bus may refuse the result, and let pass that it was refused.
      if (answer.status === "ok") tell(bus, topic, toFailed(error), options);
    }
    this.whenAnswered?.();
  }

  notify(notice: Notice): void {
    const options = this.isOverTabs ? undefined : IN_PAGE;
    tell(this.#host.bus, `${NOTICE}${this.id}`, notice, options);
  }

  #warnOf(error: unknown): void {
    if (this.#host.bus.signal?.aborted) return;
    this.#host.warn({
      code: "ANSWER_NOT_SENT",
      message: `The bus did not take the answer to "${this.method}": who asked waits for its timeout.`,
      details: error,
    });
  }
}
