import type { NetworkChannel } from "@pubsub-mfe/core/testing";
import type { Transport } from "../index.js";

/** What a `BroadcastChannelTransport` does with a `BroadcastChannel`, over the channel of a network. */
export function networkTransport(channel: NetworkChannel): Transport {
  return {
    send: (data) => channel.postMessage(data),
    onMessage: (listener) => {
      const receive = ({ data }: MessageEvent) => listener(data);
      channel.addEventListener("message", receive);
      return () => channel.removeEventListener("message", receive);
    },
    close: () => channel.close(),
    isAvailable: () => true,
  };
}
