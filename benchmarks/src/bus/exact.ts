import type { Benchmark } from "../measure.js";
import {
  loop,
  ours,
  type Peer,
  viaEmittery,
  viaEventemitter3,
  viaEventTarget,
  viaMitt,
  viaNanoevents,
  viaPostal,
  viaPubsubJs,
  viaRxjs,
} from "./peers.js";
import { publishing } from "./publishing.js";
import { inTurn, names } from "./topics.js";

const everywhere = { in: ["node", "chromium"], rounds: 21 } as const;

const PEERS: readonly Peer[] = [
  viaNanoevents,
  viaEventemitter3,
  viaRxjs,
  viaPubsubJs,
  viaEventTarget,
  viaPostal,
  viaEmittery,
];

const eight = names("shop", 8);
const one = { patterns: eight, topics: inTurn(eight) };
const ten = { ...one, handlersEach: 10 };
const thousand = names("shop", 1_000);
const spread = { patterns: thousand, topics: inTurn(thousand) };
const manyTopics = names("other", 10_000);
const manyPatterns = manyTopics.map((topic) => topic.replace(/added$/, "#"));

export const exact: readonly Benchmark[] = [
  {
    ...everywhere,
    title: "publish to one subscriber",
    contenders: [
      publishing(viaMitt, one),
      publishing(ours, one),
      publishing(ours, { ...one, perTurn: 10, name: "@pubsub-mfe/core, 10 publishes a turn" }),
      publishing(loop, one),
      ...PEERS.map((peer) => publishing(peer, one)),
    ],
  },
  {
    ...everywhere,
    title: "publish to ten subscribers",
    contenders: [viaMitt, ours, loop, ...PEERS].map((peer) => publishing(peer, ten)),
  },
  {
    ...everywhere,
    title: "publish to 1,000 topics in turn, one subscriber each",
    contenders: [viaMitt, ours, loop, ...PEERS].map((peer) =>
      publishing(peer, { ...spread, ...(peer === viaPostal && { slowness: 400 }) }),
    ),
  },
  {
    ...everywhere,
    title: "publish to one subscriber, among 10,000 others",
    contenders: [
      publishing(ours, { ...one, name: "@pubsub-mfe/core, no others" }),
      publishing(ours, { ...one, others: manyTopics, name: "@pubsub-mfe/core, on other topics" }),
      publishing(ours, {
        ...one,
        others: manyPatterns,
        name: "@pubsub-mfe/core, on other patterns",
      }),
      publishing(viaMitt, { ...one, name: "mitt, no others" }),
      publishing(viaMitt, { ...one, others: manyTopics, name: "mitt, on other topics" }),
    ],
  },
];
