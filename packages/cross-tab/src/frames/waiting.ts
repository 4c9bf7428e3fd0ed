/** A promise that is made anew each time it was settled, for whoever waits for the next. */
export class Waiting {
  #promise: Promise<void>;
  #resolve!: () => void;
  #reject!: (reason: unknown) => void;

  constructor() {
    this.#promise = this.#make();
  }

  get promise(): Promise<void> {
    return this.#promise;
  }

  resolve(): void {
    this.#resolve();
  }

  reject(reason: unknown): void {
    this.#reject(reason);
  }

  renew(): void {
    this.#promise = this.#make();
  }

  /** Whoever waits, or will, waits in vain. */
  end(reason: unknown): void {
    this.#reject(reason);
    this.renew();
    this.#reject(reason);
  }

  #make(): Promise<void> {
    const promise = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody has to wait.
    promise.catch(() => {});
    return promise;
  }
}
