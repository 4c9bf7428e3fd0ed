import { describe, expect, it, vi } from "vitest";
import { collect, Follower, numbers, type OpenLogWorld, openTabs, publish } from "./world.js";

export function subscribingContract(openWorld: OpenLogWorld): void {
  describe("subscribe", () => {
    it("delivers only what comes, from any tab, when nothing else is said", async () => {
      const { a, b, busA, busB } = await openTabs(openWorld);
      publish(busA, 1, 2);
      publish(busB, 3, 3);
      await b.head();

      const follower = new Follower(a, "#");
      publish(busA, 4, 4);
      await follower.ready;
      publish(busA, 5, 5);
      await a.head();
      publish(busB, 6, 6);
      await b.head();
      busA.publish("end", 7);
      await follower.saw("end");

      expect(follower.payloads).toEqual([4, 5, 6, 7]);
    });

    it("delivers all that is stored before it settles, then what comes", async () => {
      const { a, b, busA, busB } = await openTabs(openWorld);
      publish(busB, 1, 300);
      await b.head();
      publish(busA, 301, 310);

      const follower = new Follower(a, "#", { from: "start" });
      await follower.ready;
      expect(follower.payloads).toEqual(numbers(1, 310));
      busB.publish("end", 311);
      await follower.saw("end");

      expect(follower.payloads).toEqual(numbers(1, 311));
      expect(follower.entries).toEqual(await collect(a.read("#")));
    });

    it("begins after a position", async () => {
      const { a, busA } = await openTabs(openWorld);
      publish(busA, 1, 4);
      const position = (await collect(a.read("#")))[1]?.position;

      const follower = new Follower(a, "#", { from: { position: position as never } });
      await follower.ready;
      expect(follower.payloads).toEqual([3, 4]);
      busA.publish("end", 5);
      await follower.saw("end");

      expect(follower.payloads).toEqual([3, 4, 5]);
    });

    it("begins with a time, which is nothing to what comes", async () => {
      const { a, busA, clock } = await openTabs(openWorld);
      const start = clock.now();
      for (const n of numbers(1, 4)) {
        clock.wallMs = start + n;
        publish(busA, n, n);
        await a.head();
      }

      const follower = new Follower(a, "#", { from: { time: start + 3 } });
      await follower.ready;
      expect(follower.payloads).toEqual([3, 4]);
      clock.wallMs = start;
      busA.publish("end", 5);
      await follower.saw("end");

      expect(follower.payloads).toEqual([3, 4, 5]);
    });

    it("delivers what matches", async () => {
      const { a, busA } = await openTabs(openWorld);
      busA.publish("cart.item.added", 1);
      busA.publish("order.paid", 2);
      const follower = new Follower(a, "cart.#", { from: "start" });
      await follower.ready;
      busA.publish("order.paid", 3);
      busA.publish("cart", 4);
      busA.publish("cart.end", 5);
      await follower.saw("cart.end");

      expect(follower.payloads).toEqual([1, 4, 5]);
    });

    it("leaves neither a hole nor a double between old and new, while tabs publish", async () => {
      const { a, b, busA, busB, openTab } = await openTabs(openWorld);
      const late = await openTab();
      publish(busB, 0, 149);
      await b.head();
      let more = 0;
      const writeMore = () => {
        // Between any two of them, and often of both tabs in one turn.
        more += 1;
        if (more <= 200) busB.publish("more", more);
        if (more % 3 === 0 && more <= 200) busA.publish("more", -more);
        if (more === 260) busA.publish("end", 0);
      };

      const follower = new Follower(a, "#", { from: "start" }, writeMore);
      const other = new Follower(late.log, "#", { from: "start" });
      await Promise.all([follower.saw("end"), other.saw("end")]);
      await Promise.all([a.head(), b.head()]);

      const stored = await collect(b.read("#"));
      const upToEnd = stored.findIndex(({ message }) => message.topic === "end") + 1;
      expect(stored).toHaveLength(150 + 200 + 66 + 1);
      expect(follower.entries.slice(0, upToEnd)).toEqual(stored.slice(0, upToEnd));
      expect(other.entries.slice(0, upToEnd)).toEqual(stored.slice(0, upToEnd));
    });

    it("delivers the same to subscriptions that begin at any moment", async () => {
      const { a, b, busA, busB } = await openTabs(openWorld);
      const start = await a.head();
      const followers: Follower[] = [];
      for (const n of numbers(1, 30)) {
        publish(busA, n, n);
        followers.push(new Follower(b, "#", { from: { position: start } }));
        publish(busB, n, n);
        followers.push(new Follower(a, "#", { from: "start" }));
        if (n % 5 === 0) await followers.at(-1)?.ready;
      }
      await Promise.all([a.head(), b.head()]);
      busA.publish("end", 0);

      await Promise.all(followers.map((follower) => follower.saw("end")));

      const stored = await collect(a.read("#"));
      expect(stored).toHaveLength(61);
      for (const { entries } of followers) expect(entries).toEqual(stored);
    });

    it("gives every handler copies of its own", async () => {
      const { a, b, busB } = await openTabs(openWorld);
      const spoil = ({ message }: { message: { payload: unknown } }) => {
        (message.payload as unknown[]).push("spoilt");
      };
      const spoilers = [new Follower(a, "#", {}, spoil), new Follower(a, "#", {}, spoil)];
      const follower = new Follower(a, "#");
      await Promise.all([...spoilers, follower].map(({ ready }) => ready));

      busB.publish("end", ["fine"]);
      await Promise.all([...spoilers, follower].map((each) => each.saw("end")));

      expect(follower.payloads).toEqual([["fine"]]);
      expect(spoilers.map((each) => each.payloads)).toEqual([
        [["fine", "spoilt"]],
        [["fine", "spoilt"]],
      ]);
      expect((await collect(b.read("#")))[0]?.message.payload).toEqual(["fine"]);
    });

    it("never calls a handler within publish", async () => {
      const { a, busA } = await openTabs(openWorld);
      const follower = new Follower(a, "#");
      await follower.ready;

      busA.publish("end", 1);

      expect(follower.entries).toEqual([]);
      await follower.saw("end");
    });

    it.each<[string, () => unknown]>([
      [
        "throws",
        () => {
          throw new Error("A handler that throws");
        },
      ],
      ["rejects", () => Promise.reject(new Error("A handler that rejects"))],
    ])("goes on after a handler that %s, and calls the others", async (_, fail) => {
      const { a, busA, busB } = await openTabs(openWorld);
      vi.stubGlobal("reportError", () => {});
      publish(busA, 1, 2);
      const failing = new Follower(a, "#", { from: "start" }, fail);
      const other = new Follower(a, "#", { from: "start" });
      await Promise.all([failing.ready, other.ready]);
      busB.publish("end", 3);
      await Promise.all([failing.saw("end"), other.saw("end")]);
      await a.head();

      expect(failing.payloads).toEqual([1, 2, 3]);
      expect(other.payloads).toEqual([1, 2, 3]);
      vi.unstubAllGlobals();
    });

    it("is silent once unsubscribed", async () => {
      const { a, busA, busB } = await openTabs(openWorld);
      const ended = new Follower(a, "#", { from: "start" });
      const unsubscribe = await ended.ready;
      const other = new Follower(a, "#");
      await other.ready;

      publish(busA, 1, 1);
      unsubscribe();
      unsubscribe();
      busB.publish("end", 2);
      await other.saw("end");

      expect(ended.entries).toEqual([]);
    });

    it("stops in the midst of catching up when the signal aborts, and settles", async () => {
      const { a, busA } = await openTabs(openWorld);
      publish(busA, 1, 300);
      const quit = new AbortController();
      const { signal } = quit;
      const ended = new Follower(a, "#", { from: "start", signal }, ({ message }) => {
        if (message.payload === 100) quit.abort();
      });

      const unsubscribe = await ended.ready;
      unsubscribe();
      const other = new Follower(a, "#", { from: "start" });
      busA.publish("end", 0);
      await other.saw("end");

      expect(ended.payloads).toEqual(numbers(1, 100));
    });

    it("stops when the signal aborts later", async () => {
      const { a, busA } = await openTabs(openWorld);
      const quit = new AbortController();
      const ended = new Follower(a, "#", { signal: quit.signal });
      const other = new Follower(a, "#");
      await Promise.all([ended.ready, other.ready]);
      busA.publish("first", 1);
      await ended.saw("first");
      quit.abort();
      busA.publish("end", 2);
      await other.saw("end");

      expect(ended.payloads).toEqual([1]);
    });

    it("subscribes nothing for a signal that has aborted", async () => {
      const { a, busA } = await openTabs(openWorld);
      publish(busA, 1, 3);
      const ended = new Follower(a, "#", { from: "start", signal: AbortSignal.abort() });
      (await ended.ready)();
      const other = new Follower(a, "#", { from: "start" });
      busA.publish("end", 0);
      await other.saw("end");

      expect(ended.entries).toEqual([]);
    });

    it("goes on with the next log when its own is deleted", async () => {
      const { a, busA, busB, wipe } = await openTabs(openWorld);
      publish(busA, 1, 3);
      const follower = new Follower(a, "#", { from: "start" });
      await follower.ready;

      await wipe();
      busB.publish("again", 4);
      await follower.saw("again");
      busA.publish("end", 5);
      await follower.saw("end");

      expect(follower.payloads).toEqual([1, 2, 3, 4, 5]);
    });

    it.each([
      ["a..b", {}, "INVALID_TOPIC"],
      ["#", { from: { position: "7" } }, "STALE_POSITION"],
    ])("refuses %j with %j", async (pattern, options, code) => {
      const { a } = await openTabs(openWorld);

      const subscribed = a.subscribe(pattern, () => {}, options as object);

      await expect(subscribed).rejects.toMatchObject({ code });
    });

    it.each([
      ["no handler", undefined, {}, "The handler is undefined: it must be a function."],
      ["a word for from", () => {}, { from: "begin" }, 'from is "begin": it must be "start"'],
      [
        "a word for the options",
        () => {},
        "start",
        'The options are "start": they must be an object.',
      ],
      ["options that are null", () => {}, null, "The options are null"],
      ["from null", () => {}, { from: null }, "from is null"],
      ["from that says nothing", () => {}, { from: {} }, "from is an object"],
      ["a time that is none", () => {}, { from: { time: "noon" } }, 'from.time is "noon"'],
    ])("refuses %s", async (_, handler, options, sentence) => {
      const { a } = await openTabs(openWorld);

      const subscribed = a.subscribe("#", handler as () => void, options as object);

      await expect(subscribed).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining(sentence),
      });
    });
  });
}
