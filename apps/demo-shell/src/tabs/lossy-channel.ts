import type { Unsubscribe } from "@pubsub-mfe/core";
import { BroadcastChannelTransport, type TransportListener } from "@pubsub-mfe/cross-tab";
import type { Losses } from "./losses.js";

/** A channel that drops what it is told to, of what arrives. */
export class LossyChannel extends BroadcastChannelTransport {
  readonly #losses: Losses;

  constructor(channelName: string, losses: Losses) {
    super({ channelName });
    this.#losses = losses;
  }

  override onMessage(listener: TransportListener): Unsubscribe {
    return super.onMessage((data, origin) => {
      if (!this.#losses.takes(idsIn(data))) listener(data, origin);
    });
  }
}

/**
 * The ids of the messages in what was posted. What else the adapters tell each other is let through,
 * so that only messages are lost: who is there, and who leads, stays right.
 */
function idsIn(data: unknown): string[] {
  const { messages } = (data ?? {}) as { messages?: unknown };
  return Array.isArray(messages) ? messages.map((message) => String(message?.id)) : [];
}
