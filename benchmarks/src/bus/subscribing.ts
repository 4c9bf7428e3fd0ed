import type { Benchmark, Contender } from "../measure.js";
import {
  ours,
  type Peer,
  viaEmittery,
  viaEventemitter2,
  viaEventemitter3,
  viaEventTarget,
  viaMitt,
  viaNanoevents,
  viaPostal,
  viaQlobber,
  viaRxjs,
} from "./peers.js";
import { names } from "./topics.js";

const everywhere = { in: ["node", "chromium"], rounds: 11 } as const;
const TIMES = 10_000;

const mounted = names("mounted", 100);
const manyTopics = names("other", 10_000);
const wild = (topic: string): string => topic.replace(/added$/, "+");
const manyPatterns = manyTopics.map(wild);
const onOneTopic = Array.from({ length: 10_000 }, () => mounted[0] as string);

/** Subscribes and unsubscribes, among others. */
function churning(
  peer: Peer,
  patterns: readonly string[],
  others: readonly string[],
  { name = peer.name, slowness = 1 } = {},
): Contender {
  const repeats = TIMES / patterns.length / slowness;
  return {
    name,
    note: peer.note,
    setup() {
      const bus = peer.open();
      for (const pattern of others) bus.subscribe(pattern);
      return {
        run() {
          for (let n = 0; n < repeats; n++) bus.churn?.(patterns);
          return repeats * patterns.length;
        },
        close: () => bus.close?.(),
      };
    },
  };
}

const EXACT = [
  viaMitt,
  ours,
  viaNanoevents,
  viaEventemitter3,
  viaRxjs,
  viaEmittery,
  viaEventTarget,
];
const ONE = [mounted[0] as string];

export const subscribing: readonly Benchmark[] = [
  {
    ...everywhere,
    title: "subscribe and unsubscribe, 10,000 others on other topics",
    contenders: [
      churning(viaMitt, mounted, [], { name: "mitt, no others" }),
      churning(ours, mounted, [], { name: "@pubsub-mfe/core, no others" }),
      ...EXACT.map((peer) =>
        churning(peer, mounted, manyTopics, { slowness: peer === viaEmittery ? 20 : 1 }),
      ),
    ],
  },
  {
    ...everywhere,
    title: "subscribe and unsubscribe, 10,000 others on the same topic",
    contenders: [
      churning(viaMitt, ONE, [], { name: "mitt, no others" }),
      ...[viaMitt, ours, viaNanoevents, viaRxjs].map((peer) =>
        churning(peer, ONE, onOneTopic, { slowness: 100 }),
      ),
    ],
  },
  {
    ...everywhere,
    title: "subscribe to a wildcard pattern and unsubscribe, 10,000 others on other patterns",
    contenders: [
      ...[viaQlobber, ours, viaPostal].map((peer) =>
        churning(peer, mounted.map(wild), manyPatterns, { slowness: 10 }),
      ),
      churning(viaEventemitter2, mounted.slice(0, 1).map(wild), manyPatterns, { slowness: TIMES }),
    ],
  },
];
