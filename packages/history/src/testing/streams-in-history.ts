import {
  createPubSub,
  type EventPosition,
  type NewEvent,
  type StoredEvent,
} from "@pubsub-mfe/core";
import { describe, expect, it, vi } from "vitest";
import { StreamsTestWorld } from "./streams-world.js";

/** What the streams of a log promise beyond what all event streams do, whatever IndexedDB it is on. */
export function streamsInHistoryContract(): void {
  describe("streams", () => {
    it("of two databases and of two namespaces know nothing of each other", async () => {
      const world = new StreamsTestWorld();
      const own = world.streams();
      const strangers = [
        new StreamsTestWorld().streams(),
        world.streams({ namespace: "shop2" }),
        world.streams({ namespace: "sho" }),
      ];
      const fence = { name: "saga", epoch: 5 };
      await own.append("s", numbered(1, 3), { commandId: "c", fence, outbox: true });
      await own.snapshot("s", { name: "sum", version: 3, state: 6 });
      await own.transact(carts, (it) => it.put("row", "own"));
      const head = await own.head();

      for (const stranger of strangers) {
        expect(await collect(stranger.readAll())).toEqual([]);
        expect(await collect(stranger.read("s"))).toEqual([]);
        expect(await stranger.readSnapshot("s", { name: "sum" })).toBeUndefined();
        expect(await stranger.rows(carts).list()).toEqual([]);
        await stranger.pending(() => Promise.reject(new Error("It is another's outbox.")));
        await stranger.delete("s");
        await stranger.transact(carts, (it) => it.clear());
        const stale = { code: "STALE_POSITION", position: head };
        await expect(collect(stranger.readAll({ after: head }))).rejects.toMatchObject(stale);
        const low = { name: "saga", epoch: 1 };
        const result = await stranger.append("s", numbered(9, 9), { commandId: "c", fence: low });
        expect(result).toMatchObject({ version: 1, repeated: false });
      }

      expect(payloads(await collect(own.readAll()))).toEqual([1, 2, 3]);
      expect(await own.head()).toBe(head);
      expect(await own.rows(carts).get("row")).toBe("own");
    });

    it("are told of appends to their own namespace alone", async () => {
      const world = new StreamsTestWorld();
      const [own, stranger, writer] = [
        world.streams(),
        world.streams({ namespace: "blog" }),
        world.streams(),
      ];
      const heardByStranger = vi.fn();
      stranger.onAppend(heardByStranger);
      const told = new Promise<void>((resolve) => void own.onAppend(resolve));

      await writer.append("s", numbered(1, 1));
      await told;

      expect(heardByStranger).not.toHaveBeenCalled();
    });

    it("are left alone by the log's collection and by clearHistory", async () => {
      const world = new StreamsTestWorld();
      const history = world.history({ maxMessages: 1, ttlSeconds: 1 });
      const bus = createPubSub({ app: "shop", clock: world.clock });
      await history.attach(bus);
      for (let n = 0; n < 5; n += 1) bus.publish("cart.changed", n);
      await history.flush();
      await history.streams.append("s", numbered(1, 3), { outbox: true });
      world.clock.advance(60_000);

      expect(await history.forceGc()).toBe(5);
      await history.clearHistory();

      expect(payloads(await collect(history.streams.read("s")))).toEqual([1, 2, 3]);
      const handedOut: StoredEvent[] = [];
      await history.streams.pending((events) => void handedOut.push(...events));
      expect(payloads(handedOut)).toEqual([1, 2, 3]);
      await history.detach();
      bus.dispose();
    });

    it("ask for the namespace while none is known, and take that of the bus", async () => {
      const world = new StreamsTestWorld();
      const history = world.history({ namespace: undefined });
      const { streams } = history;
      const misused = {
        code: "HISTORY_MISUSED",
        message: expect.stringMatching(/^streams does not know .* attach\(bus\)/),
      };

      await expect(streams.append("s", numbered(1, 1))).rejects.toMatchObject(misused);
      await expect(collect(streams.readAll())).rejects.toMatchObject(misused);
      await expect(streams.rows(carts).list()).rejects.toMatchObject(misused);
      expect(() => streams.onAppend(() => {})).toThrow(expect.objectContaining(misused));
      const bus = createPubSub({ app: "blog", clock: world.clock });
      await history.attach(bus);
      await streams.append("s", numbered(1, 1));

      const others = world.streams({ namespace: "blog" });
      expect(payloads(await collect(others.readAll()))).toEqual([1]);
      await history.detach();
      bus.dispose();
    });

    it("go on after detach, and their positions after a reload", async () => {
      const world = new StreamsTestWorld();
      const before = world.history();
      const { position } = await before.streams.append("s", numbered(1, 2));
      await before.detach();
      await before.streams.append("s", numbered(3, 3));
      await before.detach();

      const { streams } = world.history();
      expect(await streams.append("s", numbered(4, 4))).toMatchObject({ version: 4 });
      const after = position as EventPosition;
      expect(payloads(await collect(streams.readAll({ after })))).toEqual([3, 4]);
      expect((await streams.head()) > after).toBe(true);
    });

    it("end a read with a stale position where the database is deleted in its midst", async () => {
      const world = new StreamsTestWorld();
      const streams = world.streams();
      await streams.append("s", numbered(1, 100));

      for (const read of [() => streams.read("s"), () => streams.readAll()]) {
        const reading = read()[Symbol.asyncIterator]();
        await reading.next();
        await world.deleteDatabase();
        await streams.append("s", numbered(1, 100));

        const rest = async () => {
          while (!(await reading.next()).done);
        };
        await expect(rest()).rejects.toMatchObject({ code: "STALE_POSITION" });
      }
    });

    it.each(["forward", "backward"] as const)(
      "leave out what is deleted while it is read %s, and what comes in its place",
      async (direction) => {
        const streams = new StreamsTestWorld().streams();
        await streams.append("s", numbered(1, 100));
        const reading = streams.read("s", { direction })[Symbol.asyncIterator]();
        await reading.next();
        await streams.delete("s");
        await streams.append("s", numbered(1_000, 1_100));

        const rest: number[] = [];
        for (let step = await reading.next(); !step.done; step = await reading.next()) {
          rest.push(step.value.payload);
        }

        expect(rest.every((payload) => payload < 1_000)).toBe(true);
        expect(rest.length).toBeLessThan(99);
      },
    );

    it("take nothing out of the outbox of the store that came after a deletion", async () => {
      const world = new StreamsTestWorld();
      const streams = world.streams();
      await streams.append("s", numbered(1, 3), { outbox: true });
      const handedOut: unknown[][] = [];

      await streams.pending(async (events) => {
        handedOut.push(payloads(events));
        if (handedOut.length > 1) return;
        await world.deleteDatabase();
        await streams.append("s", numbered(7, 9), { outbox: true });
      });

      expect(handedOut).toEqual([
        [1, 2, 3],
        [7, 8, 9],
      ]);
    });

    it("confirm nothing whose commit fails after every request has succeeded", async () => {
      const world = new StreamsTestWorld();
      const streams = world.streams();
      await streams.append("s", numbered(1, 1));
      const told = vi.fn();
      streams.onAppend(told);
      const commit = vi.spyOn(IDBTransaction.prototype, "commit").mockImplementationOnce(function (
        this: IDBTransaction,
      ) {
        this.objectStore("heads").count().onsuccess = () => this.abort();
      });

      await expect(streams.append("s", numbered(2, 2))).rejects.toThrow();

      expect(commit).toHaveBeenCalledOnce();
      expect(told).not.toHaveBeenCalled();
      expect(payloads(await collect(streams.read("s")))).toEqual([1]);
      expect(await streams.append("s", numbered(2, 2))).toMatchObject({ version: 2 });
    });

    it("call the callback of a transaction once, whatever it throws", async () => {
      const streams = new StreamsTestWorld().streams();
      const error = new DOMException("As a closed connection throws it", "InvalidStateError");
      const callback = vi.fn(() => {
        throw error;
      });

      await expect(streams.transact(carts, callback)).rejects.toBe(error);

      expect(callback).toHaveBeenCalledOnce();
    });

    it("keep nothing of rows that were put and stored before the callback waited", async () => {
      const streams = new StreamsTestWorld().streams();

      const ended = streams.transact(carts, async (transaction) => {
        transaction.put("one", 1);
        await streams.append("s", numbered(1, 1));
      });

      await expect(ended).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
      expect(await streams.rows(carts).list()).toEqual([]);
    });

    it("end a transaction whose callback asks for nothing and never settles", async () => {
      const streams = new StreamsTestWorld().streams();

      const ended = streams.transact(carts, () => new Promise(() => {}));

      await expect(ended).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
      await streams.transact(carts, (transaction) => transaction.put("one", 1));
      expect(await streams.rows(carts).get("one")).toBe(1);
    });

    it("read 20 events among 50,000 in one page, and no other record", async () => {
      const streams = new StreamsTestWorld().streams();
      for (let n = 0; n < 20; n += 1) {
        await streams.append("wanted", numbered(n, n));
        await streams.append(`other-${n}`, numbered(1, 2_500));
      }
      const touched = countRecords();

      const events = await collect(streams.read("wanted"));

      expect(payloads(events)).toEqual(Array.from({ length: 20 }, (_, n) => n));
      expect(touched()).toEqual({ requests: 1, records: 20 });
    }, 60_000);
  });

  describe("the signal of the streams", () => {
    it("opens a channel while somebody listens, and for an append", async () => {
      const channels = watchChannels();
      const streams = new StreamsTestWorld().streams();
      await collect(streams.readAll());
      expect(channels.opened).toBe(0);
      await streams.append("s", numbered(1, 1));
      expect(channels).toEqual({ opened: 1, open: 0 });

      const [first, second] = [streams.onAppend(() => {}), streams.onAppend(() => {})];
      await streams.append("s", numbered(2, 2));
      expect(channels).toEqual({ opened: 2, open: 1 });
      first();
      first();
      expect(channels.open).toBe(1);
      second();

      expect(channels).toEqual({ opened: 2, open: 0 });
    });

    it("is closed while the page is hidden away, and calls once when it is back", async () => {
      const channels = watchChannels();
      const world = new StreamsTestWorld();
      const [reader, writer] = [world.streams(), world.streams()];
      const told = vi.fn();
      const unsubscribe = reader.onAppend(told);

      dispatchEvent(new Event("pagehide"));
      expect(channels.open).toBe(0);
      await writer.append("s", numbered(1, 1));
      expect(told).not.toHaveBeenCalled();
      dispatchEvent(new Event("pageshow"));
      expect(told).toHaveBeenCalledOnce();
      dispatchEvent(new Event("pageshow")); // of a page that was never away
      expect(told).toHaveBeenCalledOnce();

      const again = new Promise<void>((resolve) => void told.mockImplementation(resolve));
      await writer.append("s", numbered(2, 2));
      await again;
      unsubscribe();
      dispatchEvent(new Event("pageshow"));
      expect(channels.open).toBe(0);
    });

    it("tells the own page where there is no BroadcastChannel", async () => {
      vi.stubGlobal("BroadcastChannel", undefined);
      const streams = new StreamsTestWorld().streams();
      const told = vi.fn();
      streams.onAppend(told);

      await streams.append("s", numbered(1, 1));

      expect(told).toHaveBeenCalledOnce();
      vi.unstubAllGlobals();
    });

    it("comes when the commit is under way, so that a tab that dies after it has told", async () => {
      const world = new StreamsTestWorld();
      const [reader, writer] = [world.streams(), world.streams()];
      await reader.head();
      let acknowledged = false;
      const read = new Promise<unknown[]>((resolve) => {
        reader.onAppend(() => void collect(reader.readAll()).then((all) => resolve(payloads(all))));
      });
      const post = vi.spyOn(BroadcastChannel.prototype, "postMessage");
      post.mockImplementationOnce(function (this: BroadcastChannel, data) {
        expect(acknowledged).toBe(false);
        this.postMessage(data);
      });

      await writer.append("s", numbered(1, 2)).then(() => {
        acknowledged = true;
      });

      expect(await read).toEqual([1, 2]);
      expect(post).toHaveBeenCalledTimes(2);
    });
  });
}

