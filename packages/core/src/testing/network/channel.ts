import type { NetworkTab } from "./tab.js";

/** What a channel needs of its network. */
export interface Carrier {
  /** Takes a copy of what was sent, for all other ends. */
  carry(from: NetworkChannel, data: unknown): void;
  join(channel: NetworkChannel): void;
  /** Lets go of an end. */
  release(channel: NetworkChannel): void;
}

/** One end of a channel, as a `BroadcastChannel` is one. */
export class NetworkChannel {
  readonly name: string;
  /** As that of a `BroadcastChannel`. */
  onmessage: ((event: MessageEvent) => void) | null = null;
  /** @internal */
  readonly tab: NetworkTab;
  readonly #carrier: Carrier;
  readonly #listeners = new Set<(event: MessageEvent) => void>();
  #closed = false;

  /** @internal */
  constructor(name: string, tab: NetworkTab, carrier: Carrier) {
    this.name = name;
    this.tab = tab;
    this.#carrier = carrier;
  }

  /** @internal */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Sends a copy to every other end of the channel, also in the same tab.
   *
   * @throws a `DataCloneError` for what cannot be copied, an `InvalidStateError` once closed
   */
  postMessage(data: unknown): void {
    if (this.#closed) {
      throw new DOMException(`The channel "${this.name}" is closed.`, "InvalidStateError");
    }
    const copy = structuredClone(data);
    this.tab.act(() => this.#carrier.carry(this, copy));
  }

  /** As that of a `BroadcastChannel`. */
  addEventListener(_type: "message", listener: (event: MessageEvent) => void): void {
    this.#listeners.add(listener);
  }

  /** As that of a `BroadcastChannel`. */
  removeEventListener(_type: "message", listener: (event: MessageEvent) => void): void {
    this.#listeners.delete(listener);
  }

  /** Ends it: nothing more arrives, not even what is under way. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#carrier.release(this);
  }

  /** @internal */
  receive(data: unknown): void {
    const origin = globalThis.location?.origin ?? "null";
    const event = new MessageEvent("message", { data: structuredClone(data), origin });
    this.onmessage?.(event);
    for (const listener of [...this.#listeners]) listener(event);
  }
}
