import { type Figure, median, nextTask } from "../measure.js";
import {
  ours,
  type Peer,
  viaEventemitter2,
  viaEventemitter3,
  viaMitt,
  viaMqemitter,
  viaNanoevents,
  viaPostal,
  viaQlobber,
  viaRxjs,
} from "./peers.js";
import { names, neverSeen } from "./topics.js";

const SUBSCRIPTIONS = 20_000;
const PUBLISHES = 1_000_000;
const PER_TURN = 1_000;
const TAKES = 3;

const topics = names("shop", SUBSCRIPTIONS);
const patterns = topics.map((topic) => topic.replace(/added$/, "+"));
const oneTopic = topics.map(() => topics[0] as string);

/** Bytes in use when all garbage is gone, also what only a later task lets go. */
async function heapUsed(): Promise<number> {
  if (!globalThis.gc) throw new Error("Memory is measured by `node --expose-gc`.");
  for (let n = 0; n < 3; n++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve));
  }
  return process.memoryUsage().heapUsed;
}

/** The median of several takes: in the first, what a peer makes only once is made. */
function bytesEach(peer: Peer, subscribedTo: readonly string[]): Figure["contenders"][number] {
  return {
    name: peer.name,
    async take() {
      const takes: number[] = [];
      for (let n = 0; n < TAKES; n++) {
        const bus = peer.open();
        const before = await heapUsed();
        for (const pattern of subscribedTo) bus.subscribe(pattern);
        takes.push(((await heapUsed()) - before) / subscribedTo.length);
        // Also keeps the bus from being collected until now.
        bus.publishAll([]);
        bus.close?.();
      }
      return median(takes);
    },
  };
}

/** After a first tenth, in which what is bounded fills up. */
function growth(peer: Peer, fewer = 1): Figure["contenders"][number] {
  const turns = PUBLISHES / PER_TURN / fewer;
  return {
    name: peer.name,
    note: fewer === 1 ? undefined : `measured over ${PUBLISHES / fewer} publishes, times ${fewer}`,
    async take() {
      const bus = peer.open();
      bus.subscribe("shop.#");
      const topicsOfTurn = neverSeen(["shop"])(PER_TURN);
      let before = 0;
      for (let turn = -turns / 10; turn < turns; turn++) {
        if (turn === 0) before = await heapUsed();
        bus.publishAll(topicsOfTurn());
        await nextTask();
      }
      const bytes = (await heapUsed()) - before;
      bus.publishAll([]);
      bus.close?.();
      return (bytes / 1024) * fewer;
    },
  };
}

const bytesASubscription = { in: ["node"], unit: "bytes a subscription" } as const;
const EXACT = [viaMitt, ours, viaNanoevents, viaEventemitter3, viaRxjs];

export const memory: readonly Figure[] = [
  {
    ...bytesASubscription,
    title: "memory of 20,000 subscriptions on a topic each, with their handlers",
    contenders: EXACT.map((peer) => bytesEach(peer, topics)),
  },
  {
    ...bytesASubscription,
    title: "memory of 20,000 subscriptions on one topic, with their handlers",
    contenders: EXACT.map((peer) => bytesEach(peer, oneTopic)),
  },
  {
    ...bytesASubscription,
    title: "memory of 20,000 subscriptions on a wildcard pattern each, with their handlers",
    contenders: [viaEventemitter2, ours, viaQlobber].map((peer) => bytesEach(peer, patterns)),
  },
  {
    in: ["node"],
    unit: "kB",
    title: "growth by 1,000,000 publishes to topics never seen, one wildcard pattern",
    contenders: [
      growth(viaEventemitter2),
      growth(ours),
      growth(viaQlobber),
      growth(viaMqemitter),
      growth(viaPostal, 10),
    ],
  },
];
