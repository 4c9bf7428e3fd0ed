import type { Clock } from "../clock.js";
import type { Probe } from "../diagnostics/probe.js";
import type { Subscription } from "../topics/subscription.js";
import type { Message } from "../types.js";
import type { OnFailure } from "./isolation.js";
import { nextTask } from "./next-task.js";
import { TimeBudget } from "./time-budget.js";

const TURN = Promise.resolve();

/** A message on its way, and whom it was for when it was published. No literal, as a message. */
class Delivery {
  readonly message: Message;
  readonly subscriptions: readonly Subscription[];
  /** Subscriptions from this sequence on came after the message. */
  readonly cut: number;

  constructor(message: Message, subscriptions: readonly Subscription[], cut: number) {
    this.message = message;
    this.subscriptions = subscriptions;
    this.cut = cut;
  }
}

/** What the queue works with. */
export interface DeliveryContext {
  readonly clock: Clock;
  /** Runs before the handlers of a turn do. */
  readonly beforeHandlers: () => void;
  readonly onFailure: OnFailure;
  readonly probe: Probe;
  /** Learns that a message has reached all its handlers; without it no time is measured. */
  readonly onDelivered:
    | ((message: Message, handlerCount: number, durationMs: number) => void)
    | undefined;
}

/**
 * Delivers messages in the order they were published: in one microtask for all of a turn, and past
 * the time budget in later tasks. What handlers publish waits for the next microtask, so that
 * whoever sends messages elsewhere sees them before a handler does.
 */
export class DeliveryQueue {
  readonly #context: DeliveryContext;
  readonly #budget: TimeBudget;
  #scheduled = false;
  /** Of the turn in which something came and nothing else has run since; 0 while there is none. */
  turn = 0;
  #turns = 0;
  #incoming: Delivery[] = [];
  #batch: Delivery[] = [];
  // Where in the batch the work stands, to go on after a pause.
  #messageIndex = 0;
  #handlerIndex = 0;
  #called = 0;
  #spentMs = 0;
  /** Calls of handlers, ever. */
  dispatched = 0;

  constructor(context: DeliveryContext) {
    this.#context = context;
    this.#budget = new TimeBudget(context.clock);
  }

  push(message: Message, subscriptions: readonly Subscription[], cut: number): void {
    this.#incoming.push(new Delivery(message, subscriptions, cut));
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.turn = ++this.#turns;
    void TURN.then(this.#start);
  }

  /** Forgets what was not delivered yet, also in the midst of delivering it. */
  clear(): void {
    this.#incoming = [];
    this.#batch.length = 0;
  }

  readonly #start = (): void => {
    this.turn = 0;
    if (this.#budget.begin()) this.#drain();
    else nextTask(this.#resume);
  };

  readonly #resume = (): void => {
    this.#budget.beginTask();
    this.#drain();
  };

  readonly #drain = (): void => {
    if (this.#batch.length === 0) {
      this.#context.beforeHandlers();
      this.#batch = this.#incoming;
      this.#incoming = [];
    }
    const inTime = this.#deliverBatch();
    if (!inTime) {
      nextTask(this.#resume);
      return;
    }
    this.#batch = [];
    this.#messageIndex = 0;
    if (this.#incoming.length > 0) void TURN.then(this.#drain);
    else {
      this.#scheduled = false;
      this.#budget.end();
    }
  };

  #deliverBatch(): boolean {
    const { clock, onDelivered } = this.#context;
    while (this.#messageIndex < this.#batch.length) {
      // Also a message that nobody gets: telling of it takes time as well.
      if (this.#handlerIndex === 0 && this.#budget.isUsedUp()) return false;
      const delivery = this.#batch[this.#messageIndex] as Delivery;
      const start = onDelivered ? clock.monotonic() : 0;
      const inTime = this.#deliver(delivery);
      if (onDelivered) this.#spentMs += clock.monotonic() - start;
      if (!inTime) return false;
      onDelivered?.(delivery.message, this.#called, this.#spentMs);
      this.#messageIndex += 1;
      this.#handlerIndex = 0;
      this.#called = 0;
      this.#spentMs = 0;
    }
    return true;
  }

  #deliver({ message, subscriptions, cut }: Delivery): boolean {
    const { onFailure, probe } = this.#context;
    let index = this.#handlerIndex;
    let called = this.#called;
    let inTime = true;
    for (; index < subscriptions.length; index++) {
      const subscription = subscriptions[index] as Subscription;
      const { sequence, active, filter } = subscription;
      if (sequence >= cut) break;
      if (active && called > 0 && this.#budget.isUsedUp()) {
        inTime = false;
        break;
      }
      if (!active || (filter !== undefined && !filter(message))) {
        if (probe.isWatched) probe.tell({ type: "skipped", message, subscription });
        continue;
      }
      this.dispatched += 1;
      probe.call(subscription, message, called++, onFailure);
    }
    this.#handlerIndex = index;
    this.#called = called;
    return inTime;
  }
}
