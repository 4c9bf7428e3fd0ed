import type { LockChannel, LockPlatform } from "./platform.js";

/** What travels on the channel: a question and its answer, which is also said without being asked. */
interface Sign {
  readonly v: 1;
  readonly type: "alive?" | "alive";
  readonly lock: string;
}

/**
 * Tells others that the holder of a lock is alive, and asks whether another one is. The channel is
 * open only meanwhile: an open one keeps a page out of the back/forward cache.
 */
export class SignsOfLife {
  readonly #platform: LockPlatform;
  #channel: LockChannel | undefined;
  readonly #held = new Set<{ readonly lock: string }>();
  readonly #watchers = new Set<{ readonly lock: string; readonly onSign: () => void }>();

  constructor(platform: LockPlatform) {
    this.#platform = platform;
  }

  /** Answers for a lock from now on. @returns ends it */
  answerFor(lock: string): () => void {
    const turn = { lock };
    this.#held.add(turn);
    this.#say("alive", lock);
    return () => {
      this.#held.delete(turn);
      this.#closeIfIdle();
    };
  }

  /** Listens for signs of a lock's holder. @returns ends it */
  watch(lock: string, onSign: () => void): () => void {
    const watcher = { lock, onSign };
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
      this.#closeIfIdle();
    };
  }

  /** Asks the holder of a lock whether it is alive. */
  ask(lock: string): void {
    // A channel does not deliver to itself.
    if (this.#holds(lock)) this.#heard(lock);
    else this.#say("alive?", lock);
  }

  #say(type: Sign["type"], lock: string): void {
    if (!this.#channel) {
      this.#channel = this.#platform.openChannel();
      this.#channel.onmessage = ({ data }: MessageEvent<Partial<Sign> | null>) =>
        this.#receive(data);
    }
    this.#channel.postMessage({ v: 1, type, lock } satisfies Sign);
  }

  // Of any version: the mistake to avoid is taking a living holder for a dead one.
  #receive(sign: Partial<Sign> | null): void {
    const lock = sign?.lock;
    if (typeof lock !== "string") return;
    if (sign?.type === "alive") this.#heard(lock);
    else if (sign?.type === "alive?") this.#answer(lock);
  }

  // Chromium handles a channel's messages even in a frozen page, but runs no other task there.
  #answer(lock: string): void {
    this.#platform.nextTask(() => {
      if (this.#holds(lock)) this.#say("alive", lock);
    });
  }

  #holds(lock: string): boolean {
    return [...this.#held].some((turn) => turn.lock === lock);
  }

  #heard(lock: string): void {
    for (const watcher of this.#watchers) if (watcher.lock === lock) watcher.onSign();
  }

  #closeIfIdle(): void {
    if (this.#held.size + this.#watchers.size > 0) return;
    this.#channel?.close();
    this.#channel = undefined;
  }
}
