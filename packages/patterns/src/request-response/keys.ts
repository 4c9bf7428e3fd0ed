import type { Job } from "./job.js";
import type { AnswerPayload } from "./wire.js";

/** So many keys are remembered by a handler. */
const MOST_KEYS = 1_000;

/** What a handler knows of the keys of its requests: the run that is under way, or what came of it. */
export class Keys {
  readonly #known = new Map<string, Job | AnswerPayload>();

  get(key: string | undefined): Job | AnswerPayload | undefined {
    return key === undefined ? undefined : this.#known.get(key);
  }

  begin(job: Job): void {
    if (job.key === undefined) return;
    this.#known.set(job.key, job);
    if (this.#known.size <= MOST_KEYS) return;
    // The oldest that has ended: what is under way must not be run twice.
    for (const [oldest, known] of this.#known) {
      if ("status" in known) {
        this.#known.delete(oldest);
        return;
      }
    }
  }

  /** It never ran. */
  forget(job: Job): void {
    if (job.key !== undefined) this.#known.delete(job.key);
  }

  /** Of what failed, the next request runs again. */
  end(job: Job, answer: AnswerPayload): void {
    this.forget(job);
    if (job.key !== undefined && answer.status === "ok") this.#known.set(job.key, answer);
  }
}
