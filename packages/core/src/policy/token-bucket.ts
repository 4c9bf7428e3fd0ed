import type { Clock } from "../clock.js";

/** A token bucket: full at the start, refilled evenly. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #clock: Clock;
  #tokens: number;
  #filledAt: number;

  constructor(perSecond: number, burst: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#clock = clock;
    this.#tokens = burst;
    this.#filledAt = clock.monotonic();
  }

  /**
   * Takes whole tokens, as many as are wanted and there.
   *
   * @param least - with fewer none are taken
   * @returns how many were taken
   */
  take(wanted: number, least: number = wanted): number {
    const now = this.#clock.monotonic();
    const refill = ((now - this.#filledAt) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + refill);
    this.#filledAt = now;
    if (this.#tokens < least) return 0;
    const taken = Math.min(wanted, Math.floor(this.#tokens));
    this.#tokens -= taken;
    return taken;
  }
}
