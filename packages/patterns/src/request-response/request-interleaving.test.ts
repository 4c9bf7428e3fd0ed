import { createPubSub } from "@pubsub-mfe/core";
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { RequestResponse } from "../index.js";

const ask = fc.record({
  asker: fc.nat(2),
  method: fc.constantFrom("a", "b.c"),
  outcome: fc.constantFrom("answer", "throw", "hang"),
});

it("requests settle with their own outcome, in whatever order handlers finish", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(ask, { minLength: 1, maxLength: 12 }),
      async (scheduler, asks) => {
        vi.useFakeTimers();
        const bus = createPubSub();
        const objects = Array.from({ length: 3 }, () => new RequestResponse(bus));
        const seen: number[] = [];
        for (const method of ["a", "b.c"]) {
          objects[0]?.handle(method, async (n: number) => {
            seen.push(n);
            if (asks[n]?.outcome === "hang") return new Promise(() => {});
            await scheduler.schedule(Promise.resolve(), `handler of ${n}`);
            if (asks[n]?.outcome === "throw") throw new Error(`failure ${n}`);
            return `${method} answers ${n}`;
          });
        }

        const settled = Promise.allSettled(
          asks.map(async ({ asker, method }, n) => {
            await scheduler.schedule(Promise.resolve(), `ask ${n}`);
            return objects[asker]?.request(method, n, 1_000);
          }),
        );
        await scheduler.waitIdle();
        await vi.advanceTimersByTimeAsync(1_000);

        const outcomes = (await settled).map((result) =>
          result.status === "fulfilled" ? result.value : result.reason.message,
        );
        expect(outcomes).toEqual(
          asks.map(({ method, outcome }, n) => {
            if (outcome === "answer") return `${method} answers ${n}`;
            return outcome === "throw" ? `failure ${n}` : `Request timeout: ${method}`;
          }),
        );
        expect(seen.toSorted((a, b) => a - b)).toEqual(asks.map((_, n) => n));
        expect(vi.getTimerCount()).toBe(0);
        expect(bus.handlerCount()).toBe(5);
      },
    ),
    { numRuns: 200 },
  );
  vi.useRealTimers();
});
