import { describe, expect, it, vi } from "vitest";
import type { EventStreams, StoredEvent } from "../../../links/event-streams.js";
import { collect, numbered, type OpenStreamsWorld, openTabs } from "./world.js";

const outbox = { outbox: true };

/** Empties the outbox, and gives what was in it. */
async function drain(streams: EventStreams): Promise<unknown[]> {
  const drained: StoredEvent[] = [];
  await streams.pending((events) => void drained.push(...events));
  return drained.map(({ payload }) => payload);
}

export function outboxContract(openWorld: OpenStreamsWorld): void {
  describe("pending", () => {
    it("hands out what was put there, oldest first, once", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 2), outbox);
      await b.append("t", numbered(3, 3), outbox);
      await a.append("t", numbered(4, 4));
      await a.append("s", numbered(5, 5), outbox);
      const stored = await collect(a.readAll());
      const handedOut: StoredEvent[] = [];

      await b.pending((events) => void handedOut.push(...events));

      expect(handedOut).toEqual(stored.filter(({ payload }) => payload !== 4));
      expect(await drain(a)).toEqual([]);
      expect(await drain(b)).toEqual([]);
    });

    it("refuses a callback that is no function, also when there is nothing", async () => {
      const { a } = await openTabs(openWorld);

      await expect(a.pending(undefined as never)).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: "The callback is undefined: it must be a function.",
      });
    });

    it("does not call back when there is nothing", async () => {
      const { a } = await openTabs(openWorld);
      const callback = vi.fn();

      await a.pending(callback);

      expect(callback).not.toHaveBeenCalled();
    });

    it("hands out many, one batch after the other", async () => {
      const { a, b } = await openTabs(openWorld);
      for (let n = 1; n <= 601; n += 100) await a.append("s", numbered(n, n + 99), outbox);
      const batches: unknown[][] = [];
      let running = 0;

      await b.pending(async (events) => {
        running += 1;
        expect(running).toBe(1);
        await b.head();
        batches.push(events.map(({ payload }) => payload));
        running -= 1;
      });

      expect(batches.flat()).toEqual(Array.from({ length: 700 }, (_, n) => n + 1));
    });

    it.each([
      ["throws", () => Promise.resolve()],
      ["throws at once", undefined],
    ])("keeps them for another tab when the callback %s", async (_, wait) => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 3), outbox);
      const error = new Error("no");
      const failing = () => {
        if (wait) return wait().then(() => Promise.reject(error));
        throw error;
      };

      await expect(a.pending(failing)).rejects.toBe(error);

      expect(await drain(b)).toEqual([1, 2, 3]);
      expect(await drain(a)).toEqual([]);
    });

    it("keeps only what is left when the callback throws later", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 1), outbox);
      const handedOut: unknown[] = [];

      const failed = a.pending(async (events) => {
        const [first] = events;
        if (first?.payload !== 1) throw new Error("no more");
        handedOut.push(...events.map(({ payload }) => payload));
        await b.append("s", numbered(2, 3), outbox);
      });

      await expect(failed).rejects.toThrow("no more");
      expect(handedOut).toEqual([1]);
      expect(await drain(b)).toEqual([2, 3]);
    });

    it("lets another tab finish what a tab died over", async () => {
      const { a, b, tabA } = await openTabs(openWorld);
      await a.append("s", numbered(1, 3), outbox);
      await new Promise<void>((calledBack) => {
        const never = a.pending(() => {
          calledBack();
          return new Promise(() => {});
        });
        never.catch(() => {});
      });

      await tabA.close();

      expect(await drain(b)).toEqual([1, 2, 3]);
    });

    it("takes nothing out for a tab that died in the callback", async () => {
      const { a, b, tabA } = await openTabs(openWorld);
      await a.append("s", numbered(1, 3), outbox);
      let finish = () => {};
      await new Promise<void>((calledBack) => {
        const pending = a.pending(() => {
          calledBack();
          return new Promise<void>((resolve) => {
            finish = resolve;
          });
        });
        pending.catch(() => {});
      });

      await tabA.close();
      finish();
      await b.head();

      expect(await drain(b)).toEqual([1, 2, 3]);
    });

    it("takes nothing out before the callback has settled", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 3), outbox);
      let meanwhile: unknown[] = [];

      await a.pending(async () => {
        await a.head();
        meanwhile = await drain(b);
      });

      expect(meanwhile).toEqual([1, 2, 3]);
      expect(await drain(b)).toEqual([]);
    });

    it("hands out what comes while it does", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 2), outbox);
      const handedOut: unknown[] = [];

      await a.pending(async (events) => {
        handedOut.push(...events.map(({ payload }) => payload));
        if (handedOut.length < 4) await b.append("s", numbered(3, 4), outbox);
      });

      expect(handedOut).toEqual([1, 2, 3, 4]);
    });

    it("does not hand out twice what was repeated, nor what was refused at all", async () => {
      const { a, b } = await openTabs(openWorld);
      await a.append("s", numbered(1, 1), { ...outbox, commandId: "c" });
      await b.append("s", numbered(1, 1), { ...outbox, commandId: "c" });
      const refused = b.append("s", numbered(2, 2), { ...outbox, expectedVersion: 9 });
      await expect(refused).rejects.toMatchObject({ code: "CONCURRENCY" });

      expect(await drain(b)).toEqual([1]);
    });

    it("hands out copies", async () => {
      const { a } = await openTabs(openWorld);
      await a.append("s", [{ type: "x", payload: { items: [1] } }], outbox);

      const failed = a.pending(([event]) => {
        event?.payload.items.push(2);
        throw new Error("again");
      });

      await expect(failed).rejects.toThrow("again");
      expect(await drain(a)).toEqual([{ items: [1] }]);
    });
  });
}
