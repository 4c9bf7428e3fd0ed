import { describe, expect, it, vi } from "vitest";
import { payloads, range, turnEnd, World } from "../world.js";

/** Makes the database refuse a row, as it does one that is too large. */
function refuse(payload: unknown): void {
  const { add } = IDBObjectStore.prototype;
  vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(function (
    this: IDBObjectStore,
    row,
  ) {
    if (row.payload === payload) throw new RangeError("too large");
    return add.call(this, row);
  });
}

export function storingContract(): void {
  describe("storing", () => {
    it("costs the neighbours of a row nothing that the database refuses", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      refuse(7);

      const messages = range(20).map((n) => bus.publish("a", n));
      await expect(log.flush()).rejects.toMatchObject({
        code: "HISTORY_WRITE_FAILED",
        messageIds: [messages[7]?.id],
        message: expect.stringContaining("RangeError: too large"),
      });
      bus.publish("a", 20);
      await log.flush();

      expect(payloads(await log.getHistory("a"))).toEqual(range(21).filter((n) => n !== 7));
      expect(world.errors).toHaveLength(1);
    });

    it("keeps the whole of a message", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      const meta = { tenant: { id: 7, tags: ["a", "b"] } };
      const options = { source: "cart", correlationId: "c-1", schemaVersion: "2.1", meta };

      const published = bus.publish("cart.item.added", { sku: "A-1" }, options);

      const [stored] = await log.getHistory("cart.item.added");
      expect(stored).toEqual(published);
      expect(stored?.meta).toEqual({ source: "cart", correlationId: "c-1", ...meta });
      expect(Object.isFrozen(stored)).toBe(true);
      expect(Object.isFrozen(stored?.meta)).toBe(true);
    });

    it("keeps what structured clone keeps", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      const payload = {
        map: new Map([["a", new Set([1])]]),
        date: new Date(86_400_000),
        big: 2n ** 70n,
        bytes: new Uint8Array([1, 2, 255]),
        nothing: undefined,
        none: null,
        notANumber: Number.NaN,
      };

      bus.publish("a", payload);
      bus.publish("a", undefined);

      const [first, second] = await log.getHistory("a");
      expect(first?.payload).toStrictEqual(payload);
      expect(second).toHaveProperty("payload", undefined);
    });

    it("has committed when flush settles, not before", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      const order: string[] = [];
      const begin = IDBDatabase.prototype.transaction;
      vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (
        this: IDBDatabase,
        ...args
      ) {
        const tx = begin.apply(this, args);
        tx.addEventListener("complete", () => order.push("complete"));
        return tx;
      });

      bus.publish("a", 1);
      await log.flush();
      order.push("flushed");

      expect(order).toEqual(["complete", "flushed"]);
      expect(log.getStats()).toMatchObject({ messagesPersisted: 1, estimatedStorageCount: 1 });
      expect(payloads(await world.stored("messages"))).toEqual([1]);
    });

    it("stores what is published while it is attached, and nothing else", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = world.createLog();
      bus.publish("a", "before");

      const attached = log.attach(bus);
      bus.publish("a", "meanwhile");
      await turnEnd();
      bus.publish("a", "a turn later");
      await attached;
      bus.publish("a", "after");

      expect(payloads(await log.getHistory("a"))).toEqual(["meanwhile", "a turn later", "after"]);
    });

    it("leaves out what stays in the page", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);

      bus.publish("a", "page", { scope: "page" });
      bus.publish("a", "everywhere");

      expect(payloads(await log.getHistory("#"))).toEqual(["everywhere"]);
    });

    it("stores a payload as it was published, whatever a handler does to it", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);
      bus.subscribe("a", ({ payload }) => {
        payload.items.push("of a handler");
      });

      bus.publish("a", { items: ["first"] });
      await turnEnd();
      bus.publish("a", { items: ["second"] });

      expect(payloads(await log.getHistory("a"))).toEqual([
        { items: ["first"] },
        { items: ["second"] },
      ]);
    });

    it("stores a payload as it was at the end of its turn, whatever its publisher does later", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = world.createLog();
      const attached = log.attach(bus);
      const payload = { n: 1 };

      bus.publish("a", payload);
      await turnEnd();
      payload.n = 2;
      await attached;

      expect(payloads(await log.getHistory("a"))).toEqual([{ n: 1 }]);
    });

    it("tells of a message that cannot be cloned, and stores its neighbours", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);

      bus.publish("cart.saved", 1);
      const bad = bus.publish("cart.saved", { buttons: [{}, { onClick() {} }] });
      bus.publish("cart.saved", 3, { meta: { node: () => {} } });
      bus.publish("cart.saved", 4);

      expect(payloads(await log.getHistory("#"))).toEqual([1, 4]);
      expect(world.errors).toHaveLength(2);
      expect(world.errors[0]).toMatchObject({
        name: "UncloneableMessageError",
        code: "MESSAGE_NOT_CLONEABLE",
        topic: "cart.saved",
        messageId: bad.id,
        field: "payload.buttons.1.onClick",
        message:
          'A message of "cart.saved" was not stored: payload.buttons.1.onClick cannot be cloned. Publish plain data, without functions, DOM nodes and the like.',
      });
      expect(world.errors[1]).toMatchObject({ field: "meta.node" });
    });

    it("keeps 1,000 messages of one turn in order", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);

      for (const n of range(1_000)) bus.publish(`a.${n % 7}`, n);

      expect(payloads(await log.getHistory("#"))).toEqual(range(1_000));
      expect(log.getStats().messagesPersisted).toBe(1_000);
    });

    it("keeps the order of turns that do not wait for each other", async () => {
      const world = new World();
      const bus = world.createBus();
      const log = await world.attachedLog(bus);

      for (const n of range(20)) {
        for (const m of range(30, n * 30)) bus.publish("a", m);
        await null;
      }

      expect(payloads(await log.getHistory("a"))).toEqual(range(600));
    });

    it.each([2, 4])(
      "gives what %i tabs write at once one order, the same in all, and each publisher's own",
      async (count) => {
        const world = new World();
        const tabs = await Promise.all(
          range(count).map(async () => {
            const bus = world.createBus();
            return { bus, log: await world.attachedLog(bus) };
          }),
        );

        for (const n of range(20)) {
          for (const m of range(15, n * 15)) {
            for (const [tab, { bus }] of tabs.entries()) bus.publish(`from.t${tab}`, m);
          }
          await turnEnd();
        }
        await Promise.all(tabs.map(({ log }) => log.flush()));

        const orders = await Promise.all(tabs.map(({ log }) => log.getHistory("from.#")));
        const ids = orders.map((messages) => messages.map(({ id }) => id));
        for (const order of ids) expect(order).toEqual(ids[0]);
        for (const tab of range(count)) {
          const own = orders[0]?.filter(({ topic }) => topic === `from.t${tab}`) ?? [];
          expect(payloads(own)).toEqual(range(300));
        }
      },
    );
  });
}
