import type { Clock, Message, Unsubscribe } from "@pubsub-mfe/core";
import type { Deadlines } from "../shared/deadlines.js";
import { toFailure } from "../shared/failure.js";
import { isFromElsewhere } from "../shared/from-elsewhere.js";
import { IN_PAGE, type PatternBus } from "../shared/pattern-bus.js";
import { publishAsk } from "../shared/publish.js";
import { copyParams } from "../shared/same-params.js";
import { tell } from "../shared/tell.js";
import type { PatternWarning } from "../shared/warning.js";
import { type Line, type LineAsk, lineOf } from "./line.js";
import { type Lives, onEnd } from "./on-end.js";
import type { SourceOutcome } from "./outcome.js";
import { countOf, type Leg, listen, readAnswer, topicOf } from "./wire.js";

/** A late answer is waited for so long at most, in milliseconds: nobody knows whether it comes. */
const LONGEST_REST_MS = 60_000;

/** What asks of one Aggregator share. */
export interface AskContext extends Lives {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  createId(): string;
  warn(warning: PatternWarning): void;
}

/** What is asked of one source. */
export interface AskSpec {
  readonly source: string;
  readonly params: unknown;
  readonly timeoutMs: number;
  /** How long to wait for somebody who answers; the timeout counts from then on. */
  readonly responderMs: number;
}

/** One ask of one source. */
export class Ask implements LineAsk {
  readonly bus: PatternBus;
  readonly source: string;
  readonly id: string;
  params: unknown;
  readonly #context: AskContext;
  readonly #timeoutMs: number;
  readonly #responderMs: number;
  readonly #settle: (outcome: SourceOutcome) => void;
  /** What ends with the wait for its turn, and what with the ask. */
  readonly #waitEnds: Unsubscribe[] = [];
  readonly #ends: Unsubscribe[] = [];
  /** Set while nobody knows what comes of it. */
  #isOpen = true;
  #isClosed = false;
  #line: Line | undefined;
  #publishedMs: number | undefined;

  constructor(context: AskContext, spec: AskSpec, settle: (outcome: SourceOutcome) => void) {
    this.bus = context.bus;
    this.source = spec.source;
    this.params = spec.params;
    this.id = context.createId();
    this.#context = context;
    this.#timeoutMs = spec.timeoutMs;
    this.#responderMs = spec.responderMs;
    this.#settle = settle;
  }

  start(): void {
    // Whoever is told of subscriptions may have given it up before its turn to start.
    if (!this.#isOpen) return;
    if (countOf(this.bus, this.source, "request") !== 0) this.#begin();
    else if (this.#responderMs > 0) this.#attempt(() => this.#waitForResponder());
    else this.#end({ status: "no-responder" });
  }

  #waitForResponder(): void {
    const ends: Unsubscribe[] = [];
    const look = (isLast: boolean): void => {
      const isThere = countOf(this.bus, this.source, "request") !== 0;
      if (!isThere && !isLast) return;
      for (const end of ends.splice(0)) end();
      if (isThere) this.#begin();
      else this.#end({ status: "no-responder" });
    };
    const topic = topicOf(this.source, "request");
    const unlisten = this.bus.onSubscriptionsChange?.((pattern) => {
      if (pattern === topic) look(false);
    });
    if (unlisten) ends.push(unlisten);
    ends.push(this.callIn(this.#responderMs, () => look(true)));
    this.#keep(() => {
      for (const end of ends.splice(0)) end();
    });
  }

  #begin(): void {
    const { bus, source } = this;
    const hasStarted = this.#attempt(() => {
      this.callIn(this.#timeoutMs, () => this.leave());
      if (countOf(bus, source, "cancel")) {
        this.#keep(this.#listen("response"));
        this.#keep(this.#listen("gone", (message) => this.#hearOfStop(message)));
        if (this.#isOpen) this.publish();
      } else {
        this.params = copyParams(this.params);
        this.#line = lineOf(bus, source);
        this.#line.enter(this);
      }
    });
    if (!hasStarted) this.#line?.leave(this);
  }

