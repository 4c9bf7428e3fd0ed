import type { Clock } from "@pubsub-mfe/core";
import { TokenBucket } from "@pubsub-mfe/core/stores";

/** Of how many keys it is known what they have used; of more, the oldest are forgotten. */
const MAX_KEYS = 1_000;

/** A token bucket for each key. */
export class TokenBuckets {
  readonly #create: () => TokenBucket;
  /** Least recently used first. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(perSecond: number, burst: number, clock: Clock) {
    this.#create = () => new TokenBucket(perSecond, burst, clock);
  }

  /** @returns the one of a key, which is now the one used last */
  of(key: string): TokenBucket {
    const bucket = this.#buckets.get(key) ?? this.#create();
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= MAX_KEYS) break;
      this.#buckets.delete(oldest);
    }
    return bucket;
  }
}
