import type { LogEntry, Message } from "@pubsub-mfe/core";
import type { HistoryAdapter } from "@pubsub-mfe/history";
import { MAX_LOGGED } from "../start-host.js";
import type { Traffic } from "../traffic/traffic.js";
import { countUpTo } from "./count-up-to.js";

/** So many are dropped together: to drop each by itself would move all others each time. */
const CHUNK = 1_000;

/**
 * The messages of the durable log, of all tabs, in its order, which is the same in all of them. Each
 * has a *position*: the first that the log still has is 1. Without a log: those of this page.
 */
export class LoggedMessages {
  /** Settles when everything that was there before this page has been read. */
  readonly isRead: Promise<void>;
  #source: "log" | "page" = "log";
  #messages: Message[] = [];
  #dropped = 0;
  #maxTime = 0;
  /** When all messages up to this one had been published, in milliseconds since the epoch. */
  #times: number[] = [];
  readonly #listeners = new Set<(message: Message) => void>();

  constructor(history: Pick<HistoryAdapter, "subscribe">, traffic: Traffic) {
    this.isRead = this.#follow(history, traffic);
  }

  /** Where they come from: the log, or, without one, what this page saw. */
  get source(): "log" | "page" {
    return this.#source;
  }

  /** How many there are: the position of the newest. */
  get count(): number {
    return Math.min(this.#messages.length, MAX_LOGGED);
  }

  /** How many there have been: those that the log has no longer are at the beginning. */
  get end(): number {
    return this.#dropped + this.#messages.length;
  }

  /** How many the log has no longer: add a position to this, and it is never that of another message. */
  get gone(): number {
    return this.end - this.count;
  }

  at(position: number): Message | undefined {
    return this.#messages[this.gone - this.#dropped + position - 1];
  }

  /** How many messages there were when the first was that was published then or later. */
  endAt(time: number): number {
    const before = countUpTo(this.#times, time - 1);
    return before === this.#times.length ? Number.POSITIVE_INFINITY : this.#dropped + before + 1;
  }

  /** Calls the listener with each message, first with those that are there. */
  onMessage(listener: (message: Message) => void): void {
    this.#messages.forEach(listener);
    this.#listeners.add(listener);
  }

  async #follow(history: Pick<HistoryAdapter, "subscribe">, traffic: Traffic): Promise<void> {
    try {
      await history.subscribe("#", ({ message }: LogEntry) => this.#append(message), {
        from: "start",
      });
    } catch {
      // The shell has told why there is no log.
      this.#source = "page";
      this.#followPage(traffic);
    }
  }

  #followPage(traffic: Traffic): void {
    let taken = 0;
    const take = (): void => {
      const { entries, dropped } = traffic;
      for (const entry of entries.slice(Math.max(0, taken - dropped))) {
        if (entry.kind === "message" && entry.leaves) this.#append(entry.message);
      }
      taken = dropped + entries.length;
    };
    traffic.onChange(take);
    take();
  }

  #append(message: Message): void {
    // Clocks can be set back, and of two tabs one may have published first, and stored last.
    this.#maxTime = Math.max(this.#maxTime, message.ts);
    this.#messages.push(message);
    this.#times.push(this.#maxTime);
    if (this.#messages.length >= MAX_LOGGED + CHUNK) {
      this.#messages.splice(0, CHUNK);
      this.#times.splice(0, CHUNK);
      this.#dropped += CHUNK;
    }
    for (const listener of this.#listeners) listener(message);
  }
}
