import { ended, type Subscription } from "./subscription.js";

/** The subscriptions of one pattern, in the order in which they were made. */
export class Route {
  readonly pattern: string;
  readonly createdAt: number;
  /** Changed in place, so that whoever holds the list sees it; may hold some that have ended. */
  readonly subscriptions: Subscription[] = [];
  #endedCount = 0;
  /** How many count against `maxHandlersPerTopic`. */
  limitedCount = 0;

  constructor(pattern: string, createdAt: number) {
    this.pattern = pattern;
    this.createdAt = createdAt;
  }

  get size(): number {
    return this.subscriptions.length - this.#endedCount;
  }

  add(subscription: Subscription): void {
    this.subscriptions.push(subscription);
    if (!subscription.internal) this.limitedCount += 1;
  }

  /** Silences a subscription at once; its place in the list is freed by {@link compact}. */
  end(subscription: Subscription): void {
    subscription.active = false;
    subscription.handler = ended;
    this.#endedCount += 1;
    if (!subscription.internal) this.limitedCount -= 1;
  }

  /** Whether more than half of the list is dead: compacting then costs a constant per ending. */
  get needsCompaction(): boolean {
    return this.#endedCount * 2 > this.subscriptions.length;
  }

  compact(): void {
    let kept = 0;
    for (const subscription of this.subscriptions) {
      if (subscription.active) this.subscriptions[kept++] = subscription;
    }
    this.subscriptions.length = kept;
    this.#endedCount = 0;
  }
}
