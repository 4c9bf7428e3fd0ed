import type { Message, Unsubscribe } from "../types.js";

const TURN = Promise.resolve();

/** Takes the messages of one turn that may leave the page. */
export type TurnListener = (messages: readonly Message[]) => void;

/**
 * Collects the messages that may leave the page, and hands them over at the end of the turn. It asks
 * for a microtask of its own: the delivery queue may be waiting for a later task. Whoever delivers to
 * handlers hands over first, so that nothing a handler does to a payload leaves the page.
 */
export class Outbox {
  /** Each listener with the number of collected messages that came before it. */
  readonly #listeners = new Set<{ readonly take: TurnListener; from: number }>();
  readonly #onFailure: (thrown: unknown) => void;
  #messages: Message[] = [];

  constructor(onFailure: (thrown: unknown) => void) {
    this.#onFailure = onFailure;
  }

  listen(take: TurnListener): Unsubscribe {
    const listener = { take, from: this.#messages.length };
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      // Also for the turn that is being handed over right now.
      listener.from = Number.POSITIVE_INFINITY;
    };
  }

  add(message: Message): void {
    if (this.#listeners.size === 0) return;
    if (this.#messages.length === 0) void TURN.then(this.handOver);
    this.#messages.push(message);
  }

  readonly handOver = (): void => {
    if (this.#messages.length === 0) return;
    const messages = this.#messages;
    this.#messages = [];
    for (const listener of [...this.#listeners]) {
      const from = listener.from;
      listener.from = 0;
      if (from >= messages.length) continue;
      try {
        listener.take(from === 0 ? messages : messages.slice(from));
      } catch (thrown) {
        this.#onFailure(thrown);
      }
    }
  };

  clear(): void {
    this.#listeners.clear();
    this.#messages = [];
  }
}
