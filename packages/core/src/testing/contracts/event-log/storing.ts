import { describe, expect, it, vi } from "vitest";
import { createPubSub } from "../../../bus.js";
import type { Receive } from "../../../links/link.js";
import type { PubSubBus } from "../../../types.js";
import { collect, numbers, type OpenLogWorld, openTabs, payloads, publish } from "./world.js";

/** Links a bus to another world, and gives the way in. */
function connect(bus: PubSubBus, domain: string): Receive {
  let receive: Receive | undefined;
  bus.connect({
    domain,
    send: () => {},
    onMessages: (fn) => {
      receive = fn;
    },
    flush: () => {},
    close: () => {},
  });
  return receive as Receive;
}

export function storingContract(openWorld: OpenLogWorld): void {
  describe("the log", () => {
    it("stores what is published, whole, for every tab", async () => {
      const { a, b, busA } = await openTabs(openWorld);
      const first = busA.publish("cart.item.added", { sku: "A-1" }, { source: "catalog" });
      const second = busA.publish("cart.item.added", null, { schemaVersion: "v2", cause: first });

      const entries = await collect(a.read("#"));

      expect(entries.map(({ message }) => message)).toEqual([first, second]);
      expect(Object.isFrozen(entries[0]?.message)).toBe(true);
      expect(await collect(b.read("#"))).toEqual(entries);
    });

    it("has one order for all tabs, whoever publishes", async () => {
      const { a, b, busA, busB } = await openTabs(openWorld);
      for (let n = 0; n < 60; n += 3) {
        publish(busA, n, n + 1);
        publish(busB, n + 2, n + 2);
        if (n % 2 === 0) await a.head();
        if (n % 4 === 0) await b.head();
      }
      await b.head();

      const entries = await collect(a.read("#"));

      const inOrder = (own: number[]) =>
        entries.map(({ message }) => message.payload).filter((n) => own.includes(n));
      const all = numbers(0, 59);
      const ofB = all.filter((n) => n % 3 === 2);
      const ofA = all.filter((n) => n % 3 !== 2);
      expect(entries).toHaveLength(60);
      expect(inOrder(ofA)).toEqual(ofA);
      expect(inOrder(ofB)).toEqual(ofB);
      expect(await collect(b.read("#"))).toEqual(entries);
    });

    it("stores messages as they were when they were published", async () => {
      const { a, busA } = await openTabs(openWorld);
      const payload = { items: ["A-1"] };
      busA.subscribe("#", (message) => message.payload.items.push("by a handler"));
      busA.publish("cart", payload);

      expect(await payloads(a.read("#"))).toEqual([{ items: ["A-1"] }]);
      for await (const { message } of a.read("#")) message.payload.items.push("by a reader");
      expect(await payloads(a.read("#"))).toEqual([{ items: ["A-1"] }]);
    });

    it("keeps what the structured clone algorithm keeps", async () => {
      const { a, b, busA } = await openTabs(openWorld);
      const values = [undefined, null, 0, "", 10n, new Date(5), new Map([["k", new Set([1])]])];
      for (const value of values) busA.publish("any", value);
      await a.head();

      expect(await payloads(b.read("#"))).toEqual(values);
    });

    it("leaves out what cannot be cloned, and nothing else of that turn", async () => {
      const { a, busA } = await openTabs(openWorld);
      vi.stubGlobal("reportError", () => {});
      busA.publish("fine", 1);
      busA.publish("bad", { onClick() {} });
      busA.publish("fine", 2);

      expect(await payloads(a.read("#"))).toEqual([1, 2]);
      vi.unstubAllGlobals();
    });

    it("leaves out what is to stay in the page, and what came from other tabs", async () => {
      const { a, busA } = await openTabs(openWorld);
      const fromTab = connect(busA, "origin:shop");
      const fromElsewhere = createPubSub().publish("cart", "of another tab");

      busA.publish("cart", "of this page alone", { scope: "page" });
      fromTab(fromElsewhere);
      busA.publish("cart", "for all");

      expect(await payloads(a.read("#"))).toEqual(["for all"]);
    });

    it("stores what came from another world, once, over whichever tabs it came", async () => {
      const { a, b, busA, busB } = await openTabs(openWorld);
      const ways = [connect(busA, "peer:frame"), connect(busB, "peer:frame")];
      const message = createPubSub().publish("cart", "of a frame");

      for (const receive of ways) receive(message);
      await Promise.all([a.head(), b.head()]);

      expect((await collect(a.read("#"))).map((entry) => entry.message)).toEqual([message]);
    });

    it("does not bring messages to the handlers of the bus", async () => {
      const { a, b, busA, busB } = await openTabs(openWorld);
      const handler = vi.fn();
      publish(busA, 1, 3);
      await a.head();
      busB.subscribe("#", handler);
      publish(busA, 4, 6);
      await Promise.all([a.head(), b.head()]);
      await collect(b.read("#"));

      expect(handler).not.toHaveBeenCalled();
    });
  });
}
