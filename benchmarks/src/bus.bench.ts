import { createPubSub } from "@pubsub-mfe/core";
import mitt from "mitt";
import type { Benchmark, Contender } from "./measure.js";

const TURNS = 20;
const PER_TURN = 1_000;
const TOPIC = "cart.item.added";

const sink = { sum: 0 };
const handle = ({ sku }: { sku: number }): void => {
  sink.sum += sku;
};

/** The least that can be done: no topics, no envelope, nothing is isolated. */
function loop(handlers: number): Contender {
  return {
    name: "a loop over functions",
    note: "no topics, no envelope, synchronous",
    setup() {
      const list = Array.from(
        { length: handlers },
        () => (value: { sku: number }) => handle(value),
      );
      return {
        run() {
          for (let n = 0; n < TURNS * PER_TURN; n++) {
            const payload = { sku: n };
            for (const call of list) call(payload);
          }
          return TURNS * PER_TURN;
        },
      };
    },
  };
}

function viaMitt(handlers: number, others: number): Contender {
  return {
    name: "mitt",
    note: "no envelope, no isolation, synchronous",
    setup() {
      const emitter = mitt<Record<string, { sku: number }>>();
      for (let n = 0; n < others; n++) emitter.on(`other.topic.n${n}`, () => {});
      for (let n = 0; n < handlers; n++) emitter.on(TOPIC, (value) => handle(value));
      return {
        run() {
          for (let n = 0; n < TURNS * PER_TURN; n++) emitter.emit(TOPIC, { sku: n });
          return TURNS * PER_TURN;
        },
      };
    },
  };
}

function ours(handlers: number, others: number, patterns = 0): Contender {
  return {
    name: "@pubsub-mfe/core",
    note: `${PER_TURN} publishes a turn`,
    setup() {
      const bus = createPubSub({ maxHandlersPerTopic: handlers });
      for (let n = 0; n < others; n++) bus.subscribe(`other.topic.n${n}`, () => {});
      for (let n = 0; n < patterns; n++) bus.subscribe(`other.p${n}.#`, () => {});
      let left = 0;
      let done: () => void = () => {};
      for (let n = 0; n < handlers; n++) {
        bus.subscribe<{ sku: number }>(TOPIC, ({ payload }) => {
          handle(payload);
          left -= 1;
          if (left === 0) done();
        });
      }
      return {
        async run() {
          for (let turn = 0; turn < TURNS; turn++) {
            left = PER_TURN * handlers;
            const delivered = new Promise<void>((resolve) => {
              done = resolve;
            });
            for (let n = 0; n < PER_TURN; n++) bus.publish(TOPIC, { sku: n });
            await delivered;
          }
          return TURNS * PER_TURN;
        },
        close: () => bus.dispose(),
      };
    },
  };
}

const everywhere = { in: ["node", "chromium"], rounds: 25 } as const;

export const benchmarks: readonly Benchmark[] = [
  {
    ...everywhere,
    title: "publish to one subscriber",
    contenders: [viaMitt(1, 0), ours(1, 0), loop(1)],
  },
  {
    ...everywhere,
    title: "publish to ten subscribers",
    contenders: [viaMitt(10, 0), ours(10, 0), loop(10)],
  },
  {
    ...everywhere,
    title: "publish to one subscriber, among 10,000 on other topics",
    contenders: [viaMitt(1, 10_000), ours(1, 10_000)],
  },
  {
    ...everywhere,
    title: "publish to one subscriber, among 10,000 on other patterns",
    contenders: [ours(1, 0), { ...ours(1, 0, 10_000), name: "@pubsub-mfe/core, 10,000 patterns" }],
  },
];
