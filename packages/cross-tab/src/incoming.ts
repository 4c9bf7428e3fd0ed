import type { Clock, Message, Unsubscribe } from "@pubsub-mfe/core";

/** How far ahead of what was delivered a message may wait; what is beyond is asked for in its turn. */
const WINDOW = 1_024;
/** How long each of several answers is waited for, in milliseconds; then what is missing is given up. */
const PATIENCE_MS: readonly number[] = [200, 600, 1_800];

/** What the messages of one publisher are delivered by. */
export interface IncomingContext {
  readonly clock: Clock;
  deliver(message: Message): void;
  onDuplicate(): void;
  /** A message is here that had been asked for. */
  onRepaired(): void;
  /** Asks the publisher where this tab came in. */
  askBase(): void;
  /** Asks the publisher for messages again. */
  ask(from: number, to: number): void;
  /** These are lost, or cannot be had now. */
  onGap(from: number, to: number): void;
}

/** Why messages come. */
export interface Arrival {
  /** Whether they are sent again; live ones were sent after this tab began to listen. */
  readonly isResent: boolean;
  /** Whether somebody else asked for them. */
  readonly isForOthers: boolean;
}

/**
 * What one publisher sends, as this tab receives it: in the order of its numbers, each once. What is
 * missing is asked for; what came after it waits.
 */
export class Incoming {
  readonly #context: IncomingContext;
  /** The number that was delivered, or given up, last; unknown until it is known where this tab came in. */
  #last: number | undefined;
  /** Where this tab came in, as it had to assume without an answer; 0 once it knows. */
  #assumed = 0;
  /** How far the publisher has come, as far as is known. */
  #end = 0;
  /** What came too early. */
  readonly #waiting = new Map<number, Message>();
  /** Up to where missing messages were told. */
  #toldTo = 0;
  #askedTo = 0;
  /** How many were asked since the last answer that was of use. */
  #questions = 0;
  #cancelPatience: Unsubscribe | undefined;
  #disposed = false;

  constructor(context: IncomingContext) {
    this.#context = context;
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
      this.#assumed = 0;
    }
    this.#goOn();
  }

  /**
   * The publisher has come so far.
   *
   * @param asked - the last number that this tab had asked for, where this is the answer
   */
  learnEnd(end: number, asked = 0): void {
    if (end < asked) {
      // There never were as many: a number that led to the question was made up.
      this.#end = end;
      for (const n of this.#waiting.keys()) if (n > asked) this.#waiting.delete(n);
    } else {
      this.#end = Math.max(this.#end, end);
    }
    // It can be reached again: was it right?
    if (this.#assumed > 0) this.#context.askBase();
    this.#goOn();
  }

  /** The publisher no longer has these. */
  learnLost(from: number, to: number): void {
    if (this.#last === undefined || this.#isComplete()) return;
    const next = this.#last + 1;
    if (from > next || to < next) return;
    this.#giveUp(Math.min(to, this.#lastMissing()));
    this.#goOn();
  }

  dispose(): void {
    this.#disposed = true;
    this.#stopAsking();
    this.#waiting.clear();
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
    this.#questions = 0;
    this.#context.deliver(message);
  }

  /** Delivers what is due, and sees to what is missing. */
  #goOn(): void {
    this.#deliverDue();
    if (this.#disposed) return;
    if (this.#isComplete()) {
      this.#stopAsking();
    } else if (!this.#cancelPatience || this.#isAnswered()) {
      this.#questions = 0;
      this.#ask();
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

  #ask(): void {
    this.#cancelPatience?.();
    const patienceMs = PATIENCE_MS[this.#questions];
    if (patienceMs === undefined) {
      this.#endWaiting();
      return;
    }
    this.#questions += 1;
    // Before the question: a transport may answer at once.
    this.#cancelPatience = this.#context.clock.setTimer(() => this.#ask(), patienceMs);
    if (this.#last === undefined) {
      this.#askedTo = 0;
      this.#context.askBase();
    } else {
      this.#askedTo = Math.min(this.#lastMissing(), this.#last + WINDOW);
      this.#context.ask(this.#last + 1, this.#askedTo);
    }
  }

  /** Nobody answers: tells everything that is missing, and delivers what is not. */
  #endWaiting(): void {
    this.#stopAsking();
    if (this.#last === undefined) {
      // As far as anybody can tell, this tab came in here.
      this.#last = Math.min(this.#firstWaiting() - 1, this.#end || Number.POSITIVE_INFINITY);
      this.#assumed = this.#last;
    }
    this.#deliverDue();
    while (this.#waiting.size > 0) {
      this.#giveUp(this.#firstWaiting() - 1);
      this.#deliverDue();
    }
    // Not passed, for nothing is held that comes after them: they may still come, should it be back.
    this.#tellGap(this.#last + 1, this.#end);
    this.#end = this.#last;
  }

  #stopAsking(): void {
    this.#cancelPatience?.();
    this.#cancelPatience = undefined;
    this.#questions = 0;
  }

  #giveUp(to: number): void {
    this.#tellGap((this.#last as number) + 1, to);
    this.#last = to;
    this.#questions = 0;
  }

  #tellGap(from: number, to: number): void {
    const first = Math.max(from, this.#toldTo + 1);
    if (first > to) return;
    this.#toldTo = to;
    this.#context.onGap(first, to);
  }

  #isComplete(): boolean {
    return this.#waiting.size === 0 && this.#end <= (this.#last ?? 0);
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
