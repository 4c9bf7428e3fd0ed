import type { Message } from "@pubsub-mfe/core";
import { isFromElsewhere } from "../shared/from-elsewhere.js";
import type { PatternBus } from "../shared/pattern-bus.js";
import { sameParams } from "../shared/same-params.js";
import { countOf, tellFree } from "./wire.js";

/** An ask that waits for an answer which does not say whose it is. */
export interface LineAsk {
  readonly bus: PatternBus;
  readonly source: string;
  readonly id: string;
  readonly params: unknown;
  readonly isClosed: boolean;
  /** On one scale for all asks of a bus, in milliseconds. */
  now(): number;
  /** How long its answer may still come when it gives up now, in milliseconds. */
  restMs(): number;
  /**
   * It waits for its turn, and hears for all who do: of answers, and when the turn of another copy is
   * over. @returns whether it can
   */
  wait(onFree: (message: Message) => void): boolean;
  /** It waits no longer, and hears of answers that are published from now on. @returns whether it can */
  take(): boolean;
  /** @returns whether the bus carried it; if not, the ask has ended */
  publish(): boolean;
  answer(message: Message): void;
  /** It listens on for a late answer, until its Aggregator ends. */
  linger(): void;
  /** Calls a function unless the ask has been closed. */
  callIn(delayMs: number, fn: () => void): void;
  /** It hears of nothing any more. */
  close(): void;
}

/** Who may still get an answer. One of another copy which ended is known by its id alone. */
type Owed = Pick<LineAsk, "id" | "isClosed" | "close">;

/**
 * Finds out whose the answers of one source are that do not say it: asks with the same params share
 * an answer, those with others take turns.
 */