  /**
   * Gives up waiting; as a timeout, for whoever still listens.
   *
   * @param reason - why, where it was not the timeout
   */
  leave(reason?: unknown): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#line) {
      if (this.#line.leave(this)) this.#warnOfRest();
    } else {
      this.close();
      if (this.#publishedMs !== undefined) {
        const meta = reason === undefined ? undefined : { failure: toFailure(reason) };
        const options = { ...IN_PAGE, correlationId: this.id, meta };
        tell(this.bus, topicOf(this.source, "cancel"), undefined, options);
      }
    }
    this.#settle({ status: "timeout" });
  }

  /** Gives up, and does not wait for a late answer either. */
  dispose(): void {
    this.leave();
    this.#line?.abandon(this);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  now(): number {
    return this.#context.clock.monotonic();
  }

  restMs(): number {
    const lateMs = (this.#publishedMs ?? 0) + 2 * this.#timeoutMs - this.now();
    return Math.min(lateMs, LONGEST_REST_MS);
  }

  wait(onFree: (message: Message) => void): boolean {
    return this.#attempt(() => {
      this.#keep(this.#listen("response"), this.#waitEnds);
      this.#keep(this.#listen("free", onFree), this.#waitEnds);
    });
  }

  take(): boolean {
    const hasTaken = this.#attempt(() => {
      for (const end of this.#waitEnds.splice(0)) end();
      this.#keep(this.#listen("response"));
      this.#keep(this.#listen("turn", () => {}));
    });
    return hasTaken && !this.#isClosed;
  }

  publish(): boolean {
    this.#publishedMs = this.now();
    return this.#attempt(() => {
      const options = { ...IN_PAGE, correlationId: this.id };
      publishAsk(this.bus, topicOf(this.source, "request"), this.params, options);
    });
  }

  answer(message: Message): void {
    this.#isOpen = false;
    this.#settle(readAnswer(message));
  }

  linger(): void {
    this.#keep(onEnd(this.#context, () => this.dispose()));
  }

  callIn(delayMs: number, fn: () => void): Unsubscribe {
    const { deadlines } = this.#context;
    const deadline = deadlines.add(delayMs, fn);
    const end = (): void => deadlines.remove(deadline);
    this.#keep(end);
    return end;
  }

  close(): void {
    this.#isClosed = true;
    for (const end of [...this.#waitEnds.splice(0), ...this.#ends.splice(0)]) end();
  }

  /** It may have been closed by whoever is told of a subscription, while that was made. */
  #keep(end: Unsubscribe, ends = this.#ends): void {
    if (this.#isClosed) end();
    else ends.push(end);
  }

  #listen(leg: Leg, handler = (message: Message) => this.#hear(message)): Unsubscribe {
    return listen(this.bus, this.source, leg, handler);
  }

  #hear(message: Message): void {
    if (this.#line) this.#line.hear(message, this);
    else if (message.meta?.correlationId === this.id && !isFromElsewhere(message)) {
      this.close();
      this.answer(message);
    }
  }

  /** What the responder has not heard of by then, it never will. */
  #hearOfStop(message: Message): void {
    const answering = message.payload?.answering;
    if (!Array.isArray(answering) || answering.includes(this.id)) return;
    if (!isFromElsewhere(message)) this.#end({ status: "no-responder" });
  }

  /** @returns whether it worked; if not, that is what came of the ask */
  #attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.#end({ status: "error", error });
      return false;
    }
  }

  #end(outcome: SourceOutcome): void {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    this.close();
    if (wasOpen) this.#settle(outcome);
  }

  #warnOfRest(): void {
    const { source, id } = this;
    const restMs = this.restMs();
    this.#context.warn({
      type: "warning",
      code: "SOURCE_RESTS",
      message: `An ask of "${source}" was given up, and the answers of this source do not say whose they are: until the late one comes, for ${restMs} ms at most, other asks wait. A source that answers by respond() can be asked at any time.`,
      details: { source, restMs, correlationId: id },
    });
  }
}
