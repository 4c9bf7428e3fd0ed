import type { CrossTabStats } from "./types.js";

/** What is counted one by one. */
type Counted =
  | "messagesReceived"
  | "messagesDeduplicated"
  | "messagesRepaired"
  | "messagesRejected"
  | "gaps";

/** Counts what goes out, comes in and is lost. */
export class Counters {
  readonly #counts: Record<Counted, number> = {
    messagesReceived: 0,
    messagesDeduplicated: 0,
    messagesRepaired: 0,
    messagesRejected: 0,
    gaps: 0,
  };
  #sent = 0;
  #batches = 0;
  #largestBatch = 0;

  count(what: Counted): void {
    this.#counts[what] += 1;
  }

  countBatch(length: number): void {
    this.#sent += length;
    this.#batches += 1;
    this.#largestBatch = Math.max(this.#largestBatch, length);
  }

  get stats(): Pick<
    CrossTabStats,
    Counted | "messagesSent" | "batchesSent" | "averageBatchSize" | "maxBatchSizeSeen"
  > {
    return {
      ...this.#counts,
      messagesSent: this.#sent,
      batchesSent: this.#batches,
      averageBatchSize: this.#batches === 0 ? 0 : this.#sent / this.#batches,
      maxBatchSizeSeen: this.#largestBatch,
    };
  }
}
