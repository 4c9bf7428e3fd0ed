import { describe, expect, it } from "vitest";
import { nextTask } from "../../../delivery/next-task.js";
import type {
  EventPosition,
  EventStreams,
  ProjectionTransaction,
  RowRange,
} from "../../../links/event-streams.js";
import { collect, numbered, ODD_NAMES, type OpenStreamsWorld, openTabs } from "./world.js";

const carts = { name: "carts", version: 1 };

const anotherTask = () => new Promise<void>((resolve) => nextTask(resolve));

export function projectionsContract(openWorld: OpenStreamsWorld): void {
  describe("transact", () => {
    it("commits rows and checkpoint together, for every tab, and gives what was returned", async () => {
      const { a, b } = await openTabs(openWorld);
      const { position } = await a.append("s", numbered(1, 1));

      const result = await a.transact(carts, async (transaction) => {
        expect(await transaction.checkpoint()).toBeUndefined();
        transaction.put("one", { items: 1 });
        transaction.put("two", { items: 2 });
        transaction.advance(position as EventPosition);
        return "done";
      });

      expect(result).toBe("done");
      for (const rows of [a.rows(carts), b.rows(carts)]) {
        expect(await rows.checkpoint()).toBe(position);
        expect(await rows.get("one")).toEqual({ items: 1 });
        expect(await rows.get("nobody")).toBeUndefined();
        expect(await rows.list()).toEqual([
          { id: "one", row: { items: 1 } },
          { id: "two", row: { items: 2 } },
        ]);
      }
    });

    it("takes a callback that is not asynchronous", async () => {
      const { a } = await openTabs(openWorld);

      expect(await a.transact(carts, (transaction) => transaction.put("one", 0))).toBeUndefined();

      expect(await a.rows(carts).list()).toEqual([{ id: "one", row: 0 }]);
    });

    it.each([
      ["at once", () => {}],
      ["after waiting for a row", (transaction: ProjectionTransaction) => transaction.get("one")],
    ])("keeps nothing when the callback throws %s", async (_, wait) => {
      const { a, b } = await openTabs(openWorld);
      const { position } = await a.append("s", numbered(1, 1));
      await a.transact(carts, (transaction) => transaction.put("one", "old"));
      const error = new Error("no");

      const failed = a.transact(carts, (transaction) => {
        transaction.put("one", "new");
        transaction.put("two", "new");
        transaction.advance(position as EventPosition);
        const waiting = wait(transaction);
        if (!waiting) throw error;
        return waiting.then(() => {
          transaction.delete("one");
          throw error;
        });
      });

      await expect(failed).rejects.toBe(error);
      expect(await b.rows(carts).list()).toEqual([{ id: "one", row: "old" }]);
      expect(await b.rows(carts).checkpoint()).toBeUndefined();
    });

    it("reads within what it has written", async () => {
      const { a } = await openTabs(openWorld);
      const position = await a.head();
      await a.transact(carts, (transaction) => {
        for (const id of ["b", "d", "f"]) transaction.put(id, `old ${id}`);
        transaction.advance(position);
      });

      const [first, ranged, get, cleared] = await a.transact(carts, async (transaction) => {
        transaction.put("a", "new a");
        transaction.put("d", "new d");
        transaction.put("e", "new e");
        transaction.delete("f");
        transaction.delete("e");
        const list = await transaction.list();
        const range = await transaction.list({ from: "b", to: "e", limit: 5 });
        const rows = await Promise.all(["a", "d", "e", "f"].map((id) => transaction.get(id)));
        transaction.clear();
        transaction.put("z", "after clear");
        const rest = { list: await transaction.list(), checkpoint: await transaction.checkpoint() };
        return [list, range, rows, rest];
      });

      expect(first).toEqual([
        { id: "a", row: "new a" },
        { id: "b", row: "old b" },
        { id: "d", row: "new d" },
      ]);
      expect(ranged).toEqual([
        { id: "b", row: "old b" },
        { id: "d", row: "new d" },
      ]);
      expect(get).toEqual(["new a", "new d", undefined, undefined]);
      expect(cleared).toEqual({ list: [{ id: "z", row: "after clear" }], checkpoint: undefined });
      expect(await a.rows(carts).list()).toEqual([{ id: "z", row: "after clear" }]);
      expect(await a.rows(carts).checkpoint()).toBeUndefined();
    });

    it("runs one after the other, over tabs", async () => {
      const { a, b } = await openTabs(openWorld);
      const count = (tab: EventStreams) =>
        tab.transact(carts, async (transaction) => {
          const before = (await transaction.get<number>("n")) ?? 0;
          await transaction.list();
          transaction.put("n", before + 1);
          return before;
        });

      const before = await Promise.all([a, b, a, b, a, b, a, b].map(count));

      expect([...before].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(await a.rows(carts).get("n")).toBe(8);
    });

    it("lets microtasks pass before, between and after its own requests", async () => {
      const { a } = await openTabs(openWorld);
      const hop = async () => {
        for (let n = 0; n < 50; n += 1) await null;
      };

      await a.transact(carts, async (transaction) => {
        await hop();
        transaction.put("one", 1);
        await transaction.get("one");
        await hop();
        await transaction.list();
        await hop();
        transaction.put("two", 2);
        await hop();
      });

      expect(await a.rows(carts).list()).toHaveLength(2);
    });

    it.each<[string, (streams: EventStreams) => Promise<unknown>]>([
      ["another task", anotherTask],
      ["an append", (streams) => streams.append("s", numbered(1, 1))],
      ["the events of a stream", (streams) => collect(streams.read("s"))],
      ["rows outside of it", (streams) => streams.rows(carts).get("one")],
    ])("keeps nothing when the callback waits for %s", async (_, wait) => {
      const { a, b } = await openTabs(openWorld);
      await a.transact(carts, (transaction) => transaction.put("one", "old"));
      const later: unknown[] = [];

      const ended = a.transact(carts, async (transaction) => {
        transaction.put("one", "before");
        await transaction.get("one");
        await wait(a);
        await transaction.get("one").catch((error: unknown) => later.push(error));
        try {
          transaction.put("two", "after");
        } catch (error) {
          later.push(error);
        }
        return "never seen";
      });

      await expect(ended).rejects.toMatchObject({
        name: "TransactionEndedError",
        code: "TRANSACTION_ENDED",
        message: expect.stringContaining('"carts"'),
      });
      expect(await b.rows(carts).list()).toEqual([{ id: "one", row: "old" }]);
      await b.transact(carts, (transaction) => transaction.put("one", "next"));
      expect(await a.rows(carts).list()).toEqual([{ id: "one", row: "next" }]);
      for (const error of later) expect(error).toMatchObject({ code: "TRANSACTION_ENDED" });
    });

    it("keeps nothing when the callback returns after waiting for something else", async () => {
      const { a, b } = await openTabs(openWorld);

      const ended = a.transact(carts, async (transaction) => {
        transaction.put("one", "before");
        await anotherTask();
      });

      await expect(ended).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
      expect(await b.rows(carts).list()).toEqual([]);
    });

    it("is of no use once it has ended", async () => {
      const { a } = await openTabs(openWorld);
      const position = await a.head();
      const transaction = await a.transact(carts, (it) => ({ leaked: it }));
      const ended = expect.objectContaining({ code: "TRANSACTION_ENDED" });
      const { leaked } = transaction;

      expect(() => leaked.put("late", 1)).toThrow(ended);
      expect(() => leaked.delete("late")).toThrow(ended);
      expect(() => leaked.clear()).toThrow(ended);
      expect(() => leaked.advance(position)).toThrow(ended);
      await expect(leaked.get("late")).rejects.toEqual(ended);
      await expect(leaked.list()).rejects.toEqual(ended);
      await expect(leaked.checkpoint()).rejects.toEqual(ended);
      expect(await a.rows(carts).list()).toEqual([]);
    });

    it("refuses a row that cannot be cloned, by its id and field, and keeps nothing", async () => {
      const { a } = await openTabs(openWorld);

      const refused = a.transact(carts, (transaction) => {
        transaction.put("fine", 1);
        transaction.put("cart-7", { total: () => 7 });
      });

      await expect(refused).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringMatching(/"cart-7".* total /),
      });
      expect(await a.rows(carts).list()).toEqual([]);
    });

    it("refuses an empty id, and a position of another store", async () => {
      const { a } = await openTabs(openWorld);
      const other = await openTabs(openWorld);
      const position = await other.a.head();
      const invalid = { code: "INVALID_ARGUMENT" };

      await expect(a.transact(carts, (it) => it.put("", 1))).rejects.toMatchObject(invalid);
      const none = null as unknown as string;
      await expect(a.transact(carts, (it) => it.get(none))).rejects.toMatchObject(invalid);
      await expect(a.transact(carts, (it) => it.delete(none))).rejects.toMatchObject(invalid);
      await expect(a.rows(carts).get(none)).rejects.toMatchObject(invalid);
      await expect(a.transact(carts, 5 as never)).rejects.toMatchObject(invalid);
      await expect(a.transact(carts, (it) => it.advance(position))).rejects.toMatchObject({
        code: "STALE_POSITION",
        position,
      });
    });
  });

  describe("rows", () => {
    it("are those of one projection as one version builds them", async () => {
      const { a, b } = await openTabs(openWorld);
      const ids = [
        ...ODD_NAMES.map((name) => ({ name, version: 1 })),
        { name: "a", version: 2 },
        { name: "a", version: 11 },
        { name: "a1", version: 1 },
      ];
      for (const [n, id] of ids.entries()) await a.transact(id, (it) => it.put("row", n));
      await a.transact({ name: "a", version: 2 }, (it) => it.clear());

      for (const [n, id] of ids.entries()) {
        const isCleared = id.name === "a" && id.version === 2;
        expect(await b.rows(id).list()).toEqual(isCleared ? [] : [{ id: "row", row: n }]);
      }
    });

    it("come in the order of their ids, whatever these are", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.transact(carts, (it) => {
        for (const id of ODD_NAMES) it.put(id, `row ${id}`);
      });

      const rows = await b.rows(carts).list();

      expect(rows).toEqual([...ODD_NAMES].sort().map((id) => ({ id, row: `row ${id}` })));
      for (const id of ODD_NAMES) expect(await b.rows(carts).get(id)).toBe(`row ${id}`);
      expect(await b.rows(carts).get("toString")).toBeUndefined();
    });

    it.each<[RowRange, string]>([
      [{}, "a b bb c"],
      [{ from: "b" }, "b bb c"],
      [{ to: "bb" }, "a b"],
      [{ from: "b", to: "c" }, "b bb"],
      [{ from: "aa", to: "bbb" }, "b bb"],
      [{ from: "b", to: "b" }, ""],
      [{ from: "c", to: "a" }, ""],
      [{ limit: 2 }, "a b"],
      [{ from: "b", limit: 1 }, "b"],
      [{ limit: 0 }, ""],
    ])("lists of %j %j, within a transaction too", async (range, expected) => {
      const { a } = await openTabs(openWorld);
      await a.transact(carts, (it) => {
        for (const id of ["bb", "a", "c", "b"]) it.put(id, id);
      });
      const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).join(" ");

      expect(ids(await a.rows(carts).list(range))).toBe(expected);
      expect(ids(await a.transact(carts, (it) => it.list(range)))).toBe(expected);
    });

    it("are copies, in and out", async () => {
      const { a } = await openTabs(openWorld);
      const row = { items: [1] };
      await a.transact(carts, async (transaction) => {
        transaction.put("one", row);
        row.items.push(2);
        (await transaction.get("one"))?.items.push(3);
        (await transaction.list())[0]?.row.items.push(4);
      });
      (await a.rows(carts).get("one"))?.items.push(5);
      (await a.rows(carts).list())[0]?.row.items.push(6);

      expect(await a.rows(carts).get("one")).toEqual({ items: [1] });
    });
  });
}
