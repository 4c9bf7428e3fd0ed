import type { Message } from "@pubsub-mfe/core";
import type { Arrival, IncomingContext } from "./incoming-context.js";
import { MissingNames } from "./missing-names.js";
import { Questions } from "./questions.js";

/** How far ahead of what was delivered a message may wait; what is beyond is asked for in its turn. */
const WINDOW = 1_024;

/**
 * What one publisher sends, as this tab receives it: in the order of its numbers, each once. What is
 * missing is asked for; what came after it waits.
 */
export class Incoming {
  readonly #context: IncomingContext;
  readonly #questions: Questions;
  /** The number that was delivered, or given up, last; unknown until it is known where this tab came in. */
  #last: number | undefined;
  /** When the message was published that was delivered last. */
  #lastMs: number | undefined;
  /** Where this tab came in, as it had to assume without an answer; 0 once it knows. */
  #assumed = 0;
  /** How far the publisher has come, as far as is known. */
  #end = 0;
  /** What came too early. */
  readonly #waiting = new Map<number, Message>();
  readonly #names: MissingNames;
  /** Up to where missing messages were told. */
  #toldTo = 0;
  #askedTo = 0;
  /** Up to where the publisher has none any more. */
  #lostTo = 0;
  /** For whom the log is read: one that is silent may speak up meanwhile. */
  #recovering: "silent" | "lost" | undefined;
  #disposed = false;

