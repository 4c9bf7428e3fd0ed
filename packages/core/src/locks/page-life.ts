import type { LockLostReason } from "./errors.js";
import type { Page } from "./platform.js";
import { until } from "./until.js";

/** Something that is the case now or is not, and may become so again. */
class Phase {
  #controller = new AbortController();
  readonly #waiting = new Set<() => void>();

  /** Aborts when the phase that is on, or was last on, ends. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  begin(): void {
    if (!this.signal.aborted) return;
    this.#controller = new AbortController();
    for (const resume of [...this.#waiting]) resume();
  }

  end(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  /** Waits until it is on. */
  async on(signal: AbortSignal): Promise<void> {
    while (this.signal.aborted) {
      await until(signal, (done) => {
        this.#waiting.add(done);
        return () => this.#waiting.delete(done);
      });
    }
  }
}

/** Follows a page's life while somebody asks for it. */
export class PageLife {
  /** Neither in the back/forward cache nor frozen; its end carries a {@link LockLostReason}. */
  readonly present: Phase = new Phase();
  /** Seen by somebody, as far as the browser knows. */
  readonly visible: Phase = new Phase();
  readonly #page: Page;
  #followers = 0;
  #stops: (() => void)[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  /** @returns ends the following; the last one to call it leaves no listener behind */
  follow(): () => void {
    if (this.#followers++ === 0) this.#start();
    return () => {
      if (--this.#followers === 0) for (const stop of this.#stops) stop();
    };
  }

  #start(): void {
    const leave = (reason: LockLostReason) => () => this.present.end(reason);
    const comeBack = () => this.present.begin();
    const look = () => (this.#page.isVisible() ? this.visible.begin() : this.visible.end());
    // What happened while nobody followed.
    comeBack();
    look();
    this.#stops = [
      this.#page.on("pagehide", leave("hidden")),
      this.#page.on("freeze", leave("frozen")),
      this.#page.on("pageshow", comeBack),
      this.#page.on("resume", comeBack),
      this.#page.on("visibilitychange", look),
    ];
  }
}
