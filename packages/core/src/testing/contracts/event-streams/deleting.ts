import { describe, expect, it } from "vitest";
import type { EventPosition } from "../../../links/event-streams.js";
import { collect, numbered, type OpenStreamsWorld, openTabs, payloads } from "./world.js";

const rowsId = { name: "carts", version: 1 };

export function deletingContract(openWorld: OpenStreamsWorld): void {
  describe("delete", () => {
    it("takes a stream away, for every tab, and no other", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("gone", numbered(1, 2));
      await a.append("stays", numbered(3, 3));
      await a.append("gone", numbered(4, 4));

      await b.delete("gone");
      await b.delete("never there");

      expect(await collect(a.read("gone"))).toEqual([]);
      expect(await payloads(a.readAll())).toEqual([3]);
    });

    it("lets it begin anew: versions, time, commands, snapshots", async () => {
      const { a, b, clock } = await openTabs(openWorld);
      const options = { commandId: "c", expectedVersion: "none" } as const;
      const before = await a.append("s", numbered(1, 3), options);
      await a.snapshot("s", { name: "sum", version: 1, state: 1 });
      clock.wallMs -= 5_000;

      await b.delete("s");
      const after = await a.append("s", numbered(7, 7), options);

      expect(after).toMatchObject({ version: 1, repeated: false });
      expect((after.position as string) > (before.position as string)).toBe(true);
      expect(await collect(b.read("s"))).toMatchObject([{ payload: 7, time: clock.now() }]);
      expect(await b.readSnapshot("s", { name: "sum" })).toBeUndefined();
    });

    it("tells who decided on what is gone", async () => {
      const { a, b } = await openTabs(openWorld);
      const { version } = await a.append("s", numbered(1, 3));
      await b.delete("s");

      const refused = a.append("s", numbered(4, 4), { expectedVersion: version });

      await expect(refused).rejects.toMatchObject({ code: "CONCURRENCY", actualVersion: 0 });
    });

    it("takes it out of the outbox, and leaves what else there is", async () => {
      const { a, b } = await openTabs(openWorld);
      const fence = { name: "saga", epoch: 4 };
      await a.append("s", numbered(1, 3), { outbox: true, fence });
      await a.append("t", numbered(4, 4), { outbox: true });
      await a.transact(rowsId, (it) => it.put("row", "made of it"));
      const head = await a.head();
      await a.delete("s");
      const handedOut: unknown[] = [];

      await b.pending((events) => void handedOut.push(...events.map(({ payload }) => payload)));

      expect(handedOut).toEqual([4]);
      expect(await b.rows(rowsId).get("row")).toBe("made of it");
      const refused = b.append("s", [], { fence: { name: "saga", epoch: 3 } });
      await expect(refused).rejects.toMatchObject({ code: "FENCED", currentEpoch: 4 });
      expect((await b.head()) >= head).toBe(true);
    });

    it("does not bring back an end that was there before", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 3));
      const head = await a.head();
      await b.delete("s");

      expect((await b.head()) >= head).toBe(true);
      await b.append("t", numbered(4, 4));
      expect(await payloads(a.readAll({ after: head }))).toEqual([4]);
    });

    it("refuses a stream without a name", async () => {
      const { a } = await openTabs(openWorld);

      await expect(a.delete("")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    });
  });

  describe("a store that was deleted", () => {
    it("is empty, and the tabs go on with it", async () => {
      const { a, b, wipe } = await openTabs(openWorld);
      const options = { commandId: "c", fence: { name: "f", epoch: 9 }, outbox: true };
      await a.append("s", numbered(1, 3), options);
      await a.snapshot("s", { name: "sum", version: 3, state: 6 });
      await a.transact(rowsId, (it) => it.put("row", 1));

      await wipe();

      expect(await collect(b.readAll())).toEqual([]);
      expect(await b.rows(rowsId).list()).toEqual([]);
      expect(await b.readSnapshot("s", { name: "sum" })).toBeUndefined();
      await a.pending(() => Promise.reject(new Error("The outbox is not empty.")));
      const told = new Promise<void>((resolve) => void b.onAppend(resolve));
      const again = { ...options, fence: { name: "f", epoch: 1 } };
      expect(await a.append("s", numbered(1, 1), again)).toMatchObject({
        version: 1,
        repeated: false,
      });
      await told;
      expect(await payloads(b.read("s"))).toEqual([1]);
    });

    it("refuses the positions from before", async () => {
      const { a, b, wipe } = await openTabs(openWorld);
      const empty = await a.head();
      const { position } = await a.append("s", numbered(1, 3));
      await wipe();
      await a.append("s", numbered(1, 5));

      for (const stale of [empty, position as EventPosition]) {
        const refusal = { code: "STALE_POSITION", position: stale };
        await expect(collect(b.readAll({ after: stale }))).rejects.toMatchObject(refusal);
        const transaction = b.transact(rowsId, (it) => it.advance(stale));
        await expect(transaction).rejects.toMatchObject(refusal);
      }
      expect(await payloads(b.readAll())).toEqual([1, 2, 3, 4, 5]);
    });
  });
}
