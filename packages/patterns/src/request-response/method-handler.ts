import type { Message, Untyped } from "@pubsub-mfe/core";
import type { WebLocks } from "@pubsub-mfe/core/locks";
import type { Deadlines } from "../shared/deadlines.js";
import { readFailure } from "../shared/failure.js";
import type { PatternBus } from "../shared/pattern-bus.js";
import { randomId } from "../shared/random-id.js";
import { reviveError } from "../shared/travelled-errors.js";
import type { PatternWarning } from "../shared/warning.js";
import { Claims } from "./claims.js";
import { HandlerGoneError, QueueFullError } from "./errors.js";
import { IncomingRequest, toFailed } from "./incoming-request.js";
import { Job } from "./job.js";
import { Keys } from "./keys.js";
import type { HandleOptions, HandlerContext } from "./options.js";
import { validate } from "./validate.js";
import type { AnswerPayload, Control, RequestPayload } from "./wire.js";

export type HandlerFunction = (params: Untyped, context: HandlerContext) => unknown;

/** What the handlers of one object work with. */
export interface HandlerWorld {
  readonly bus: PatternBus;
  readonly deadlines: Deadlines;
  readonly locks: WebLocks | undefined;
  readonly includeStack: boolean;
  readonly warn: (warning: Omit<PatternWarning, "type">) => void;
}

/** Answers the requests of one method: so many at a time, the others in their order. */
export class MethodHandler {
  readonly method: string;
  readonly id: string = randomId();
  readonly #handler: HandlerFunction;
  readonly #options: HandleOptions;
  readonly #world: HandlerWorld;
  readonly #concurrency: number;
  readonly #places: number;
  /** What waits or runs, by request. */
  readonly #open = new Map<string, IncomingRequest>();
  readonly #queue: Job[] = [];
  readonly #keys = new Keys();
  readonly #claims: Claims;
  #running = 0;
  #onIdle: (() => void) | undefined;

  constructor(
    method: string,
    handler: HandlerFunction,
    options: HandleOptions,
    world: HandlerWorld,
  ) {
    this.method = method;
    this.#handler = handler;
    this.#options = options;
    this.#world = world;
    this.#concurrency = options.concurrency ?? Number.POSITIVE_INFINITY;
    this.#places = options.queue ?? 1_000;
    this.#claims = new Claims(this.id, world.deadlines, world.locks, (request) =>
      this.#admit(request),
    );
  }

  /** Takes in a request. */
  readonly receive = (message: Message<RequestPayload>): void => {
    if (typeof message.payload?.requestId !== "string") {
      this.#warnOf(message);
      return;
    }
    const request = new IncomingRequest(message, this.method, this.#world.bus);
    if (this.#open.has(request.id)) return;
    if (message.payload.offers) {
      const load = this.#running + this.#queue.length;
      this.#claims.offer(request, load, this.#keys.get(request.key) !== undefined);
    } else this.#admit(request);
  };

  /** Takes in what the asker of a request says. */
  control(requestId: string, control: Control): void {
    this.#claims.control(requestId, control);
    const request = this.#open.get(requestId);
    const job = request?.job;
    if (!job || control.type !== "cancel") return;
    this.#open.delete(requestId);
    job.requests.splice(job.requests.indexOf(request), 1);
    if (job.requests.length > 0) return;
    job.abort(reviveError(readFailure(control.failure, "The request was given up.")));
    const place = this.#queue.indexOf(job);
    if (place >= 0) {
      this.#queue.splice(place, 1);
      this.#keys.forget(job);
    }
    this.#checkIdle();
  }

  /** Calls a function once nobody waits for it. */
  whenIdle(fn: () => void): void {
    this.#onIdle = () => {
      this.#claims.dispose();
      fn();
    };
    this.#checkIdle();
  }

  /** Tells those who wait that nothing will come, and aborts what runs. */
  dispose(): void {
    const error = new HandlerGoneError(this.method);
    this.#queue.length = 0;
    for (const { job } of this.#open.values()) {
      job?.answer(toFailed(error));
      job?.abort(error);
    }
    this.#open.clear();
    this.#claims.dispose();
  }

  #admit(request: IncomingRequest): void {
    const known = this.#keys.get(request.key);
    const isBusy = this.#running >= this.#concurrency;
    if (known && "status" in known) request.answer(known);
    else if (known) this.#join(request, known);
    else if (isBusy && this.#queue.length >= this.#places) {
      request.answer(toFailed(new QueueFullError(this.method, this.#places)));
    } else {
      const job = new Job(request);
      this.#join(request, job);
      this.#keys.begin(job);
      if (isBusy) this.#queue.push(job);
      else this.#start(job);
    }
  }

  #join(request: IncomingRequest, job: Job): void {
    request.job = job;
    job.requests.push(request);
    this.#open.set(request.id, request);
  }

  #start(job: Job): void {
    this.#running += 1;
    const { params } = job.message.payload;
    const isChecked = this.#options.params ?? this.#options.result;
    let result: unknown;
    try {
      result = isChecked ? this.#runChecked(params, job) : this.#handler(params, job);
    } catch (thrown) {
      this.#fail(job, thrown);
      return;
    }
    if (typeof (result as PromiseLike<unknown> | undefined)?.then === "function") {
      (result as PromiseLike<unknown>).then(
        (value) => this.#finish(job, { status: "ok", result: value }),
        (thrown) => this.#fail(job, thrown),
      );
    } else this.#finish(job, { status: "ok", result });
  }

  async #runChecked(params: unknown, job: Job): Promise<unknown> {
    const { method } = this;
    const checked = await validate(this.#options.params, "params", method, params);
    const result = await this.#handler(checked, job);
    return validate(this.#options.result, "result", method, result);
  }

  #fail(job: Job, thrown: unknown): void {
    this.#finish(job, toFailed(thrown, this.#world.includeStack));
  }

  #finish(job: Job, answer: AnswerPayload): void {
    this.#running -= 1;
    this.#keys.end(job, answer);
    for (const { id } of job.requests) this.#open.delete(id);
    job.answer(answer);
    const next = this.#queue.shift();
    if (next) this.#start(next);
    this.#checkIdle();
  }

  #warnOf(message: Message): void {
    this.#world.warn({
      code: "INVALID_REQUEST",
      message: `A message of "${message.topic}" is no request: it has no requestId. Ask by request(), or publish { requestId, params }.`,
      details: message,
    });
  }

  #checkIdle(): void {
    if (this.#open.size === 0) this.#onIdle?.();
  }
}
