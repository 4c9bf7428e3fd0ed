import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { createHistoryAdapter, type HistoryAdapter } from "@pubsub-mfe/history";
import { endTrace, startTrace } from "../main-thread.js";
import { type Benchmark, type Contender, type Figure, nextTask } from "../measure.js";
import { openRaw, peers, writeRaw } from "./writing-peers.js";

const ONE_TURN = 10_000;
const ONE_PER_TASK = 1_000;
const payload = { sku: "LAN-1", name: "Field lantern", price: 4_200, note: "x".repeat(200) };
const topicOf = (n: number): string => `shop.cart.t${n % 50}`;

interface Attached {
  readonly bus: PubSubBus;
  readonly history: HistoryAdapter;
}

async function attached(dbName: string): Promise<Attached> {
  const bus = createPubSub();
  const history = createHistoryAdapter({ dbName, maxMessages: 100_000 });
  await history.attach(bus);
  return { bus, history };
}

async function writeAllRaw(db: IDBDatabase): Promise<void> {
  const writes: Promise<void>[] = [];
  for (let start = 0; start < ONE_TURN; start += 256) {
    const count = Math.min(256, ONE_TURN - start);
    writes.push(writeRaw(db, count, (n) => ({ topic: topicOf(start + n), payload })));
  }
  await Promise.all(writes);
}

function publishAll(bus: PubSubBus): void {
  for (let n = 0; n < ONE_TURN; n++) bus.publish(topicOf(n), payload);
}

const inOneTurn: Benchmark = {
  title: `${ONE_TURN.toLocaleString("en")} messages of one turn, until they are durable`,
  in: ["chromium"],
  warmUpRounds: 1,
  rounds: 5,
  contenders: [
    {
      name: "raw IndexedDB",
      note: "the same rows and indexes by hand, 256 a transaction; no bus",
      async setup() {
        const db = await openRaw("bench-raw");
        return {
          async run() {
            await writeAllRaw(db);
            return ONE_TURN;
          },
          close: () => db.close(),
        };
      },
    },
    {
      name: "@pubsub-mfe/history",
      async setup() {
        const { bus, history } = await attached("bench-ours");
        return {
          async run() {
            publishAll(bus);
            await history.flush();
            return ONE_TURN;
          },
          close: () => history.detach(),
        };
      },
    },
    ...peers(ONE_TURN, (n) => ({ topic: topicOf(n), payload })),
  ],
};

const onePerTask: Benchmark = {
  title: `${ONE_PER_TASK.toLocaleString("en")} messages, one a task, until they are durable`,
  in: ["chromium"],
  warmUpRounds: 1,
  rounds: 5,
  contenders: [
    {
      name: "raw IndexedDB, a transaction each",
      note: "one after the other, each durable before the next; no bus",
      async setup() {
        const db = await openRaw("bench-raw-each");
        return {
          async run() {
            for (let n = 0; n < ONE_PER_TASK; n++) {
              await writeRaw(db, 1, () => ({ topic: topicOf(n), payload }));
            }
            return ONE_PER_TASK;
          },
          close: () => db.close(),
        };
      },
    },
    {
      name: "@pubsub-mfe/history",
      async setup() {
        const { bus, history } = await attached("bench-ours-each");
        return {
          async run() {
            for (let n = 0; n < ONE_PER_TASK; n++) {
              bus.publish(topicOf(n), payload);
              await nextTask();
            }
            await history.flush();
            return ONE_PER_TASK;
          },
          close: () => history.detach(),
        };
      },
    },
  ],
};

/** The processor's time on the page's main thread for a message, in microseconds. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  await work();
  await startTrace();
  await work();
  const { total } = await endTrace();
  return (total * 1_000) / ONE_TURN;
}

const cpu: Figure = {
  title: `CPU of the main thread for a message, ${ONE_TURN.toLocaleString("en")} of one turn`,
  unit: "µs",
  in: ["chromium"],
  contenders: [
    {
      name: "raw IndexedDB",
      note: "the rows alone; no bus",
      async take() {
        const db = await openRaw("bench-raw-cpu");
        const taken = await cpuOf(() => writeAllRaw(db));
        db.close();
        return taken;
      },
    },
    {
      name: "structuredClone of the payload",
      note: "what a snapshot costs, about; no database, no bus",
      take: () =>
        cpuOf(async () => {
          for (let n = 0; n < ONE_TURN; n++) structuredClone(payload);
        }),
    },
    {
      name: "the bus alone",
      take() {
        const bus = createPubSub();
        return cpuOf(async () => {
          publishAll(bus);
          await nextTask();
        });
      },
    },
    {
      name: "@pubsub-mfe/history",
      note: "the bus and the log",
      async take() {
        const { bus, history } = await attached("bench-ours-cpu");
        const taken = await cpuOf(() => {
          publishAll(bus);
          return history.flush();
        });
        await history.detach();
        return taken;
      },
    },
  ],
};

/** Times the calls alone; what they set off is waited for outside. */
function publishing(name: string, history?: string): Contender {
  return {
    name,
    async setup() {
      const bus = createPubSub();
      const log = history ? createHistoryAdapter({ dbName: history }) : undefined;
      await log?.attach(bus);
      return {
        async run() {
          const start = performance.now();
          for (let n = 0; n < 1_000; n++) bus.publish(topicOf(n), payload);
          const ms = performance.now() - start;
          await (log?.flush() ?? nextTask());
          return { operations: 1_000, ms };
        },
        close: () => log?.detach(),
      };
    },
  };
}

export const writing: readonly (Benchmark | Figure)[] = [
  inOneTurn,
  onePerTask,
  cpu,
  {
    title: "publish() itself, 1,000 in a turn, nobody subscribed",
    in: ["chromium"],
    warmUpRounds: 5,
    rounds: 31,
    contenders: [
      publishing("the bus alone"),
      publishing("with @pubsub-mfe/history attached", "bench-publish"),
    ],
  },
];
