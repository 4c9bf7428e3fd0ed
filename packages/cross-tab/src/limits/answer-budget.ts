import type { Clock } from "@pubsub-mfe/core";
import { TokenBucket } from "@pubsub-mfe/core/stores";
import { TokenBuckets } from "./token-buckets.js";

/** What any answer costs, in messages: a post is as dear as that. */
const ANSWER_COST = 16;

/** Limits how much is sent again: a tab that asks without end is answered a little at a time. */
export class AnswerBudget {
  /** What one tab can get: all that is kept of this one, twice, and then as much each second. */
  readonly #one: TokenBuckets;
  /** What all can get, whatever names they give themselves. */
  readonly #all: TokenBucket;

  constructor(clock: Clock) {
    this.#one = new TokenBuckets(2_048, 4_096, clock);
    this.#all = new TokenBucket(16_384, 32_768, clock);
  }

  /**
   * @param wanted - how many messages are to be in the answer
   * @param named - how many it names beside
   * @returns how many may be in it; less than 0: no answer now
   */
  spend(publisher: string, wanted: number, named = 0): number {
    const cost = ANSWER_COST + (named >> 4);
    const least = cost + Math.min(wanted, 1);
    const mine = this.#one.of(publisher).take(cost + wanted, least);
    return (mine && this.#all.take(mine, least)) - cost;
  }
}