const carts = { name: "carts", version: 1 };

function numbered(from: number, to: number): NewEvent<number>[] {
  return Array.from({ length: to - from + 1 }, (_, n) => ({ type: "counted", payload: from + n }));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

function payloads(events: readonly StoredEvent[]): unknown[] {
  return events.map(({ payload }) => payload);
}

/** Counts what is asked of stores and indexes from now on, and how many records come of it. */
function countRecords(): () => { requests: number; records: number } {
  let requests = 0;
  let records = 0;
  for (const prototype of [IDBObjectStore.prototype, IDBIndex.prototype]) {
    for (const method of ["get", "getKey", "getAll", "getAllKeys", "openCursor", "openKeyCursor"]) {
      const name = method as "get";
      const original = prototype[name];
      vi.spyOn(prototype, name).mockImplementation(function (this: IDBObjectStore, ...args) {
        const request = original.apply(this, args);
        requests += 1;
        request.addEventListener("success", () => {
          const { result } = request;
          records += Array.isArray(result) ? result.length : 1;
        });
        return request;
      } as typeof original);
    }
  }
  return () => ({ requests, records });
}

/** Counts the channels that are opened from now on, and those of them that are open. */
function watchChannels(): { opened: number; open: number } {
  const counts = { opened: 0, open: 0 };
  class Watched extends BroadcastChannel {
    constructor(name: string) {
      super(name);
      counts.opened += 1;
      counts.open += 1;
    }
    override close(): void {
      super.close();
      counts.open -= 1;
    }
  }
  vi.stubGlobal("BroadcastChannel", Watched);
  return counts;
}
