import { describe, expect, it } from "vitest";
import {
  collect,
  numbered,
  ODD_NAMES,
  type OpenStreamsWorld,
  openTabs,
  payloads,
} from "./world.js";

export function rightsContract(openWorld: OpenStreamsWorld): void {
  describe("a command", () => {
    it("is appended once, whoever repeats it, whatever version is expected", async () => {
      const { a, b } = await openTabs(openWorld);
      const options = { commandId: "pay", expectedVersion: "none" } as const;
      const first = await a.append("order", numbered(1, 2), options);
      await b.append("order", numbered(3, 3));

      const again = [
        await a.append("order", numbered(7, 7), options),
        await b.append("order", numbered(8, 9), { commandId: "pay", expectedVersion: 1 }),
        await b.append("order", [], { commandId: "pay" }),
      ];

      expect(first).toMatchObject({ version: 2, repeated: false });
      for (const result of again) expect(result).toEqual({ ...first, repeated: true });
      expect(await payloads(b.read("order"))).toEqual([1, 2, 3]);
    });

    it("is appended once when tabs give it at the same time", async () => {
      const { a, b } = await openTabs(openWorld);

      const results = await Promise.all(
        [a, b, a, b].map((tab, n) =>
          tab.append("order", numbered(n, n), { commandId: "pay", expectedVersion: 0 }),
        ),
      );

      expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1);
      expect(new Set(results.map(({ position }) => position)).size).toBe(1);
      expect(await collect(a.read("order"))).toHaveLength(1);
    });

    it("is one of its stream", async () => {
      const { a } = await openTabs(openWorld);

      for (const stream of ["one", "two"]) {
        expect(await a.append(stream, numbered(1, 1), { commandId: "c" })).toMatchObject({
          version: 1,
          repeated: false,
        });
      }
    });

    it("is told from others, whatever its id", async () => {
      const { a, b } = await openTabs(openWorld);

      for (const [n, commandId] of ODD_NAMES.entries()) {
        const result = await a.append("s", numbered(n, n), { commandId });
        expect(result).toMatchObject({ version: n + 1, repeated: false });
      }
      for (const [n, commandId] of ODD_NAMES.entries()) {
        const result = await b.append("s", numbered(n, n), { commandId });
        expect(result).toMatchObject({ version: n + 1, repeated: true });
      }
    });

    it("is not remembered when nothing of it was appended", async () => {
      const { a, b } = await openTabs(openWorld);
      const refused = a.append("s", numbered(1, 1), { commandId: "c", expectedVersion: 5 });
      await expect(refused).rejects.toMatchObject({ code: "CONCURRENCY" });
      await a.append("s", [], { commandId: "c" });

      const result = await b.append("s", numbered(1, 1), { commandId: "c", expectedVersion: 0 });

      expect(result).toMatchObject({ version: 1, repeated: false });
    });
  });

  describe("a fence", () => {
    it("refuses who comes with a lower epoch than it has seen, in any tab, on any stream", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 1), { fence: { name: "saga", epoch: 3 } });
      await b.append("t", numbered(2, 2), { fence: { name: "saga", epoch: 4 } });
      await b.append("s", numbered(3, 3), { fence: { name: "saga", epoch: 4 } });

      for (const stream of ["s", "t", "u"]) {
        const refused = a.append(stream, numbered(9, 9), { fence: { name: "saga", epoch: 3 } });
        await expect(refused).rejects.toMatchObject({
          name: "FencedError",
          code: "FENCED",
          fence: "saga",
          epoch: 3,
          currentEpoch: 4,
        });
      }

      expect(await payloads(a.readAll())).toEqual([1, 2, 3]);
    });

    it("is raised without events too", async () => {
      const { a, b } = await openTabs(openWorld);
      await b.append("s", [], { fence: { name: "saga", epoch: 2 } });

      const refused = a.append("s", numbered(1, 1), { fence: { name: "saga", epoch: 1 } });

      await expect(refused).rejects.toMatchObject({ code: "FENCED", currentEpoch: 2 });
    });

    it("is not raised by what is refused", async () => {
      const { a, b } = await openTabs(openWorld);
      const options = { fence: { name: "saga", epoch: 7 }, expectedVersion: 5 };
      await expect(b.append("s", numbered(1, 1), options)).rejects.toThrow();

      const result = await a.append("s", numbered(1, 1), { fence: { name: "saga", epoch: 1 } });

      expect(result.version).toBe(1);
    });

    it("comes before the version and before a command that is known", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 1), { commandId: "c", fence: { name: "saga", epoch: 1 } });
      await b.append("s", numbered(2, 2), { fence: { name: "saga", epoch: 2 } });
      const fence = { name: "saga", epoch: 1 };

      await expect(a.append("s", [], { fence, expectedVersion: 9 })).rejects.toMatchObject({
        code: "FENCED",
      });
      await expect(a.append("s", [], { fence, commandId: "c" })).rejects.toMatchObject({
        code: "FENCED",
      });
    });

    it("is raised by a command that is known", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 1), { commandId: "c", fence: { name: "saga", epoch: 1 } });
      await b.append("s", numbered(1, 1), { commandId: "c", fence: { name: "saga", epoch: 2 } });

      const refused = a.append("s", numbered(2, 2), { fence: { name: "saga", epoch: 1 } });

      await expect(refused).rejects.toMatchObject({ code: "FENCED", currentEpoch: 2 });
    });

    it("lets nothing of an old epoch come after a new one, when both append at once", async () => {
      const { a, b } = await openTabs(openWorld);
      const appends = Array.from({ length: 20 }, (_, n) => {
        const epoch = n < 5 || n % 2 === 0 ? 1 : 2;
        const fence = { name: "saga", epoch };
        return (epoch === 1 ? a : b).append("s", [{ type: "x", payload: epoch }], { fence });
      });

      const outcomes = await Promise.allSettled(appends);

      const epochs = (await payloads(a.read("s"))) as number[];
      expect(epochs).toEqual([...epochs].sort());
      expect(epochs).toContain(2);
      expect(epochs).toHaveLength(outcomes.filter(({ status }) => status === "fulfilled").length);
    });

    it("is told from others, whatever its name", async () => {
      const { a } = await openTabs(openWorld);

      for (const [n, name] of ODD_NAMES.entries()) {
        const fence = { name, epoch: ODD_NAMES.length - n };
        await a.append("s", numbered(n, n), { fence });
      }

      expect(await collect(a.read("s"))).toHaveLength(ODD_NAMES.length);
    });
  });
}
