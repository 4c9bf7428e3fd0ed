import { describe, expect, it, vi } from "vitest";
import type { EventPosition, StoredEvent, StreamQuery } from "../../../links/event-streams.js";
import { collect, numbered, type OpenStreamsWorld, openTabs, payloads } from "./world.js";

const oneToFive = [1, 2, 3, 4, 5];

export function readingContract(openWorld: OpenStreamsWorld): void {
  describe("read", () => {
    it("gives nothing of a stream that does not exist", async () => {
      const { a } = await openTabs(openWorld);

      expect(await collect(a.read("nobody"))).toEqual([]);
    });

    // Event n was committed n seconds after the start.
    it.each<[StreamQuery & { untilSecond?: number }, number[]]>([
      [{}, oneToFive],
      [{ fromVersion: 3 }, [3, 4, 5]],
      [{ toVersion: 2 }, [1, 2]],
      [{ fromVersion: 2, toVersion: 4 }, [2, 3, 4]],
      [{ fromVersion: 4, toVersion: 2 }, []],
      [{ fromVersion: 6 }, []],
      [{ fromVersion: 0, toVersion: 9 }, oneToFive],
      [{ toVersion: 0 }, []],
      [{ limit: 2 }, [1, 2]],
      [{ limit: 0 }, []],
      [{ limit: Number.POSITIVE_INFINITY }, oneToFive],
      [{ untilSecond: 3 }, [1, 2, 3]],
      [{ untilSecond: 3.5 }, [1, 2, 3]],
      [{ untilSecond: 0 }, []],
      [{ direction: "forward" }, oneToFive],
      [{ direction: "backward" }, [5, 4, 3, 2, 1]],
      [{ direction: "backward", limit: 2 }, [5, 4]],
      [{ direction: "backward", fromVersion: 2, toVersion: 4 }, [4, 3, 2]],
      [{ direction: "backward", untilSecond: 4, limit: 2 }, [4, 3]],
      [{ direction: "backward", untilSecond: 4, fromVersion: 4 }, [4]],
      [{ untilSecond: 4, fromVersion: 2, toVersion: 3, limit: 1 }, [2]],
    ])("gives of %j versions %j", async ({ untilSecond, ...query }, versions) => {
      const { a, b, clock } = await openTabs(openWorld);
      const start = clock.now();
      await b.append("other", numbered(1, 1));
      for (const n of oneToFive) {
        clock.advance(1_000);
        await a.append("s", numbered(n, n));
      }
      const until = untilSecond !== undefined && { untilTime: start + untilSecond * 1_000 };

      const events = await collect(b.read("s", { ...query, ...until }));

      expect(events.map(({ version }) => version)).toEqual(versions);
    });

    it("reads long streams in both directions", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 300));
      await a.append("t", numbered(1, 10));
      await b.append("s", numbered(301, 1_100));
      const all = Array.from({ length: 1_100 }, (_, n) => n + 1);

      expect(await payloads(a.read("s"))).toEqual(all);
      expect(await payloads(a.read("s", { direction: "backward" }))).toEqual(all.toReversed());
      expect(await payloads(a.read("s", { limit: 999 }))).toEqual(all.slice(0, 999));
    });

    it.each(["read", "readAll"] as const)(
      "ends with what was there at the first step of %s, also when every event makes another",
      async (method) => {
        const { a, b } = await openTabs(openWorld);
        await a.append("s", numbered(1, 200));
        const seen: number[] = [];

        for await (const { payload } of method === "read" ? a.read("s") : a.readAll()) {
          seen.push(payload);
          if (payload % 10 === 0) await b.append("s", numbered(1_000, 1_000));
        }

        expect(seen).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
        expect(await collect(a.read("s"))).toHaveLength(220);
      },
    );

    it("may be left in the midst", async () => {
      const { a } = await openTabs(openWorld);
      await a.append("s", numbered(1, 200));

      for await (const { payload } of a.read("s")) if (payload === 2) break;

      expect(await a.append("s", numbered(201, 201))).toMatchObject({ version: 201 });
    });

    it.each([
      ["", {}, "stream"],
      ["s", { limit: -1 }, "limit"],
      ["s", { limit: 1.5 }, "limit"],
      ["s", { fromVersion: Number.NaN }, "fromVersion"],
      ["s", { toVersion: Number.NaN }, "toVersion"],
      ["s", { untilTime: Number.NaN }, "untilTime"],
      ["s", { direction: "desc" }, 'direction is "desc": it must be "forward" or "backward".'],
      ["s", null, "The options are null"],
      ["s", 5, "The options are 5"],
    ])("refuses %j with %j at the first step", async (stream, query, field) => {
      const { a } = await openTabs(openWorld);

      const events = a.read(stream, query as object);

      await expect(collect(events)).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining(field),
      });
    });
  });

  describe("readAll", () => {
    it("gives the events of all streams in the order of their commits, in every tab", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("one", numbered(1, 2));
      await b.append("two", numbered(3, 3));
      await a.append("one", numbered(4, 4));
      await b.append("three", numbered(5, 6));

      const events = await collect(a.readAll());

      expect(events.map(({ payload }) => payload)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await collect(b.readAll())).toEqual(events);
      expect(await collect(b.read("one"))).toEqual([events[0], events[1], events[3]]);
    });

    it("goes on after any position, and positions sort as strings", async () => {
      const { a, b } = await openTabs(openWorld);
      for (let n = 1; n <= 111; n += 10) await a.append(`s${n % 3}`, numbered(n, n + 9));
      await b.append("long", numbered(121, 1_020));

      const positions = (await collect(b.readAll())).map(({ position }) => position);

      expect(positions).toHaveLength(1_020);
      expect(positions).toEqual([...positions].sort());
      expect(new Set(positions).size).toBe(1_020);
      for (const n of [0, 8, 9, 10, 98, 99, 100, 500, 1_018, 1_019]) {
        const after = positions[n] as EventPosition;
        const rest = await payloads(a.readAll({ after }));
        expect(rest).toHaveLength(1_019 - n);
        expect(rest.slice(0, 1)).toEqual(n < 1_019 ? [n + 2] : []);
      }
    });

    it.each([
      ["#", [1, 2, 3, 4, 5]],
      ["cart.#", [2, 3, 4]],
      ["cart.+", [3]],
      ["cart.item.added", [2]],
      ["+.item.+", [2, 4]],
      ["+", [1, 5]],
      ["nothing", []],
    ])("gives of the types %s events %j", async (types, expected) => {
      const { a } = await openTabs(openWorld);
      const all = ["opened", "cart.item.added", "cart.emptied", "cart.item.removed", "closed"];
      for (const [n, type] of all.entries())
        await a.append(`s${n % 2}`, [{ type, payload: n + 1 }]);

      expect(await payloads(a.readAll({ types }))).toEqual(expected);
    });

    it("counts only what it gives against the limit", async () => {
      const { a } = await openTabs(openWorld);
      await a.append("s", numbered(1, 200, "noise"));
      const { position } = await a.append("s", numbered(201, 202, "wanted"));
      await a.append("s", numbered(203, 400, "noise"));
      await a.append("s", numbered(401, 403, "wanted"));
      const after = position as EventPosition;

      expect(await payloads(a.readAll({ types: "wanted", limit: 4 }))).toEqual([
        201, 202, 401, 402,
      ]);
      expect(await payloads(a.readAll({ types: "wanted", limit: 1, after }))).toEqual([401]);
      expect(await payloads(a.readAll({ limit: 2 }))).toEqual([1, 2]);
      expect(await payloads(a.readAll({ limit: 0 }))).toEqual([]);
    });

    it("never lets anything appear before what was read, while tabs append", async () => {
      const world = await openWorld();
      const reader = (await world.openTab()).streams;
      const writers = await Promise.all([1, 2, 3].map(() => world.openTab()));
      const seen: StoredEvent[] = [];

      const appends = writers.map(async ({ streams }, w) => {
        for (let n = 0; n < 25; n += 1) await streams.append(`s${(w + n) % 4}`, numbered(n, n + 1));
      });
      while (seen.length < 150) {
        const after = seen.at(-1)?.position;
        for await (const event of reader.readAll({ ...(after && { after }) })) seen.push(event);
      }
      await Promise.all(appends);

      expect(seen).toEqual(await collect(reader.readAll()));
      for (const { streams } of writers) expect(await collect(streams.readAll())).toEqual(seen);
    });

    it.each([
      ["a position that is none", { after: "7" }, "STALE_POSITION"],
      ["a position that is no string", { after: 7 }, "STALE_POSITION"],
      ["types that are no pattern", { types: "a..b" }, "INVALID_TOPIC"],
      ["a negative limit", { limit: -1 }, "INVALID_ARGUMENT"],
      ["a query that is no object", "cart.#", "INVALID_ARGUMENT"],
      ["null", null, "INVALID_ARGUMENT"],
      ["a limit that is no number", { limit: "5" }, "INVALID_ARGUMENT"],
    ])("refuses %s at the first step", async (_, query, code) => {
      const { a } = await openTabs(openWorld);

      const events = a.readAll(query as object);

      await expect(collect(events)).rejects.toMatchObject({ code });
    });

    it("refuses a position of another store", async () => {
      const { a } = await openTabs(openWorld);
      const other = await openTabs(openWorld);
      const { position } = await other.a.append("s", numbered(1, 1));
      await a.append("s", numbered(1, 1));

      const events = collect(a.readAll({ after: position as EventPosition }));

      await expect(events).rejects.toMatchObject({ code: "STALE_POSITION", position });
    });
  });

  describe("head", () => {
    it("stands before what is appended from now on", async () => {
      const { a, b } = await openTabs(openWorld);
      const start = await a.head();
      expect(await b.head()).toBe(start);
      const { position } = await b.append("s", numbered(1, 3));
      const middle = await a.head();
      await b.append("t", numbered(4, 5));

      expect(middle >= (position as EventPosition)).toBe(true);
      expect(middle > start).toBe(true);
      expect(await payloads(a.readAll({ after: start }))).toEqual([1, 2, 3, 4, 5]);
      expect(await payloads(a.readAll({ after: middle }))).toEqual([4, 5]);
      expect(await payloads(a.readAll({ after: await b.head() }))).toEqual([]);
    });
  });

  describe("onAppend", () => {
    it("refuses a listener that is no function", async () => {
      const { a } = await openTabs(openWorld);

      const message = "The listener is undefined: it must be a function.";
      expect(() => a.onAppend(undefined as never)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT", message }),
      );
    });

    it("tells every tab, which then finds what is new", async () => {
      const { a, b } = await openTabs(openWorld);
      const told = [a, b].map(
        (tab) =>
          new Promise((resolve) => {
            tab.onAppend(
              () => void payloads(tab.readAll()).then((all) => all.length && resolve(all)),
            );
          }),
      );

      await a.append("s", numbered(1, 2));

      expect(await Promise.all(told)).toEqual([
        [1, 2],
        [1, 2],
      ]);
    });

    it("tells after each append whoever follows, so that nothing is missed", async () => {
      const { a, b } = await openTabs(openWorld);
      const seen: unknown[] = [];
      let after = await b.head();
      let reading: Promise<void> = Promise.resolve();

      await new Promise<void>((resolve) => {
        b.onAppend(() => {
          reading = reading.then(async () => {
            for await (const { payload, position } of b.readAll({ after })) {
              seen.push(payload);
              after = position;
              // The next append only when this one has been seen.
              if (payload === 20) resolve();
              else await a.append("s", numbered(payload + 1, payload + 1));
            }
          });
        });
        void a.append("s", numbered(1, 1));
      });

      expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    });

    it("is silent once unsubscribed, and unharmed by a listener that throws", async () => {
      const { a, b } = await openTabs(openWorld);
      vi.stubGlobal("reportError", () => {});
      const quiet = vi.fn();
      a.onAppend(quiet)();
      const unsubscribeTwice = b.onAppend(quiet);
      unsubscribeTwice();
      unsubscribeTwice();
      for (const tab of [a, b]) {
        tab.onAppend(() => {
          throw new Error("A listener that throws");
        });
      }
      const told = [a, b].map((tab) => new Promise<void>((resolve) => void tab.onAppend(resolve)));

      expect(await a.append("s", numbered(1, 1))).toMatchObject({ version: 1 });
      await Promise.all(told);

      expect(quiet).not.toHaveBeenCalled();
      vi.unstubAllGlobals();
    });
  });
}
