import { copyParams, sameParams } from "../shared/same-params.js";
import type { IncomingRequest } from "./incoming-request.js";
import type { Job } from "./job.js";
import type { AnswerPayload } from "./wire.js";

/** So many keys are remembered by a handler. */
const MOST_KEYS = 1_000;

/** What is known of a key: the run that is under way, or what came of it. */
interface Known {
  readonly params: unknown;
  readonly job?: Job;
  readonly answer?: AnswerPayload;
}

/** What a handler knows of the keys of its requests. */
export class Keys {
  readonly #known = new Map<string, Known>();

  get({ key }: IncomingRequest): Known | undefined {
    return key === undefined ? undefined : this.#known.get(key);
  }

  /** Whether it was used before for something else. */
  isReused(request: IncomingRequest): boolean {
    const known = this.get(request);
    return known !== undefined && !sameParams(known.params, request.params);
  }

  begin(job: Job, { params }: IncomingRequest): void {
    if (job.key !== undefined) this.#known.set(job.key, { params: copyParams(params), job });
  }

  /** It never ran. */
  forget({ key }: Job): void {
    if (key !== undefined) this.#known.delete(key);
  }

  /** Of what failed, the next request runs again. */
  end({ key }: Job, answer: AnswerPayload): void {
    if (key === undefined) return;
    const known = this.#known.get(key);
    this.#known.delete(key);
    if (!known || answer.status !== "ok") return;
    this.#known.set(key, { params: known.params, answer });
    this.#trim();
  }

  /** The oldest that have ended go: what is under way must not be run twice. */
  #trim(): void {
    for (const [oldest, { answer }] of this.#known) {
      if (this.#known.size <= MOST_KEYS) return;
      if (answer) this.#known.delete(oldest);
    }
  }
}
