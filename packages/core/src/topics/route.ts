import type { Match, Version } from "./match-cache.js";
import { ended, type Subscription } from "./subscription.js";

/** The subscriptions of one pattern, in the order in which they were made. */
export class Route {
  readonly pattern: string;
  /** Of a pattern with wildcards: what is resolved with it depends on this. */
  readonly version: Version | undefined;
  /** When the first of its subscriptions was made. */
  createdAt = 0;
  /** Messages on their way hold it; may have some that have ended. */
  subscriptions: Subscription[] = [];
  /** Of an exact topic: the list with the subscriptions of wildcards that match it. */
  merged: Match | undefined;
  /** Whether it is among the router's retired ones. */
  retired = false;
  #endedCount = 0;
  /** How many count against `maxHandlersPerTopic`. */
  limitedCount = 0;

  constructor(pattern: string, version?: Version) {
    this.pattern = pattern;
    this.version = version;
  }

  get size(): number {
    return this.subscriptions.length - this.#endedCount;
  }

  add(subscription: Subscription): void {
    // A list has room for the one that it is made with; one that grows has room for 17.
    if (this.subscriptions.length === 0) this.subscriptions = [subscription];
    else if (this.size > 0) this.subscriptions.push(subscription);
    else {
      // A copy, as a literal would come to be allocated where only what lives long should be.
      this.subscriptions = this.subscriptions.slice();
      this.subscriptions[0] = subscription;
      this.#endedCount = 0;
    }
    if (!subscription.internal) this.limitedCount += 1;
  }

  /**
   * Silences a subscription at once. When more than half of the list is dead, the others get a new
   * one, which costs a constant per ending; whoever walks along the old one finds them there as well.
   *
   * @returns whether the list is a new one
   */
  end(subscription: Subscription): boolean {
    subscription.handler = ended;
    if (!subscription.internal) this.limitedCount -= 1;
    this.#endedCount += 1;
    const { length } = this.subscriptions;
    // One alone waits for its successor.
    if (length === 1 || this.#endedCount * 2 <= length) return false;
    this.subscriptions = this.subscriptions.filter(({ active }) => active);
    this.#endedCount = 0;
    return true;
  }
}
