import { reportUncaught, type Unsubscribe } from "@pubsub-mfe/core";
import { Listeners } from "@pubsub-mfe/core/stores";

/** A {@link CommitSignal} for each namespace of a store. */
export class CommitSignals {
  readonly #prefix: string;
  readonly #byNamespace = new Map<string, CommitSignal>();

  /** @param prefix - of the names of channels that are this store's alone */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  of(ns: string): CommitSignal {
    let signal = this.#byNamespace.get(ns);
    if (!signal) {
      signal = new CommitSignal(`${this.#prefix}/${ns}`);
      this.#byNamespace.set(ns, signal);
    }
    return signal;
  }
}

/**
 * Tells all tabs that something was committed, and nothing else, over a channel that is open only
 * while somebody listens. Without BroadcastChannel the page hears of its own commits alone.
 */
class CommitSignal {
  readonly #channelName: string;
  readonly #listeners = new Listeners<void>((thrown) =>
    reportUncaught(thrown, "[@pubsub-mfe/history]"),
  );
  #listening = 0;
  #channel: BroadcastChannel | undefined;
  #stopWatching: Unsubscribe | undefined;

  constructor(channelName: string) {
    this.#channelName = channelName;
  }

  listen(listener: () => void): Unsubscribe {
    const remove = this.#listeners.add(listener);
    this.#listening += 1;
    if (this.#listening === 1) this.#start();
    let removed = false;
    return () => {
      if (removed) return;
      removed = true;
      remove();
      this.#listening -= 1;
      if (this.#listening === 0) this.#stop();
    };
  }

  /** Tells who listens here. */
  tellHere(): void {
    this.#listeners.tell();
  }

  /** Tells the other tabs. */
  tellOthers(): void {
    const channel = this.#channel ?? openChannel(this.#channelName);
    channel?.postMessage(null);
    if (channel !== this.#channel) channel?.close();
  }

  #start(): void {
    this.#open();
    this.#stopWatching = watchPage({
      // An open channel keeps some browsers from putting the page into the back/forward cache.
      onHide: () => this.#close(),
      onShow: () => {
        if (this.#channel) return;
        this.#open();
        // What was missed meanwhile.
        this.tellHere();
      },
    });
  }

  #stop(): void {
    this.#stopWatching?.();
    this.#close();
  }

  #open(): void {
    this.#channel = openChannel(this.#channelName);
    this.#channel?.addEventListener("message", () => this.tellHere());
  }

  #close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }
}

function openChannel(name: string): BroadcastChannel | undefined {
  return typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(name);
}

function watchPage({ onHide, onShow }: Record<"onHide" | "onShow", () => void>): Unsubscribe {
  if (typeof document === "undefined") return () => {};
  const watching = new AbortController();
  const { signal } = watching;
  addEventListener("pagehide", onHide, { signal });
  addEventListener("pageshow", onShow, { signal });
  return () => watching.abort();
}
