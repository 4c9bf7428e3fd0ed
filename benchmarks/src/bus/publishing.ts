import { type Contender, nextTask } from "../measure.js";
import { sink } from "./handlers.js";
import type { Peer } from "./peers.js";
import type { Topics } from "./topics.js";

/** Few enough that a bus with a time budget a task does not have to pause. */
const PUBLISHES = 20_000;
const PER_TURN = 1_000;

interface Publishing {
  readonly name?: string;
  readonly patterns: readonly string[];
  /** Subscriptions that match nothing which is published. */
  readonly others?: readonly string[];
  readonly handlersEach?: number;
  readonly topics: Topics;
  readonly perTurn?: number;
  /** Measured with this many times fewer operations. */
  readonly slowness?: number;
}

/** Publishes, and checks that each handler was called as often as it has to be. */
export function publishing(peer: Peer, how: Publishing): Contender {
  const { patterns, others = [], handlersEach = 1 } = how;
  const publishes = Math.ceil(PUBLISHES / (how.slowness ?? peer.slowness ?? 1));
  const perTurn = Math.min(publishes, how.perTurn ?? PER_TURN);
  const turns = Math.round(publishes / perTurn);
  const called = perTurn * handlersEach;
  return {
    name: how.name ?? peer.name,
    note: peer.note,
    ...(peer.in && { in: peer.in }),
    setup() {
      const bus = peer.open();
      for (const pattern of others) bus.subscribe(pattern);
      for (const pattern of patterns) {
        for (let n = 0; n < handlersEach; n++) bus.subscribe(pattern);
      }
      const topicsOfTurn = how.topics(perTurn);
      return {
        async run() {
          for (let turn = 0; turn < turns; turn++) {
            sink.count = 0;
            bus.publishAll(topicsOfTurn());
            if (bus.settle) await bus.settle();
            for (let waits = 0; sink.count < called && waits < 10; waits++) await nextTask();
            if (sink.count !== called) {
              throw new Error(`${peer.name} called ${sink.count} handlers instead of ${called}.`);
            }
          }
          return turns * perTurn;
        },
        close: () => bus.close?.(),
      };
    },
  };
}
