import type { Unsubscribe } from "@pubsub-mfe/core";

/** Tells other tabs that there is something new in the log, and is told by them. Says nothing else. */
export class Pokes {
  readonly #name: string;
  #channel: BroadcastChannel | undefined;

  /** @param name - of a channel that is this log's alone */
  constructor(name: string) {
    this.#name = name;
  }

  /** Called after a commit. */
  tell(): void {
    const channel = this.#channel ?? openChannel(this.#name);
    // What it holds is not looked at.
    channel?.postMessage(null);
    // A writer keeps none open: it has nothing to listen to.
    if (channel !== this.#channel) channel?.close();
  }

  /**
   * Calls the function when another tab has written. The channel is closed while the page hides for
   * good or for the back/forward cache, which it would keep the page out of; afterwards the function
   * is called for whatever was missed.
   */
  listen(onPoke: () => void): Unsubscribe {
    const open = (): void => {
      this.#channel ??= openChannel(this.#name);
      this.#channel?.addEventListener("message", onPoke);
    };
    const close = (): void => {
      this.#channel?.close();
      this.#channel = undefined;
    };
    const reopen = (): void => {
      open();
      onPoke();
    };
    open();
    // Node has no such events, and a worker never fires them.
    globalThis.addEventListener?.("pagehide", close);
    globalThis.addEventListener?.("pageshow", reopen);
    return () => {
      close();
      globalThis.removeEventListener?.("pagehide", close);
      globalThis.removeEventListener?.("pageshow", reopen);
    };
  }
}

function openChannel(name: string): BroadcastChannel | undefined {
  return globalThis.BroadcastChannel && new BroadcastChannel(name);
}
