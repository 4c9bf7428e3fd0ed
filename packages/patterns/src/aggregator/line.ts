import type { Message } from "@pubsub-mfe/core";
import type { PatternBus } from "../shared/pattern-bus.js";
import { sameParams } from "../shared/same-params.js";
import { countOf, isFromElsewhere, tellFree } from "./wire.js";

/** An ask that waits for an answer which does not say whose it is. */
export interface LineAsk {
  readonly bus: PatternBus;
  readonly source: string;
  readonly id: string;
  readonly params: unknown;
  /** On one scale for all asks of a bus, in milliseconds. */
  now(): number;
  /** How long its answer may still come when it gives up now, in milliseconds. */
  restMs(): number;
  /** It waits for its turn, and is called when another one's is over. */
  wait(onFree: () => void): void;
  /** It waits no longer: the turn is its own. @returns whether it goes on */
  take(): boolean;
  /** @returns whether the bus carried it; if not, the ask has ended */
  publish(): boolean;
  answer(message: Message): void;
  /** Calls a function unless the ask has been closed. */
  callIn(delayMs: number, fn: () => void): void;
  /** It hears of nothing any more. */
  close(): void;
}

/**
 * Finds out whose the answers of one source are that do not say it: asks with the same params share
 * an answer, those with others take turns.
 */
export class Line {
  /** Those that were published and have no answer, and until when one may come. */
  readonly #owed = new Map<LineAsk, number>();
  /** Those whose turn it is, all with the same params. */
  readonly #members = new Set<LineAsk>();
  readonly #waiting = new Set<LineAsk>();
  readonly #onIdle: () => void;
  #params: unknown;
  #isTaken = false;
  /** Each ask hears each message. */
  #lastHeard: string | undefined;

  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  enter(ask: LineAsk): void {
    this.#waiting.add(ask);
    const advance = (): void => this.#advance(ask);
    ask.wait(advance);
    for (const untilMs of this.#owed.values()) {
      if (untilMs < Number.POSITIVE_INFINITY) ask.callIn(untilMs - ask.now(), advance);
    }
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

  hear(message: Message, by: LineAsk): void {
    if (message.id === this.#lastHeard || isFromElsewhere(message)) return;
    const asked = this.#askOf(message.meta?.correlationId);
    if (!asked) return;
    this.#lastHeard = message.id;
    this.#owed.delete(asked);
    if (!this.#members.has(asked)) asked.close();
    for (const member of this.#members) {
      member.answer(message);
      // The answer of an earlier ask with the same params has served; its own is still to come.
      if (this.#owed.has(member)) this.#rest(member);
      else member.close();
    }
    this.#members.clear();
    this.#advance(by);
  }

  /** An answer without an id is that of the oldest: a responder answers in order, if it does at all. */
  #askOf(id: string | undefined): LineAsk | undefined {
    for (const ask of this.#owed.keys()) if (id === undefined || ask.id === id) return ask;
    return undefined;
  }

  #rest(ask: LineAsk): void {
    const restMs = ask.restMs();
    this.#owed.set(ask, ask.now() + restMs);
    // Each has its own alarm: any of them may be closed before.
    for (const each of [ask, ...this.#waiting]) {
      each.callIn(restMs, () => this.#advance(each));
    }
  }

  #advance(by: LineAsk): void {
    for (const [ask, untilMs] of this.#owed) {
      if (untilMs > by.now()) continue;
      this.#owed.delete(ask);
      ask.close();
    }
    let isFirst = true;
    for (const ask of [...this.#waiting]) {
      if (this.#admits(ask, isFirst)) this.#admit(ask);
      else isFirst = false;
    }
    if (!this.#isIdle) return;
    if (this.#isTaken) tellFree(by, this.#waiting.size);
    this.#isTaken = false;
    if (this.#waiting.size === 0) this.#onIdle();
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
