import type { Message, Untyped } from "@pubsub-mfe/core";
import type { WebLocks } from "@pubsub-mfe/core/locks";
import type { Deadlines } from "../shared/deadlines.js";
import { readFailure } from "../shared/failure.js";
import { randomId } from "../shared/random-id.js";
import { reviveError } from "../shared/travelled-errors.js";
import { Claims } from "./claims.js";
import { toFailed } from "./cloneable.js";
import { HandlerGoneError, KeyReusedError, QueueFullError } from "./errors.js";
import { IncomingRequest, type RequestHost } from "./incoming-request.js";
import { Job } from "./job.js";
import { Keys } from "./keys.js";
import type { HandleOptions, HandlerContext } from "./options.js";
import { validate } from "./validate.js";
import type { AnswerPayload, Control, RequestPayload } from "./wire.js";

export type HandlerFunction = (params: Untyped, context: HandlerContext) => unknown;

/** What the handlers of one object work with. */
export interface HandlerWorld extends RequestHost {
  readonly deadlines: Deadlines;
  readonly locks: WebLocks | undefined;
  readonly includeStack: boolean;
}

/** More than any number of runs: who has to wait comes after who runs at once. */
const BUSY = 1_000_000;

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
  #isStarting = false;
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
    const request = new IncomingRequest(message, this.method, this.#world);
    if (this.#open.has(request.id)) return;
    if (message.payload.offers) {
      this.#claims.offer(request, this.#load, this.#keys.get(request) !== undefined);
    } else this.#admit(request);
  };

  /** Takes in what the asker of a request says. */
  control(requestId: string, control: Control): void {
    this.#claims.control(requestId, control);
    const request = this.#open.get(requestId);
    if (!request || control.type !== "cancel") return;
    this.#open.delete(requestId);
    if (request.job) this.#leave(request, request.job, control);
    this.#checkIdle();
  }

  /** Of what it has been asked, and not answered. */
  get requestIds(): string[] {
    return [...this.#open.keys()];
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
    const open = [...this.#open.values()];
    this.#queue.length = 0;
    this.#open.clear();
    for (const request of open) request.answer(toFailed(error));
    for (const { job } of open) {
      job?.requests.splice(0);
      job?.abort(error);
    }
    this.#claims.dispose();
  }

  /** How soon it would run one more. */
  get #load(): number {
    if (this.#running < this.#concurrency) return this.#running;
    const waiting = this.#queue.length;
    return waiting < this.#places ? BUSY + waiting : Number.POSITIVE_INFINITY;
  }

  #admit(request: IncomingRequest): void {
    const { job, answer } = this.#keys.get(request) ?? {};
    if (this.#keys.isReused(request)) {
      request.answer(toFailed(new KeyReusedError(this.method, request.key as string)));
    } else if (answer) request.answer(answer);
    else if (job) this.#join(request, job);
    else if (this.#load === Number.POSITIVE_INFINITY) {
      request.answer(toFailed(new QueueFullError(this.method, this.#places)));
    } else {
      const begun = new Job(request);
      this.#join(request, begun);
      this.#keys.begin(begun, request);
      this.#claims.tellOfKey(request.key, this.#load);
      this.#queue.push(begun);
      this.#startNext();
    }
  }

  #join(request: IncomingRequest, job: Job): void {
    request.job = job;
    this.#open.set(request.id, request);
    if (job.isAborted) job.heirs.push(request);
    else job.requests.push(request);
  }

  /** The asker of a request waits no longer. */
  #leave(request: IncomingRequest, job: Job, control: Extract<Control, { type: "cancel" }>): void {
    for (const list of [job.requests, job.heirs]) {
      const place = list.indexOf(request);
      if (place >= 0) list.splice(place, 1);
    }
    if (job.requests.length > 0 || job.isAborted) return;
    const { failure, reason } = control;
    job.abort(reason ?? reviveError(readFailure(failure, "The request was given up.")));
    const place = this.#queue.indexOf(job);
    if (place < 0) return;
    this.#queue.splice(place, 1);
    this.#keys.forget(job);
  }

  /** A loop: what is answered at once would make a deep stack of calls. */
  #startNext(): void {
    if (this.#isStarting) return;
    this.#isStarting = true;
    while (this.#running < this.#concurrency) {
      const job = this.#queue.shift();
      if (!job) break;
      this.#start(job);
    }
    this.#isStarting = false;
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
    for (const heir of job.heirs.splice(0)) {
      this.#open.delete(heir.id);
      this.#admit(heir);
    }
    this.#startNext();
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