export class Line {
  /** Those that were published and have no answer, and until when one may come. */
  readonly #owed = new Map<Owed, number>();
  /** Those whose turn it is, all with the same params. */
  readonly #members = new Set<LineAsk>();
  readonly #waiting = new Set<LineAsk>();
  readonly #onIdle: () => void;
  /** The first of those who wait, which hears for all of them. */
  #ears: LineAsk | undefined;
  #params: unknown;
  #isTaken = false;
  /** Several asks hear each message. */
  #lastHeard: string | undefined;

  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  enter(ask: LineAsk): void {
    this.#waiting.add(ask);
    if (this.#members.size > 0 && sameParams(ask.params, this.#params)) this.#admit(ask);
    this.#advance(ask);
  }

  /** @returns whether its answer may still come: then the source rests, and the ask listens on */
  leave(ask: LineAsk): boolean {
    this.#waiting.delete(ask);
    this.#members.delete(ask);
    const isOwed = this.#owed.has(ask);
    if (isOwed) this.#rest(ask);
    else ask.close();
    this.#advance(ask);
    return isOwed;
  }

  /** An ask that has left does not listen on either: other copies learn for how long they have to. */
  abandon(ask: LineAsk): void {
    const untilMs = this.#owed.get(ask);
    ask.close();
    if (untilMs === undefined) return;
    tellFree(ask, this.#ears ? 1 : 0, { id: ask.id, restMs: untilMs - ask.now() });
  }

  hear(message: Message, by: LineAsk): void {
    if (message.id === this.#lastHeard || isFromElsewhere(message)) return;
    const asked = this.#owedBy(message.meta?.correlationId, this.#waiting.has(by));
    if (!asked) {
      // It may end the turn of another copy, which tells of it unless it has been disposed.
      this.#advance(by);
      return;
    }
    this.#lastHeard = message.id;
    this.#owed.delete(asked);
    if (!this.#members.has(asked as LineAsk)) asked.close();
    for (const member of this.#members) {
      member.answer(message);
      // The answer of an earlier ask with the same params has served; its own is still to come.
      if (this.#owed.has(member)) this.#rest(member);
      else member.close();
    }
    this.#members.clear();
    this.#advance(by);
  }

  /**
   * An answer without an id is put down to the oldest: all have the same params. Who waits has
   * listened for longer than those before it, and speaks for the deaf alone.
   */
  #owedBy(id: string | undefined, isForDeaf: boolean): Owed | undefined {
    for (const ask of this.#owed.keys()) {
      if ((id === undefined || ask.id === id) && (ask.isClosed || !isForDeaf)) return ask;
    }
    return undefined;
  }

  #hearFree({ meta }: Message, by: LineAsk): void {
    const { restMs, correlationId: id } = meta ?? {};
    if (typeof restMs === "number" && id !== undefined && !this.#owedBy(id, false)) {
      this.#owed.set({ id, isClosed: true, close: () => {} }, by.now() + restMs);
      this.#alarm(by, restMs);
    }
    this.#advance(by);
  }

  #rest(ask: LineAsk): void {
    const restMs = ask.restMs();
    this.#owed.set(ask, ask.now() + restMs);
    ask.linger();
    // Each has its own alarm: one of them may be closed before.
    for (const each of [ask, this.#ears]) this.#alarm(each, restMs);
  }

  #alarm(ask: LineAsk | undefined, delayMs: number): void {
    ask?.callIn(delayMs, () => this.#advance(ask));
  }

  #advance(by: LineAsk): void {
    for (const [ask, untilMs] of this.#owed) {
      if (untilMs > by.now()) continue;
      this.#owed.delete(ask);
      ask.close();
    }
    let isFirst = true;
    let hasBegun = false;
    for (const ask of this.#waiting) {
      if (this.#admits(ask, isFirst)) {
        this.#admit(ask);
        hasBegun = true;
      } else if (hasBegun) isFirst = false;
      // All others have been looked at when the turn began, or when they came.
      else break;
    }
    this.#listen();
    if (!this.#isIdle) return;
    if (this.#isTaken) tellFree(by, this.#ears ? 1 : 0);
    this.#isTaken = false;
    if (this.#waiting.size === 0) this.#onIdle();
  }

  /** If each who waits heard each message, many of them would be slow. */
  #listen(): void {
    for (const ask of this.#waiting) {
      if (ask === this.#ears) return;
      this.#ears = ask;
      if (ask.wait((message) => this.#hearFree(message, ask))) {
        for (const untilMs of this.#owed.values()) {
          if (untilMs < Number.POSITIVE_INFINITY) this.#alarm(ask, untilMs - ask.now());
        }
        return;
      }
      this.#waiting.delete(ask);
    }
    this.#ears = undefined;
  }

  get #isIdle(): boolean {
    return this.#owed.size === 0 && this.#members.size === 0;
  }

  #admits(ask: LineAsk, isFirst: boolean): boolean {
    // Another copy of this package may have the turn: it is subscribed for as long.
    if (this.#isIdle) return !countOf(ask.bus, ask.source, "turn");
    // While the source rests nobody overtakes: who asks the same again and again would keep all others out.
    return sameParams(ask.params, this.#params) && (isFirst || this.#members.size > 0);
  }

  #admit(ask: LineAsk): void {
    this.#waiting.delete(ask);
    if (!ask.take()) return;
    this.#params = ask.params;
    this.#isTaken = true;
    // What only those asked who gave up may have been lost: then it is asked again.
    const isAsked = [...this.#members].some((member) => this.#owed.has(member));
    this.#members.add(ask);
    if (isAsked) return;
    this.#owed.set(ask, Number.POSITIVE_INFINITY);
    if (ask.publish()) return;
    this.#owed.delete(ask);
    this.#members.delete(ask);
  }
}

/** Where a bus says what it is: a scope says the same as its bus. */
const IDENTITY = Symbol.for("@pubsub-mfe/inspect");

const linesByBus = new WeakMap<object, Map<string, Line>>();

/** The line of a source, which all askers on one bus share. */
export function lineOf(bus: PatternBus, source: string): Line {
  const identity = (bus as { readonly [IDENTITY]?: object })[IDENTITY] ?? bus;
  const lines = linesByBus.get(identity) ?? new Map<string, Line>();
  linesByBus.set(identity, lines);
  const known = lines.get(source);
  if (known) return known;
  const line = new Line(() => lines.delete(source));
  lines.set(source, line);
  return line;
}
