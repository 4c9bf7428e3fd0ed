import type { Benchmark } from "../measure.js";
import {
  loop,
  ours,
  viaEventemitter2,
  viaMqemitter,
  viaPostal,
  viaPubsubJs,
  viaQlobber,
  viaQlobberAndMap,
} from "./peers.js";
import { publishing } from "./publishing.js";
import { inTurn, names, neverSeen } from "./topics.js";

const everywhere = { in: ["node", "chromium"], rounds: 15 } as const;

const topics = names("shop", 10_000);
const patterns = topics.map((topic, n) => topic.replace(/added$/, n % 2 === 0 ? "+" : "#"));
const parents = topics.map((topic) => topic.replace(/\.added$/, ""));
const PEERS = [viaQlobber, ours, loop, viaEventemitter2, viaMqemitter, viaPubsubJs];

const seen = { patterns, topics: inTurn(topics.slice(0, 256)) };
const unseen = { patterns, topics: neverSeen(parents), slowness: 8 };
const hostile = { patterns: ["shop.#"], topics: neverSeen(["shop"]), slowness: 4 };

export const wildcards: readonly Benchmark[] = [
  {
    ...everywhere,
    title: "10,000 wildcard patterns, topics seen before",
    contenders: [
      ...PEERS.map((peer) => publishing(peer, seen)),
      publishing(viaQlobberAndMap, seen),
      publishing(viaPostal, { ...seen, slowness: 5_000 }),
    ],
  },
  {
    ...everywhere,
    title: "10,000 wildcard patterns, topics never seen",
    contenders: [
      ...PEERS.map((peer) => publishing(peer, unseen)),
      publishing(viaPostal, { ...unseen, slowness: 10_000 }),
    ],
  },
  {
    ...everywhere,
    title: "one wildcard pattern, a hostile stream of topics never seen",
    contenders: [
      ...PEERS.map((peer) => publishing(peer, hostile)),
      publishing(viaPostal, { ...hostile, slowness: 40 }),
    ],
  },
];