  constructor(context: IncomingContext) {
    this.#context = context;
    this.#names = new MissingNames((id) => context.onDone(id));
    this.#questions = new Questions({
      clock: context.clock,
      ask: (isAgain) => this.#ask(isAgain),
      giveUp: () => {
        const to = this.knownEnd;
        void this.#recover(true, (found) => this.#endWaiting(found, to));
      },
    });
  }

  /** The number of the last message that this tab knows of. */
  get knownEnd(): number {
    return Math.max(this.#end, this.#last ?? 0, ...this.#waiting.keys());
  }

  /** When the last message that was delivered was published. */
  get lastMs(): number | undefined {
    return this.#lastMs;
  }

  /** Whether nothing is known to be missing. */
  get isComplete(): boolean {
    return this.#waiting.size === 0 && this.#end <= (this.#last ?? 0);
  }

  receive(from: number, messages: readonly Message[], arrival: Arrival): void {
    // Who hears the first message live has been there from the beginning.
    if (from === 1 && !arrival.isResent) this.#last ??= 0;
    // What is sent again may be from before this tab listened.
    if (arrival.isResent && this.#last === undefined) return;
    for (const [index, message] of messages.entries()) {
      const n = from + index;
      if (!arrival.isForOthers || this.#isMissing(n)) this.#take(n, message, arrival.isResent);
    }
    this.#goOn();
  }

  /** @param base - the number of the last message from before this tab listened */
  learnBase(base: number): void {
    if (this.#last === undefined) {
      // What was heard live came after it, however late the question was.
      this.#last = Math.min(base, this.#firstWaiting() - 1);
    } else {
      if (base < this.#assumed) this.#context.onGap(base + 1, this.#assumed);
      // What others knew of it was from before this tab as well.
      else if (this.#assumed > 0)
        this.#last = Math.max(this.#last, Math.min(base, this.#firstWaiting() - 1));
      this.#assumed = 0;
    }
    this.#names.passTo(this.#last);
    this.#goOn();
  }

  /**
   * The publisher has come so far.
   *
   * @param asked - the last number that this tab had asked for, where this is the answer
   * @param isAnswer - whether somebody had asked: to ask back would have no end
   */
  learnEnd(end: number, asked = 0, isAnswer = false): void {
    if (end < asked) {
      // There never were as many: a number that led to the question was made up.
      this.#end = end;
      for (const n of this.#waiting.keys()) if (n > asked) this.#waiting.delete(n);
    } else {
      this.#end = Math.max(this.#end, end);
    }
    // It can be reached again: was it right?
    if (this.#assumed > 0 && !isAnswer) this.#context.askBase();
    this.#goOn();
  }

  /** Takes down what messages are called that the log may have, where they are missing. */
  learnNames(from: number, ids: readonly string[]): void {
    if (!this.#context.recover) return;
    for (const [index, id] of ids.entries()) this.#names.learn(from + index, id);
    if (this.#last !== undefined) this.#names.passTo(this.#last);
  }

  /** The publisher no longer has these. */
  learnLost(from: number, to: number): void {
    if (this.#last === undefined || this.isComplete) return;
    const next = this.#last + 1;
    if (from > next || to < next) return;
    this.#lostTo = Math.max(this.#lostTo, to);
    void this.#recover(false, (found) => {
      const numbers = this.#numbers();
      // What it still has it sends itself.
      this.#insert(found.filter(({ id }) => (numbers.get(id) ?? 0) <= this.#lostTo));
      this.#goTo(Math.min(this.#lostTo, this.#lastMissing()));
      this.#goOn();
    });
  }

  dispose(): void {
    this.#disposed = true;
    if (!this.isComplete)
      this.#tellGap((this.#last ?? this.#firstWaiting() - 1) + 1, this.knownEnd);
    this.#questions.stop();
    this.#waiting.clear();
    this.#names.clear();
  }

  #take(n: number, message: Message, isResent: boolean): void {
    const { onDuplicate, onRepaired } = this.#context;
    if ((this.#last !== undefined && n <= this.#last) || this.#waiting.has(n)) {
      onDuplicate();
      return;
    }
    const isNext = this.#last !== undefined && n === this.#last + 1;
    const fits = this.#waiting.size < WINDOW && n <= (this.#last ?? n) + WINDOW;
    if (!isNext && !fits) {
      this.#end = Math.max(this.#end, n);
      return;
    }
    if (isResent) onRepaired();
    // Sent only now: whatever was told of numbers behind it was not so.
    else this.#toldTo = Math.min(this.#toldTo, n - 1);
    if (isNext) this.#advance(message);
    else this.#waiting.set(n, message);
  }

  #advance(message: Message): void {
    this.#last = (this.#last as number) + 1;
    this.#names.forget(this.#last);
    this.#questions.hear();
    this.#deliver(message);
  }

  #deliver(message: Message): boolean {
    const { deliver, onDone } = this.#context;
    const isNew = deliver(message);
    if (isNew) this.#lastMs = message.ts;
    // What is refused, or was known, the log need not deliver either.
    const id: unknown = (message as Message | null)?.id;
    if (typeof id === "string") onDone(id);
    return isNew;
  }

  /** Delivers what is due, and sees to what is missing. */
  #goOn(): void {
    this.#deliverDue();
    if (this.#disposed) return;
    if (this.isComplete) {
      this.#questions.stop();
    } else if (this.#recovering !== "lost" && (!this.#questions.isOpen || this.#isAnswered())) {
      this.#questions.ask();
    }
  }

  #deliverDue(): void {
    while (this.#last !== undefined) {
      const message = this.#waiting.get(this.#last + 1);
      if (!message) return;
      this.#waiting.delete(this.#last + 1);
      this.#advance(message);
    }
  }

  #ask(isAgain: boolean): void {
    if (this.#last === undefined) {
      this.#askedTo = 0;
      this.#context.askBase();
    } else {
      this.#askedTo = Math.min(this.#lastMissing(), this.#last + WINDOW);
      this.#context.ask(this.#last + 1, this.#askedTo, isAgain);
    }
  }

  /** Has the log read first, where there is one; at once where there is none. */
  async #recover(isSilent: boolean, goOn: (found: readonly Message[]) => void): Promise<void> {
    const { recover } = this.#context;
    if (!recover) {
      goOn([]);
      return;
    }
    if (this.#recovering) return;
    this.#recovering = isSilent ? "silent" : "lost";
    this.#questions.stop();
    const { ids } = this.#names;
    const found = await recover({ ids, isSilent, sinceMs: this.#lastMs });
    this.#recovering = undefined;
    if (!this.#disposed) goOn(found);
  }

  /**
   * Nobody answers: delivers what there is, and tells everything that is missing.
   *
   * @param to - how far the publisher had come as far as was known; of what came since nobody was asked
   */
  #endWaiting(found: readonly Message[], to: number): void {
    if (this.#last === undefined) {
      // As far as anybody can tell, this tab came in here.
      const numbers = this.#numbers();
      const known = found.flatMap(({ id }) => numbers.get(id) ?? []);
      const first = Math.min(this.#firstWaiting(), ...known);
      this.#last = first === Number.POSITIVE_INFINITY ? this.#end : first - 1;
      this.#assumed = this.#last;
      this.#names.passTo(this.#last);
    }
    this.#insert(found);
    this.#goTo(Math.max(this.#last, ...[...this.#waiting.keys()].filter((n) => n <= to)));
    if (this.knownEnd <= to) {
      // Not passed, for nothing is held that comes after them: they may still come, should it be back.
      this.#tellGap(this.#last + 1, this.#end);
      this.#end = this.#last;
    }
    this.#goOn();
  }

  /** Delivers what the log has in its place among what waits. */
  #insert(found: readonly Message[]): void {
    const numbers = this.#numbers();
    for (const message of found) {
      const n = numbers.get(message.id);
      if (n === undefined) {
        // One of those that are missing next; which one is not known.
        if (this.#deliver(message)) this.#context.onRepaired();
      } else {
        this.#goTo(n - 1);
        // What waited is delivered.
        if (n <= (this.#last as number)) continue;
        this.#context.onRepaired();
        this.#advance(message);
        this.#deliverDue();
      }
    }
  }

  /** Delivers what waits until some number, and tells what is missing. */
  #goTo(to: number): void {
    for (this.#deliverDue(); (this.#last as number) < to; this.#deliverDue()) {
      const end = Math.min(to, this.#firstWaiting() - 1);
      this.#tellGap((this.#last as number) + 1, end);
      this.#last = end;
      this.#names.passTo(this.#last);
      this.#questions.hear();
    }
  }

  /** By id, of what waits and what is missing. */
  #numbers(): ReadonlyMap<string, number> {
    const numbers = this.#names.numbers();
    // Not checked yet: anything may wait.
    for (const [n, message] of this.#waiting)
      numbers.set((message as Message | null)?.id as string, n);
    return numbers;
  }

  #tellGap(from: number, to: number): void {
    const first = Math.max(from, this.#toldTo + 1);
    if (first > to) return;
    this.#toldTo = to;
    this.#context.onGap(first, to);
  }

  /** Whether all is here that was asked for last. */
  #isAnswered(): boolean {
    return this.#last !== undefined && this.#last >= this.#askedTo;
  }

  #isMissing(n: number): boolean {
    return n > (this.#last as number) && n <= this.#lastMissing() && !this.#waiting.has(n);
  }

  /** Where the first hole ends. */
  #lastMissing(): number {
    return this.#waiting.size > 0 ? this.#firstWaiting() - 1 : this.#end;
  }

  /** `Infinity` when none waits. */
  #firstWaiting(): number {
    return Math.min(...this.#waiting.keys());
  }
}
