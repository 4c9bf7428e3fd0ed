import { reportUncaught, type Unsubscribe } from "@pubsub-mfe/core";
import { Listeners } from "@pubsub-mfe/core/stores";

/**
 * Tells all tabs that something was committed, over a channel that is open only while somebody
 * listens. Without BroadcastChannel the page hears of its own commits alone.
 */
export class CommitSignal {
  readonly #channelName: string;
  readonly #listeners = new Listeners<void>((thrown) =>
    reportUncaught(thrown, "[@pubsub-mfe/history]"),
  );
  #listening = 0;
  #channel: BroadcastChannel | undefined;
  #stopWatching: Unsubscribe | undefined;

  constructor(dbName: string) {
    this.#channelName = `@pubsub-mfe/history:streams:${dbName}`;
  }

  /** @param ns - whose commits are told of */
  listen(ns: string, listener: () => void): Unsubscribe {
    const remove = this.#listeners.add(listener);
    this.#listening += 1;
    if (this.#listening === 1) this.#start(ns);
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
  tellOthers(ns: string): void {
    const channel = this.#channel ?? openChannel(this.#channelName);
    channel?.postMessage(ns);
    if (channel !== this.#channel) channel?.close();
  }

  #start(ns: string): void {
    this.#open(ns);
    this.#stopWatching = watchPage({
      // An open channel keeps some browsers from putting the page into the back/forward cache.
      onHide: () => this.#close(),
      onShow: () => {
        if (this.#channel) return;
        this.#open(ns);
        // What was missed meanwhile.
        this.tellHere();
      },
    });
  }

  #stop(): void {
    this.#stopWatching?.();
    this.#close();
  }

  #open(ns: string): void {
    this.#channel = openChannel(this.#channelName);
    this.#channel?.addEventListener("message", ({ data }) => {
      if (data === ns) this.tellHere();
    });
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
