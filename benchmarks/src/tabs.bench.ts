import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { createCrossTabAdapter } from "@pubsub-mfe/cross-tab";
import type { Benchmark, Contender } from "./measure.js";

const MESSAGES = 5_000;
const payload = { sku: "LAN-1", name: "Field lantern", price: 4_200 };

/** Two ends of one channel on one page, which cross the same process border as two tabs do. */
function raw(perPost: number): Contender {
  return {
    name: `raw BroadcastChannel, ${perPost} a post`,
    note: "no bus, nothing is numbered or checked",
    setup() {
      const name = `bench-raw-${perPost}`;
      const sender = new BroadcastChannel(name);
      const receiver = new BroadcastChannel(name);
      return {
        run: () =>
          new Promise((resolve) => {
            let count = 0;
            receiver.onmessage = ({ data }) => {
              count += data.length;
              if (count === MESSAGES) resolve(MESSAGES);
            };
            for (let n = 0; n < MESSAGES; n += perPost) {
              sender.postMessage(
                Array.from({ length: perPost }, (_, i) => ({
                  id: `id-${n + i}-0000-0000-0000-000000000000`,
                  topic: "cart.item.added",
                  ts: 1_790_000_000_000,
                  payload,
                })),
              );
            }
          }),
        close() {
          sender.close();
          receiver.close();
        },
      };
    },
  };
}

const ours: Contender = {
  name: "@pubsub-mfe/cross-tab",
  note: "publish on one bus until handled on the other",
  async setup() {
    const connect = async (): Promise<PubSubBus> => {
      const bus = createPubSub();
      await createCrossTabAdapter({ channelName: "bench-ours" }).attach(bus);
      return bus;
    };
    const sender = await connect();
    const receiver = await connect();
    let count = 0;
    let done: (operations: number) => void = () => {};
    receiver.subscribe("cart.#", () => {
      count += 1;
      if (count === MESSAGES) done(MESSAGES);
    });
    return {
      run: () =>
        new Promise((resolve) => {
          count = 0;
          done = resolve;
          for (let n = 0; n < MESSAGES; n++) sender.publish("cart.item.added", payload);
        }),
      close() {
        sender.dispose();
        receiver.dispose();
      },
    };
  },
};

export const benchmarks: readonly Benchmark[] = [
  {
    title: `a burst of ${MESSAGES} messages to another tab`,
    in: ["chromium"],
    rounds: 9,
    contenders: [raw(50), ours, raw(1)],
  },
];
