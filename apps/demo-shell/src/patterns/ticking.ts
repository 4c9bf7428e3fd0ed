/** Has something drawn again and again while there is a reason to, and only then. */
export class Ticking {
  readonly #draw: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  set isNeeded(isNeeded: boolean) {
    if (isNeeded) this.#timer ??= setInterval(this.#draw, 250);
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
