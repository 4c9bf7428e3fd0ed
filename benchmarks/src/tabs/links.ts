import { createPubSub } from "@pubsub-mfe/core";
import { createCrossTabAdapter } from "@pubsub-mfe/cross-tab";
import { BroadcastChannel as PeerChannel } from "broadcast-channel";
import { Tab } from "tab-election";

/** What all links carry. */
export interface Payload {
  readonly sku: string;
  readonly name: string;
  readonly price: number;
  /** A question, which is answered. */
  readonly ping?: number;
  /** The answer: when the question was handled. */
  readonly pong?: number;
}

export const payload: Payload = { sku: "LAN-1", name: "Field lantern", price: 4_200 };

/** One end of what connects tabs. */
interface Link {
  /** Publishes in one turn. */
  publish(payloads: readonly Payload[]): void;
  close(): Promise<void> | void;
}

/** Opens an end. */
export type OpenLink = (
  channel: string,
  onMessage: (payload: Payload) => void,
) => Promise<Link> | Link;

/** Messages look like ours. No bus, nothing is numbered, checked or had again. */
function raw(perPost: number): OpenLink {
  return (channel, onMessage) => {
    const end = new BroadcastChannel(channel);
    end.onmessage = ({ data }) => {
      for (const { payload } of data) onMessage(payload);
    };
    let n = 0;
    const wrap = (payload: Payload) => {
      n += 1;
      const id = `id-${n}-0000-0000-0000-000000000000`;
      return { id, topic: "cart.item.added", ts: 1_790_000_000_000, payload };
    };
    return {
      publish(payloads) {
        for (let at = 0; at < payloads.length; at += perPost) {
          end.postMessage(payloads.slice(at, at + perPost).map(wrap));
        }
      },
      close: () => end.close(),
    };
  };
}

const ours: OpenLink = async (channel, onMessage) => {
  const bus = createPubSub();
  bus.subscribe("cart.#", ({ payload, meta }) => {
    // Not what this tab published itself.
    if (meta?._crossTab) onMessage(payload as Payload);
  });
  await createCrossTabAdapter({ channelName: channel }).attach(bus);
  return {
    publish(payloads) {
      for (const payload of payloads) bus.publish("cart.item.added", payload);
    },
    close: () => bus.dispose(),
  };
};

const broadcastChannel: OpenLink = (channel, onMessage) => {
  const end = new PeerChannel<Payload>(channel, { type: "native" });
  end.onmessage = onMessage;
  return {
    publish(payloads) {
      for (const payload of payloads) void end.postMessage(payload);
    },
    close: () => end.close(),
  };
};

const tabElection: OpenLink = (channel, onMessage) => {
  const tab = new Tab(channel);
  tab.addEventListener("message", ({ data }) => onMessage(data));
  return {
    publish(payloads) {
      for (const payload of payloads) tab.send(payload);
    },
    close: () => tab.close(),
  };
};

/** The first is what the others are compared with. */
export const links = {
  "raw BroadcastChannel, 50 a post": raw(50),
  "@pubsub-mfe/cross-tab": ours,
  "raw BroadcastChannel, 1 a post": raw(1),
  "broadcast-channel": broadcastChannel,
  "tab-election": tabElection,
} satisfies Record<string, OpenLink>;

export type LinkName = keyof typeof links;

export const linkNotes: Readonly<Record<LinkName, string>> = {
  "raw BroadcastChannel, 50 a post": "no bus, nothing is numbered or checked",
  "@pubsub-mfe/cross-tab": "publish on one bus until handled on the other",
  "raw BroadcastChannel, 1 a post": "no bus, nothing is numbered or checked",
  "broadcast-channel": "native; no topics",
  "tab-election": "Tab.send; no topics",
};
