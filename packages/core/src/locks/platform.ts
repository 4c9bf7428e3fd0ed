import type { Clock } from "../clock.js";

/** What is used of the Web Locks API; `navigator.locks` fits. */
export interface WebLocks {
  /** Requests a lock, and holds it until the promise of the callback settles. */
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean },
    callback: () => Promise<void>,
  ): Promise<unknown>;
  /** Tells which locks are held, by whatever page of the origin. */
  query(): Promise<{ readonly held?: readonly { readonly name?: string }[] }>;
}

/** What is used of a `BroadcastChannel`. */
export interface LockChannel {
  /** Called with what others of its name send. */
  onmessage: ((event: MessageEvent) => void) | null;
  /** Sends to all others of its name. */
  postMessage(data: unknown): void;
  /** Receives and sends nothing more. */
  close(): void;
}

/** The events of a page's life that locks follow. */
export type PageEvent = "pagehide" | "pageshow" | "freeze" | "resume" | "visibilitychange";

/** A page as its locks see it. */
export interface Page {
  /**
   * Calls the listener with each such event; that of `pagehide` says whether it is `persisted`.
   *
   * @returns ends the listening
   */
  on(event: PageEvent, listener: (event: object) => void): () => void;
  /** Whether the user can see it, as far as the browser knows. */
  isVisible(): boolean;
}

/** What locks are made of: a browser's, or one in memory for tests. */
export interface LockPlatform {
  readonly clock: Clock;
  readonly page: Page;
  /** Stands before the names of locks, so that nobody else's are meant. */
  readonly prefix: string;
  /** @throws LocksUnavailableError */
  webLocks(): WebLocks;
  /** Calls a function in a task of its own, which a frozen page does not run. */
  nextTask(fn: () => void): void;
  /** Opens what carries the signs of life. */
  openChannel(): LockChannel;
  /** The next epoch of a name, once it is stored. */
  raiseEpoch(name: string, signal: AbortSignal): Promise<number>;
}
