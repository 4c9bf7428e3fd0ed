import { Listeners } from "../links/listeners.js";
import type { Unsubscribe } from "../types.js";
import type { MayEnd } from "./ending.js";

const LAST_WORDS = Symbol.for("@pubsub-mfe/last-words");

/** Those who are told at the beginning of an end, while what they publish is still carried. */
export class LastWords {
  readonly #listeners: Listeners<unknown>;
  #isOver = false;

  /** @param bus - a bus or a scope */
  constructor(bus: object, onFailure: (thrown: unknown) => void) {
    this.#listeners = new Listeners(onFailure);
    Object.defineProperty(bus, LAST_WORDS, {
      value: (fn: (reason: unknown) => void) => this.#listeners.add(fn),
    });
  }

  /** @returns whether it is the first time: an end that has begun must not begin again */
  begin(reason: unknown): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#listeners.tell(reason);
    this.#listeners.clear();
    return true;
  }
}

/**
 * Calls a function when a bus, or a scope, begins to end: what it publishes there is still carried,
 * whereas once the `signal` has aborted nothing is.
 *
 * @param bus - one that is not of this package tells by its `signal`, if it has one
 * @param fn - receives what the signal will abort with
 * @returns leaves no listener behind
 */
export function onEnding(bus: MayEnd, fn: (reason: unknown) => void): Unsubscribe {
  const listen = (bus as { [LAST_WORDS]?: (fn: (reason: unknown) => void) => Unsubscribe })[
    LAST_WORDS
  ];
  if (listen) return listen(fn);
  const { signal } = bus;
  const tell = (): void => fn(signal?.reason);
  signal?.addEventListener("abort", tell);
  return () => signal?.removeEventListener("abort", tell);
}
