import { createPubSub, type Message, type StoredEvent } from "@pubsub-mfe/core";
import { createLocks } from "@pubsub-mfe/core/locks";
import { createHistoryAdapter, type HistoryAdapter } from "@pubsub-mfe/history";
import { createEventStore, createProjection } from "@pubsub-mfe/patterns/cqrs";
import { describe, expect, it, onTestFinished } from "vitest";
import { cqrsSuite } from "../packages/patterns/src/testing/cqrs-suite.js";

/** Pages with a database of their own. */
class World {
  readonly dbName: string = `events-${crypto.randomUUID()}`;

  open(config: object = {}): HistoryAdapter {
    const history = createHistoryAdapter({ dbName: this.dbName, namespace: "shop", ...config });
    onTestFinished(() => history.detach());
    return history;
  }

  openTab() {
    const { streams } = this.open();
    return { streams, locks: createLocks() };
  }
}

cqrsSuite("over IndexedDB", () => new World(), 8);

async function collect(events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> {
  const collected: StoredEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

describe("an event store beside the log", () => {
  it("loses no event to the retention of the log", async () => {
    const world = new World();
    const bus = createPubSub({ app: "shop" });
    const history = world.open({ maxMessages: 2, ttlSeconds: 1 });
    await history.attach(bus);
    const store = createEventStore({ streams: history.streams, bus, locks: createLocks() });
    onTestFinished(() => store.dispose());

    for (let n = 1; n <= 10; n += 1) {
      await store.append("order-42", [{ type: "order.changed", payload: n }]);
    }
    await store.publishPending();
    await history.flush();
    await history.forceGc();
    await history.clearHistory();

    // The log has its messages collected, as it should.
    expect(await history.getHistory("order.#")).toEqual([]);
    const events = await collect(store.read("order-42"));
    expect(events.map(({ payload }) => payload)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("publishes each event of three pages once where they have locks, in the order of versions", async () => {
    const world = new World();
    const heard: Message[] = [];
    const stores = [1, 2, 3].map(() => {
      const bus = createPubSub({ app: "shop" });
      bus.subscribe("#", (message) => heard.push(message));
      const store = createEventStore({ ...world.openTab(), bus });
      onTestFinished(() => store.dispose());
      return store;
    });

    await Promise.all(
      stores.flatMap((store, tab) =>
        [1, 2, 3].map((n) => store.append(`s${tab}`, [{ type: "said", payload: n }])),
      ),
    );
    for (const store of stores) await store.publishPending();

    expect(heard).toHaveLength(9);
    expect(new Set(heard.map(({ meta }) => meta?.eventId)).size).toBe(9);
    for (const stream of ["s0", "s1", "s2"]) {
      const versions = heard.filter(({ meta }) => meta?.stream === stream);
      expect(versions.map(({ meta }) => meta?.version)).toEqual([1, 2, 3]);
    }
  });

  it("has its rows after a reload", async () => {
    const world = new World();
    const open = async () => {
      const history = world.open();
      const store = createEventStore({ streams: history.streams });
      const counts = createProjection<number>(store, {
        name: "counts",
        key: ({ stream }) => stream,
        on: { said: (count = 0) => count + 1 },
      });
      return { history, store, counts };
    };
    const before = await open();
    const { position } = await before.store.append("s", [
      { type: "said", payload: null },
      { type: "said", payload: null },
    ]);
    await before.counts.waitFor(position);
    before.store.dispose();
    await before.history.detach();

    const after = await open();

    expect(await after.counts.get("s")).toBe(2);
    await after.counts.waitFor(position);
    after.store.dispose();
  });
});
