import { describe, expect, it } from "vitest";
import { numbered, ODD_NAMES, type OpenStreamsWorld, openTabs } from "./world.js";

export function snapshotsContract(openWorld: OpenStreamsWorld): void {
  describe("snapshot", () => {
    it("is read by every tab, the newest that is wanted", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 12));
      for (const version of [2, 10, 9]) {
        await a.snapshot("s", { name: "total", version, state: { sum: version } });
      }
      const read = (maxVersion?: number) =>
        b.readSnapshot("s", { name: "total", ...(maxVersion !== undefined && { maxVersion }) });

      expect(await read()).toEqual({ name: "total", version: 10, state: { sum: 10 } });
      expect(await read(12)).toMatchObject({ version: 10 });
      expect(await read(10)).toMatchObject({ version: 10 });
      expect(await read(9)).toMatchObject({ version: 9 });
      expect(await read(8)).toMatchObject({ version: 2 });
      expect(await read(1)).toBeUndefined();
    });

    it("takes the place of one of the same name and version", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 2));
      await a.snapshot("s", { name: "total", version: 2, state: "old" });
      await b.snapshot("s", { name: "total", version: 2, state: "new" });

      expect(await a.readSnapshot("s", { name: "total" })).toMatchObject({ state: "new" });
    });

    it("is one of its stream and its name, whatever they are", async () => {
      const { a, b } = await openTabs(openWorld);
      for (const name of ODD_NAMES) {
        await a.append(name, numbered(1, 1));
        await a.snapshot(name, { name, version: 1, state: `of ${name}` });
        await a.snapshot("a", { name, version: 1, state: `in a, of ${name}` });
      }

      for (const name of ODD_NAMES.filter((each) => each !== "a")) {
        expect(await b.readSnapshot(name, { name })).toMatchObject({ state: `of ${name}` });
        expect(await b.readSnapshot(name, { name: "nobody's" })).toBeUndefined();
      }
      expect(await b.readSnapshot("nothing", { name: "a" })).toBeUndefined();
    });

    it("is a copy, in and out", async () => {
      const { a } = await openTabs(openWorld);
      await a.append("s", numbered(1, 1));
      const state = { items: new Map([["A-1", 2]]) };

      const kept = a.snapshot("s", { name: "cart", version: 1, state });
      state.items.clear();
      await kept;
      (await a.readSnapshot("s", { name: "cart" }))?.state.items.clear();

      const snapshot = await a.readSnapshot("s", { name: "cart" });
      expect(snapshot?.state).toEqual({ items: new Map([["A-1", 2]]) });
    });

    it("is refused when it cannot be cloned, and the one before stays", async () => {
      const { a } = await openTabs(openWorld);
      await a.append("s", numbered(1, 1));
      await a.snapshot("s", { name: "cart", version: 1, state: "fine" });

      const refused = a.snapshot("s", { name: "cart", version: 1, state: { render() {} } });

      await expect(refused).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining("state.render"),
      });
      expect(await a.readSnapshot("s", { name: "cart" })).toMatchObject({ state: "fine" });
    });

    it("is not kept of a version that the stream does not have", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 5));
      await b.delete("s");
      await a.snapshot("s", { name: "total", version: 5, state: "from before" });
      await a.snapshot("nothing", { name: "total", version: 0, state: "of nothing" });

      await b.append("s", numbered(1, 4));
      await a.snapshot("s", { name: "total", version: 5, state: "from before" });
      await b.append("s", numbered(5, 9));

      expect(await a.readSnapshot("s", { name: "total" })).toBeUndefined();
      expect(await a.readSnapshot("nothing", { name: "total" })).toBeUndefined();
    });
  });
}
