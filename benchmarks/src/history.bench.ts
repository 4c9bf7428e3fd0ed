import { createPubSub } from "@pubsub-mfe/core";
import { createHistoryAdapter } from "@pubsub-mfe/history";
import { rebuilding } from "./history/rebuilding.js";
import type { Benchmark } from "./measure.js";

const MESSAGES = 2_000;
const payload = { sku: "LAN-1", name: "Field lantern", price: 4_200, note: "x".repeat(200) };
const topicOf = (n: number): string => `shop.cart.t${n % 50}`;

export const benchmarks: readonly Benchmark[] = [
  rebuilding,
  {
    title: `${MESSAGES} messages of one turn, until they are durable`,
    in: ["chromium"],
    rounds: 9,
    contenders: [
      {
        name: "raw IndexedDB",
        note: "the same rows and indexes by hand, 256 a transaction; no bus",
        async setup() {
          const db = await openRaw("bench-raw");
          return {
            async run() {
              const writes: Promise<void>[] = [];
              for (let start = 0; start < MESSAGES; start += 256) {
                writes.push(writeRaw(db, start, Math.min(start + 256, MESSAGES)));
              }
              await Promise.all(writes);
              return MESSAGES;
            },
            close: () => db.close(),
          };
        },
      },
      {
        name: "@pubsub-mfe/history",
        async setup() {
          const bus = createPubSub();
          const history = createHistoryAdapter({ dbName: "bench-ours", maxMessages: 100_000 });
          await history.attach(bus);
          return {
            async run() {
              for (let n = 0; n < MESSAGES; n++) bus.publish(topicOf(n), payload);
              await history.flush();
              return MESSAGES;
            },
            close: () => history.detach(),
          };
        },
      },
    ],
  },
];

function openRaw(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore("messages", { autoIncrement: true });
      store.createIndex("topic", ["ns", "topic"]);
      store.createIndex("id", ["ns", "id"], { unique: true });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function writeRaw(db: IDBDatabase, from: number, to: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const tx = db.transaction("messages", "readwrite", { durability: "relaxed" });
    const store = tx.objectStore("messages");
    for (let n = from; n < to; n++) {
      store.add({ ns: "bench", id: crypto.randomUUID(), topic: topicOf(n), ts: n, payload });
    }
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error);
    tx.commit();
  });
}
