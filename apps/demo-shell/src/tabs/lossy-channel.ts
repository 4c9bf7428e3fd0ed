import type { Unsubscribe } from "@pubsub-mfe/core";
import { BroadcastChannelTransport, type TransportListener } from "@pubsub-mfe/cross-tab";
import type { Losses } from "./losses.js";
import type { TabFaults } from "./tab-faults.js";

/** A channel that drops, doubles and delays what it is told to, of what arrives; and that can be cut. */
export class LossyChannel extends BroadcastChannelTransport {
  readonly #losses: Losses;
  readonly #faults: TabFaults;

  constructor(channelName: string, losses: Losses, faults: TabFaults) {
    super({ channelName });
    this.#losses = losses;
    this.#faults = faults;
  }

  override send(data: unknown): void {
    if (this.#faults.isOnline) super.send(data);
  }

  override onMessage(listener: TransportListener): Unsubscribe {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const stop = super.onMessage((data, origin) => {
      const ids = idsIn(data);
      // Only messages are lost by chance: who is there, and who leads, stays right.
      if (ids.length === 0 && this.#faults.isOnline) listener(data, origin);
      if (ids.length === 0 || this.#losses.takes(ids)) return;
      for (const delayMs of this.#faults.befall(ids.length)) {
        if (delayMs === 0) listener(data, origin);
        else {
          const timer = setTimeout(() => {
            timers.delete(timer);
            listener(data, origin);
          }, delayMs);
          timers.add(timer);
        }
      }
    });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }
}

/** The ids of the messages in what was posted; none in what else the adapters tell each other. */
function idsIn(data: unknown): string[] {
  const { messages } = (data ?? {}) as { messages?: unknown };
  return Array.isArray(messages) ? messages.map((message) => String(message?.id)) : [];
}
