import { findUncloneable, type Message } from "@pubsub-mfe/core";
import { type Failure, toFailure } from "../shared/failure.js";
import { IN_PAGE, type PatternBus } from "../shared/pattern-bus.js";
import { tell } from "../shared/tell.js";
import { UncloneableError } from "./errors.js";
import type { Job } from "./job.js";
import { type AnswerPayload, NOTICE, type Notice, RESPONSE, type RequestPayload } from "./wire.js";

/** A request that came in: knows how far its answer is to go. */
export class IncomingRequest {
  readonly message: Message<RequestPayload>;
  readonly method: string;
  /** The run that it waits for. */
  job: Job | undefined;
  /** Called when it has been answered. */
  whenAnswered: (() => void) | undefined;
  readonly #bus: PatternBus;

  constructor(message: Message<RequestPayload>, method: string, bus: PatternBus) {
    this.message = message;
    this.method = method;
    this.#bus = bus;
  }

  get id(): string {
    return this.message.payload.requestId;
  }

  get key(): string | undefined {
    return this.message.payload.idempotencyKey;
  }

  get isOverTabs(): boolean {
    return this.message.payload.scope === "tabs";
  }

  answer(answer: AnswerPayload): void {
    const payload = this.isOverTabs ? toCloneable(answer, this.method) : answer;
    this.#tell(`${RESPONSE}${this.id}`, payload);
    this.whenAnswered?.();
  }

  notify(notice: Notice): void {
    this.#tell(`${NOTICE}${this.id}`, notice);
  }

  #tell(topic: string, payload: unknown): void {
    tell(this.#bus, topic, payload, this.isOverTabs ? undefined : IN_PAGE);
  }
}

export function toFailed(thrown: unknown, includeStack = false): AnswerPayload {
  const failure = toFailure(thrown, includeStack);
  return { status: "error", error: failure.message, failure };
}

/** What another tab would never get is told to it, in place of silence. */
function toCloneable(answer: AnswerPayload, method: string): AnswerPayload {
  if (answer.status === "error") {
    const { failure } = answer;
    return findUncloneable(failure) === undefined ? answer : { ...answer, failure: bare(failure) };
  }
  const field = findUncloneable(answer.result);
  return field === undefined ? answer : toFailed(new UncloneableError("result", method, field));
}

function bare({ name, message, code, retryable, stack }: Failure): Failure {
  return {
    name,
    message,
    ...(code !== undefined && { code }),
    ...(retryable !== undefined && { retryable }),
    ...(stack !== undefined && { stack }),
  };
}
