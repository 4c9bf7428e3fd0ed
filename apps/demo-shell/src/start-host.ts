import { joinPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { createLocks, type Locks } from "@pubsub-mfe/core/locks";
import { type CrossTabAdapter, createCrossTabAdapter } from "@pubsub-mfe/cross-tab";
import { createHistoryAdapter, type HistoryAdapter } from "@pubsub-mfe/history";
import { APP } from "./contract.js";
import type { Notices } from "./notices.js";
import { Losses } from "./tabs/losses.js";
import { LossyChannel } from "./tabs/lossy-channel.js";
import { createLossyLog } from "./tabs/lossy-log.js";
import { TabFaults } from "./tabs/tab-faults.js";
import type { TabStory } from "./tabs/tab-story.js";
import { Traffic } from "./traffic/traffic.js";

/** How long the cart of a visitor is kept. */
const WEEK_SECONDS = 7 * 24 * 60 * 60;
/** How many messages the log keeps, the newest. */
export const MAX_LOGGED = 5_000;
/** How much of the past the timeline begins with. */
const LOG_START = 500;

/** How much that stays in this page, and so is in no log, those who come late can have. */
const RETAINED = 500;

/** On which the tabs meet. */
const CHANNEL = "switchyard";
const LOCKS_DB = "switchyard-locks";

/** The page's bus and what it is linked to. */
export interface HostParts {
  readonly bus: PubSubBus;
  readonly history: HistoryAdapter;
  readonly tabs: CrossTabAdapter;
  readonly locks: Locks;
  readonly traffic: Traffic;
  /** What is lost on purpose between the tabs. */
  readonly losses: Losses;
  /** What befalls the rest on its way. */
  readonly faults: TabFaults;
}

/** Creates the bus, and links it to the log and the other tabs; what fails is told, and left out. */
export async function startHost(notices: Notices, story: TabStory): Promise<HostParts> {
  const bus = joinPubSub({
    app: APP,
    name: "shell",
    retention: { maxMessages: RETAINED },
    onDiagnostic: (event) => {
      if (event.type === "storage-degraded") {
        notices.show(
          "history",
          `From now on nothing will survive a reload: what is published waits in memory, and is stored as soon as it can be. ${event.reason}`,
        );
      }
      if (event.type === "warning" && event.code === "HISTORY_RECOVERED") notices.clear("history");
      if (event.type === "copy" && event.state === "refused") {
        traffic.addNote("refused", event.reason ?? event.name);
      }
      if (event.type === "gap" && event.kind === "link") {
        traffic.addNote("gap", `${event.count} missing`);
        story.addGap(event.count);
      }
    },
  });
  const traffic = new Traffic(bus);

  const history = createHistoryAdapter({
    dbName: "switchyard",
    maxMessages: MAX_LOGGED,
    ttlSeconds: WEEK_SECONDS,
    onError: (error) => {
      // Diagnostics tell of those, too.
      if (error.code === "HISTORY_UNAVAILABLE" || error.code === "HISTORY_WRITE_FAILED") return;
      notices.show(error.code, error.message);
    },
  });
  const losses = new Losses();
  const faults = new TabFaults();
  const tabs = createCrossTabAdapter({
    channelName: CHANNEL,
    enableLeadership: true,
    transport: () => new LossyChannel(CHANNEL, losses, faults),
    repair: createLossyLog(history, losses),
    onError: (error) => {
      // Diagnostics tell of that, too.
      if (error.code !== "MESSAGE_GAP") notices.show(error.code, error.message);
    },
  });
  try {
    await tabs.attach(bus);
  } catch (error) {
    notices.show("tabs", `Other tabs are not reached. ${error}`);
  }
  try {
    await history.attach(withoutBursts(bus));
    const past = await history.getHistory("#", { limit: LOG_START });
    traffic.addPast(past);
  } catch (error) {
    notices.show("history", `From now on nothing will survive a reload. ${error}`);
  }
  const locks = createLocks({ dbName: LOCKS_DB });
  return { bus, history, tabs, locks, traffic, losses, faults };
}

/** Bursts would push everything else out of the log, the cart first: they are not stored. */
function withoutBursts(bus: PubSubBus): Pick<PubSubBus, "connect" | "getStats"> {
  return {
    connect: (link, options) => bus.connect(link, { ...options, send: { private: ["burst.#"] } }),
    getStats: () => bus.getStats(),
  };
}
