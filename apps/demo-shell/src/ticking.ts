/** Has something drawn again and again while there is a reason to, and only then. */
export class Ticking {
  readonly #draw: () => void;
  readonly #periodMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(draw: () => void, periodMs: number = 250) {
    this.#draw = draw;
    this.#periodMs = periodMs;
  }

  set isNeeded(isNeeded: boolean) {
    if (isNeeded) this.#timer ??= setInterval(this.#draw, this.#periodMs);
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
