import type { Unsubscribe } from "@pubsub-mfe/core";
import type { Transport, TransportListener } from "./transport.js";

/** Options of {@link BroadcastChannelTransport}. */
export interface BroadcastChannelTransportOptions {
  /**
   * The name of the channel.
   *
   * @defaultValue `"pubsub-mfe"`
   */
  readonly channelName?: string;
}

/**
 * Carries data over a `BroadcastChannel`. While the page is in the back/forward cache the channel is
 * closed, because one that receives there evicts the page; it opens again when the page comes back.
 */
export class BroadcastChannelTransport implements Transport {
  readonly type: string = "broadcast-channel";
  readonly #name: string;
  readonly #listeners = new Map<object, TransportListener>();
  #channel: BroadcastChannel | undefined;
  #closed = false;
  #pageHidden = false;

  constructor(options: BroadcastChannelTransportOptions = {}) {
    this.#name = options.channelName ?? "pubsub-mfe";
  }

  isAvailable(): boolean {
    return !this.#closed && typeof BroadcastChannel === "function";
  }

  send(data: unknown): void {
    try {
      this.#open()?.postMessage(data);
    } finally {
      // Last words, for example of another listener of pagehide: no channel stays open for them.
      if (this.#pageHidden) this.#release();
    }
  }

  onMessage(listener: TransportListener): Unsubscribe {
    const key = {};
    this.#listeners.set(key, listener);
    this.#open();
    return () => {
      this.#listeners.delete(key);
    };
  }

  close(): void {
    this.#closed = true;
    this.#release();
    if (typeof document === "undefined") return;
    removeEventListener("pagehide", this.#onPageHide);
    removeEventListener("pageshow", this.#onPageShow);
  }

  #open(): BroadcastChannel | undefined {
    if (this.#closed) return undefined;
    if (this.#channel) return this.#channel;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data, origin }) => {
      for (const listener of [...this.#listeners.values()]) listener(data, origin);
    };
    if (typeof document !== "undefined") {
      addEventListener("pagehide", this.#onPageHide);
      addEventListener("pageshow", this.#onPageShow);
    }
    return this.#channel;
  }

  #release(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  readonly #onPageHide = (): void => {
    this.#pageHidden = true;
    this.#release();
  };

  readonly #onPageShow = (): void => {
    this.#pageHidden = false;
    if (this.#listeners.size > 0) this.#open();
  };
}
