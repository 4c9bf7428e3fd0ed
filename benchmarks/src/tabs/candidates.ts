import { createPubSub } from "@pubsub-mfe/core";
import { createCrossTabAdapter } from "@pubsub-mfe/cross-tab";
import { createLeaderElection, BroadcastChannel as PeerChannel } from "broadcast-channel";
import { Tab } from "tab-election";

/** Stands for the lead; calls back when it has it. @returns ends it */
export type Stand = (channel: string, onLead: () => void) => () => Promise<void> | void;

const ours: Stand = (channel, onLead) => {
  const bus = createPubSub();
  const adapter = createCrossTabAdapter({ channelName: channel });
  const lead = ({ signal }: { signal: AbortSignal }) => {
    onLead();
    return new Promise((resolve) => signal.addEventListener("abort", resolve));
  };
  // Until the bus is disposed.
  void adapter.attach(bus).then(() => adapter.lead(lead).catch(() => {}));
  return () => bus.dispose();
};

const rawLocks: Stand = (channel, onLead) => {
  const over = new AbortController();
  const hold = () => {
    onLead();
    return new Promise((resolve) => over.signal.addEventListener("abort", resolve));
  };
  navigator.locks.request(channel, { signal: over.signal }, hold).catch(() => {});
  return () => over.abort();
};

const tabElection: Stand = (channel, onLead) => {
  const tab = new Tab(channel);
  void tab.waitForLeadership(onLead);
  return () => tab.close();
};

const broadcastChannel: Stand = (channel, onLead) => {
  const end = new PeerChannel(channel, { type: "native" });
  createLeaderElection(end)
    .awaitLeadership()
    .then(onLead, () => {});
  return () => end.close();
};

export const candidates = {
  "raw Web Locks": rawLocks,
  "@pubsub-mfe/cross-tab": ours,
  "tab-election": tabElection,
  "broadcast-channel": broadcastChannel,
} satisfies Record<string, Stand>;

export type CandidateName = keyof typeof candidates;
