/** Who makes one call after the other begins the next within so many microtasks. */
const MICROTASKS = 8;
/** So often it is set up anew before it stays for the next call. */
const SET_UPS = 8;

/**
 * Ends what is not in use at once; but where one call follows the other, a few microtasks later, so
 * that not each of them pays for a timer and a subscription.
 */
export class Lingering {
  readonly #isIdle: () => boolean;
  readonly #end: () => void;
  #left = 0;
  #inARow = 0;
  #isCounting = false;

  constructor(isIdle: () => boolean, end: () => void) {
    this.#isIdle = isIdle;
    this.#end = end;
  }

  /** Call it when the first use begins. */
  used(): void {
    this.#inARow = this.#isCounting ? this.#inARow + 1 : 0;
    this.#left = 0;
  }

  /** Call it when the last use has ended. */
  unused(): void {
    if (this.#inARow < SET_UPS) this.#end();
    this.#left = MICROTASKS;
    if (!this.#isCounting) void this.#count();
  }

  async #count(): Promise<void> {
    this.#isCounting = true;
    while (this.#left > 0) {
      this.#left -= 1;
      await null;
    }
    this.#isCounting = false;
    if (this.#isIdle()) this.#end();
  }
}
