import { type Clock, systemClock } from "../clock.js";
import { locksOver } from "../locks/hold.js";
import type { LockChannel, Page, PageEvent, WebLocks } from "../locks/platform.js";
import type { HoldOptions, LockContext, Locks } from "../locks/types.js";

/** A request for a lock, as a browser keeps it. */
interface Request {
  readonly tab: MemoryLocks;
  readonly granted: () => void;
  readonly refused: (reason: unknown) => void;
}

/** An origin in memory: its lock queues, epochs and channel, shared by its tabs. */
export class MemoryLockStore {
  readonly clock: Clock;
  readonly epochs: Map<string, number> = new Map();
  readonly tabs: Set<MemoryLocks> = new Set();
  /** Of each lock its holder first, then who waits, in order. */
  readonly #queues = new Map<string, Request[]>();

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
  }

  /** Opens a tab, in front. */
  tab(): MemoryLocks {
    const tab = new MemoryLocks(this);
    this.tabs.add(tab);
    return tab;
  }

  /** The names of locks that somebody holds or waits for. */
  locked(): string[] {
    return [...this.#queues].filter(([, queue]) => queue.length > 0).map(([name]) => name);
  }

  /** @internal */
  request(name: string, request: Request, steal = false): void {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    if (steal) {
      const robbed = queue.shift();
      robbed?.refused(new DOMException("Lock broken by another request.", "AbortError"));
      queue.unshift(request);
    } else queue.push(request);
    if (queue[0] === request) request.granted();
  }

  /** @internal */
  end(name: string, request: Request): void {
    const queue = this.#queues.get(name) ?? [];
    const place = queue.indexOf(request);
    if (place < 0) return;
    queue.splice(place, 1);
    if (place === 0) queue[0]?.granted();
  }

  /** @internal */
  endAllOf(tab: MemoryLocks): void {
    for (const [name, queue] of this.#queues) {
      for (const request of [...queue].reverse()) if (request.tab === tab) this.end(name, request);
    }
  }
}

interface PageListener {
  readonly event: PageEvent;
  /** Called with each such event. */
  readonly fn: (event: object) => void;
}

/** Locks in memory, and the tab they live in: it can be hidden, frozen and closed. */
export class MemoryLocks implements Locks, WebLocks {
  /** Waits its turn; see {@link Locks.hold}. */
  readonly hold: <T>(
    name: string,
    callback: (context: LockContext) => T | PromiseLike<T>,
    options?: HoldOptions,
  ) => Promise<T>;
  readonly channels: Set<LockChannel> = new Set();
  /** Those who follow the page's life. */
  readonly listeners: Set<PageListener> = new Set();
  /** The page, as it is hidden, shown, frozen and thawed here. */
  readonly page: Page = {
    on: (event, fn) => {
      const listener = { event, fn };
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    },
    isVisible: () => this.#visible,
  };
  /** How many timers it waits for. */
  timers = 0;
  readonly #origin: MemoryLockStore;
  #visible = true;
  #closed = false;
  /** What happened while it was frozen. */
  #asleep: (() => void)[] | undefined;

  constructor(origin: MemoryLockStore) {
    this.#origin = origin;
    const { hold } = locksOver({
      clock: {
        now: () => origin.clock.now(),
        monotonic: () => origin.clock.monotonic(),
        setTimer: (fn, delayMs) => this.#setTimer(fn, delayMs),
      },
      page: this.page,
      prefix: "memory",
      webLocks: () => this,
      nextTask: (fn) => this.deliver(fn),
      openChannel: () => this.#openChannel(),
      raiseEpoch: async (name) => {
        const epoch = (origin.epochs.get(name) ?? 0) + 1;
        origin.epochs.set(name, epoch);
        return epoch;
      },
    });
    this.hold = hold;
  }

  /** Another tab comes in front of it, or goes. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#emit("visibilitychange");
  }

  /** The user navigates away; the page is kept in the back/forward cache. */
  hide(): void {
    this.#emit("pagehide");
  }

  /** The user comes back to the page. */
  show(): void {
    this.#emit("pageshow");
  }

  /**
   * Stops the tab's event loop.
   *
   * @param options - `silently`: it does not learn of it, so that it lets nothing go
   */
  async freeze({ silently = false }: { silently?: boolean } = {}): Promise<void> {
    if (!silently) this.#emit("freeze");
    // What the event set off comes to its end first.
    for (let n = 0; n < 20; n += 1) await null;
    this.#asleep ??= [];
  }

  /** Lets it run on: what happened meanwhile reaches it now. */
  thaw(): void {
    const missed = this.#asleep ?? [];
    this.#asleep = undefined;
    this.#emit("resume");
    for (const fn of missed) this.deliver(fn);
  }

  /** Ends it without a word, as a crash does: its promises never settle. */
  close(): void {
    this.#closed = true;
    for (const channel of this.channels) channel.close();
    this.#origin.tabs.delete(this);
    this.#origin.endAllOf(this);
  }

  /** @internal Runs something in the tab's event loop. */
  deliver(fn: () => void): void {
    queueMicrotask(() => {
      if (this.#closed) return;
      if (this.#asleep) this.#asleep.push(fn);
      else fn();
    });
  }

  #emit(event: PageEvent): void {
    // Only pagehide says something by it: the page is kept.
    for (const listener of [...this.listeners]) {
      if (listener.event === event) listener.fn({ persisted: true });
    }
  }

  #setTimer(fn: () => void, delayMs: number): () => void {
    this.timers += 1;
    let waits = true;
    const end = () => {
      if (waits) this.timers -= 1;
      waits = false;
    };
    const cancel = this.#origin.clock.setTimer(() => {
      this.deliver(() => {
        if (waits) fn();
        end();
      });
    }, delayMs);
    return () => {
      end();
      cancel();
    };
  }

  /** Requests a lock of the origin, as `navigator.locks` does; `hold` is built on it. */
  request(
    name: string,
    { signal, steal }: Parameters<WebLocks["request"]>[1],
    callback: () => Promise<void>,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const origin = this.#origin;
      const request: Request = {
        tab: this,
        granted: () => {
          signal?.removeEventListener("abort", withdraw);
          this.deliver(() => {
            void callback().finally(() => {
              origin.end(name, request);
              resolve(undefined);
            });
          });
        },
        refused: (reason) => this.deliver(() => reject(reason)),
      };
      const withdraw = () => {
        origin.end(name, request);
        reject(signal?.reason);
      };
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener("abort", withdraw, { once: true });
      origin.request(name, request, steal);
    });
  }

  /** Names the locks that are held in the origin. */
  async query(): Promise<{ readonly held: readonly { readonly name: string }[] }> {
    return { held: this.#origin.locked().map((name) => ({ name })) };
  }

  #openChannel(): LockChannel {
    const channel: LockChannel = {
      onmessage: null,
      postMessage: (data) => {
        for (const tab of this.#origin.tabs) {
          for (const other of tab.channels) {
            // Also in a frozen tab, as Chromium does.
            if (other !== channel) {
              queueMicrotask(() => other.onmessage?.(new MessageEvent("message", { data })));
            }
          }
        }
      },
      close: () => {
        channel.onmessage = null;
        this.channels.delete(channel);
      },
    };
    this.channels.add(channel);
    return channel;
  }
}
