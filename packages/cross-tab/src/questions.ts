import type { Clock, Unsubscribe } from "@pubsub-mfe/core";

/** How long each of several answers is waited for, in milliseconds; then nobody is asked any more. */
const PATIENCE_MS: readonly number[] = [200, 600, 1_800];

/** What asks, and what is done when nobody answers. */
export interface QuestionsContext {
  readonly clock: Clock;
  /** @param isAgain - whether it was asked before, without an answer that was of use */
  ask(isAgain: boolean): void;
  giveUp(): void;
}

/** Asks for what is missing, again when no answer comes, and gives up in the end. */
export class Questions {
  readonly #context: QuestionsContext;
  /** How many were asked since the last answer that was of use. */
  #asked = 0;
  #cancelPatience: Unsubscribe | undefined;

  constructor(context: QuestionsContext) {
    this.#context = context;
  }

  /** Whether an answer is waited for. */
  get isOpen(): boolean {
    return this.#cancelPatience !== undefined;
  }

  ask(): void {
    this.#asked = 0;
    this.#next();
  }

  /** There was an answer, or a part of it: patience begins anew with the next question. */
  hear(): void {
    this.#asked = 0;
  }

  stop(): void {
    this.#cancelPatience?.();
    this.#cancelPatience = undefined;
    this.#asked = 0;
  }

  #next(): void {
    const { clock, ask, giveUp } = this.#context;
    this.#cancelPatience?.();
    const patienceMs = PATIENCE_MS[this.#asked];
    if (patienceMs === undefined) {
      this.stop();
      giveUp();
      return;
    }
    this.#asked += 1;
    // Before the question: a transport may answer at once.
    this.#cancelPatience = clock.setTimer(() => this.#next(), patienceMs);
    ask(this.#asked > 1);
  }
}
