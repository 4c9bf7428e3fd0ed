import { reportUncaught, type Unsubscribe } from "@pubsub-mfe/core";
import { PREFIX } from "../callback.js";
import type { CrossTabError } from "../errors.js";
import type { Transport } from "./transport.js";

/**
 * A transport that is deaf while its page is in the back/forward cache, where whatever arrives evicts
 * the page, and that opens when it is first used.
 */
export abstract class PageTransport implements Transport {
  abstract readonly type: string;
  readonly #listeners = new Map<object, (data: unknown) => void>();
  readonly #errorListeners = new Map<object, (error: CrossTabError) => void>();
  #isOpen = false;
  #isClosed = false;
  #isHidden = false;

  abstract send(data: unknown): void;

  /** Starts to receive. */
  protected abstract open(): void;
  /** Stops to receive; what is sent while the page hides still goes out. */
  protected abstract mute(): void;
  /** Lets go of everything. */
  protected abstract release(): void;
  /** Says what this environment lacks. */
  protected abstract findObstacle(): string | undefined;

  isAvailable(): boolean {
    return this.whyUnavailable() === undefined;
  }

  whyUnavailable(): string | undefined {
    return this.#isClosed ? "it was closed" : this.findObstacle();
  }

  onMessage(listener: (data: unknown) => void): Unsubscribe {
    const key = {};
    this.#listeners.set(key, listener);
    this.start();
    return () => {
      this.#listeners.delete(key);
    };
  }

  onError(listener: (error: CrossTabError) => void): Unsubscribe {
    const key = {};
    this.#errorListeners.set(key, listener);
    return () => {
      this.#errorListeners.delete(key);
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.release();
    if (typeof document === "undefined") return;
    removeEventListener("pagehide", this.#onPageHide);
    removeEventListener("pageshow", this.#onPageShow);
  }

  protected get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Opens it where that is not done yet, and makes sense now. */
  protected start(): void {
    if (this.#isOpen || this.#isClosed || this.#isHidden) return;
    this.#isOpen = true;
    if (typeof document !== "undefined") {
      addEventListener("pagehide", this.#onPageHide);
      addEventListener("pageshow", this.#onPageShow);
    }
    this.open();
  }

  protected receive(data: unknown): void {
    // What was under way when the page hid would be heard twice: it is asked for again.
    if (!this.#isOpen) return;
    for (const listener of [...this.#listeners.values()]) listener(data);
  }

  /** Tells what no caller is there to catch. */
  protected tell(error: CrossTabError): void {
    const listeners = [...this.#errorListeners.values()];
    if (listeners.length === 0) console.warn(PREFIX, error);
    for (const listener of listeners) {
      try {
        listener(error);
      } catch (thrown) {
        reportUncaught(thrown, PREFIX);
      }
    }
  }

  #stop(): void {
    if (this.#isOpen) this.mute();
    this.#isOpen = false;
  }

  readonly #onPageHide = (): void => {
    this.#isHidden = true;
    this.#stop();
  };

  readonly #onPageShow = (): void => {
    this.#isHidden = false;
    this.start();
  };
}
