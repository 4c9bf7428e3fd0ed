import { createPubSub } from "@pubsub-mfe/core";
import { createHistoryAdapter } from "@pubsub-mfe/history";
import type { Benchmark } from "../measure.js";

const STREAMS = 2_500;
const EVENTS_EACH = 20;
const ALL = STREAMS * EVENTS_EACH;
const streamOf = (n: number): string => `order-${n % STREAMS}`;
const payload = { sku: "LAN-1", name: "Field lantern", price: 4_200, note: "x".repeat(200) };

/** Another stream every time, so that nothing is read twice. */
function nextStream(): () => string {
  let n = 0;
  return () => {
    n += 617;
    return streamOf(n);
  };
}

export const rebuilding: Benchmark = {
  title: `Rebuild one stream of ${EVENTS_EACH} events among ${ALL.toLocaleString("en")}`,
  in: ["chromium"],
  rounds: 15,
  contenders: [
    {
      name: "raw IndexedDB",
      note: "the same rows and index by hand, one getAll",
      async setup() {
        const db = await fillRaw("bench-streams-raw");
        const stream = nextStream();
        return {
          async run() {
            expectTwenty((await readRaw(db, stream())).length);
            return 1;
          },
          close: () => db.close(),
        };
      },
    },
    {
      name: "@pubsub-mfe/history",
      note: "streams.read",
      async setup() {
        const history = createHistoryAdapter({ dbName: "bench-streams", namespace: "bench" });
        const events = Array.from({ length: EVENTS_EACH }, () => ({
          type: "order.changed",
          payload,
        }));
        for (let n = 0; n < STREAMS; n += 50) {
          const names = Array.from({ length: 50 }, (_, m) => streamOf(n + m));
          await Promise.all(names.map((name) => history.streams.append(name, events)));
        }
        const stream = nextStream();
        return {
          async run() {
            let version = 0;
            for await (const event of history.streams.read(stream())) version = event.version;
            expectTwenty(version);
            return 1;
          },
          close: () => history.detach(),
        };
      },
    },
    {
      name: "@pubsub-mfe/history, scanning the log",
      note: "getHistory of all messages, then filter",
      async setup() {
        const bus = createPubSub();
        const history = createHistoryAdapter({ dbName: "bench-streams-log", maxMessages: ALL });
        await history.attach(bus);
        for (let n = 0; n < ALL; n++) {
          bus.publish("order.changed", { ...payload, stream: streamOf(n) });
          if (n % 5_000 === 0) await history.flush();
        }
        await history.flush();
        const stream = nextStream();
        return {
          async run() {
            const name = stream();
            const all = await history.getHistory("order.#");
            expectTwenty(all.filter((message) => message.payload.stream === name).length);
            return 1;
          },
          close: () => history.detach(),
        };
      },
    },
  ],
};

function expectTwenty(found: number): void {
  if (found !== EVENTS_EACH) throw new Error(`${found} events were found.`);
}

function fillRaw(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore("events", { keyPath: ["ns", "position"] });
      store.createIndex("stream", ["ns", "stream", "version"], { unique: true });
      for (let n = 0; n < ALL; n++) {
        const stream = streamOf(Math.floor(n / EVENTS_EACH));
        const version = (n % EVENTS_EACH) + 1;
        const id = crypto.randomUUID();
        const type = "order.changed";
        const row = { ns: "bench", position: n, stream, version, id, time: n, type };
        store.add({ ...row, payload });
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function readRaw(db: IDBDatabase, stream: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const index = db.transaction("events").objectStore("events").index("stream");
    const key = ["bench", stream];
    const request = index.getAll(IDBKeyRange.bound(key, [...key, []]));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
