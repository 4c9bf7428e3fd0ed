import type { Handler, Message, PubSubBus, Unsubscribe } from "../types.js";

/** What the bus and its model have in common. */
export interface MinimalBus {
  subscribe(pattern: string, handler: Handler, options: { signal: AbortSignal }): Unsubscribe;
  publish(...args: Parameters<PubSubBus["publish"]>): unknown;
}

interface ModelSubscription {
  readonly matches: (topic: string) => boolean;
  readonly handler: Handler;
  active: boolean;
}

/** A bus as simple as can be, to compare the real one with. */
export class ModelBus implements MinimalBus {
  readonly #subscriptions: ModelSubscription[] = [];
  readonly #queue: { message: Message; to: ModelSubscription[] }[] = [];

  subscribe(pattern: string, handler: Handler, { signal }: { signal: AbortSignal }): Unsubscribe {
    const subscription = { matches: createMatcher(pattern), handler, active: !signal.aborted };
    this.#subscriptions.push(subscription);
    const end = (): void => {
      subscription.active = false;
    };
    signal.addEventListener("abort", end);
    return end;
  }

  publish(topic: string, payload: unknown): void {
    const to = this.#subscriptions.filter(({ active, matches }) => active && matches(topic));
    this.#queue.push({ message: { id: "", ts: 0, topic, payload }, to });
  }

  /** Delivers until nothing is left. */
  drain(): void {
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      for (const subscription of next.to) {
        try {
          if (subscription.active) subscription.handler(next.message);
        } catch {
          // A handler that fails changes nothing for the others.
        }
      }
    }
  }
}

/** Says with a regular expression what a pattern matches. */
export function createMatcher(pattern: string): (topic: string) => boolean {
  const source = pattern.split(".").map((segment) => {
    if (segment === "+") return "\\.[^.]+";
    return segment === "#" ? "(\\.[^.]+)*" : `\\.${segment}`;
  });
  const expression = new RegExp(`^${source.join("")}$`);
  // With a dot before it every segment of the topic begins alike.
  return (topic) => expression.test(`.${topic}`);
}
