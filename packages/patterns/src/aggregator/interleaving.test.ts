import {
  createPubSub,
  type joinPubSub,
  type Message,
  type PubSubBus,
  scope,
} from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { Aggregator } from "../aggregator.js";

const ASKERS = 3;
const TIMEOUT_MS = 100;
/** Time passes in such steps. */
const STEP_MS = 5;

/** What happens next, in any order that a page can have. */
const source = fc.constantFrom("exact" as const, "bare" as const);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("ask" as const),
      asker: fc.nat(ASKERS - 1),
      source,
      params: fc.nat(3),
      timeout: fc.constantFrom(TIMEOUT_MS / 2, TIMEOUT_MS),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant("answer" as const), source, which: fc.nat(5) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("pass" as const),
      ms: fc.integer({ min: 1, max: TIMEOUT_MS / 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("abort" as const), which: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("stop" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("dispose" as const), asker: fc.nat(ASKERS - 1) }),
  },
);

interface Open {
  readonly params: number;
  readonly sinceMs: number;
  readonly answer: () => void;
}

/** Asks that were answered over all runs: the property says nothing of those that were not. */
const answered = { exact: 0, bare: 0 };

interface Copy {
  readonly bus: PubSubBus;
  readonly Aggregator: typeof Aggregator;
}

/** @param enter - gives the copies of one page, of which the first has the responders */
function run(lateFor: { readonly exact: number; readonly bare: number }, enter: () => Copy[]) {
  return fc.asyncProperty(
    fc.array(fc.tuple(step, fc.boolean()), { minLength: 10, maxLength: 40 }),
    async (steps) => {
      const clock = new ManualClock();
      const copies = enter();
      const { bus } = copies[0] as Copy;
      const open: Record<string, Open[]> = { exact: [], bare: [] };
      const take = (source: string, params: number, answer: () => void): void => {
        open[source]?.push({ params, sinceMs: clock.monotonic(), answer });
      };
      const respond = () =>
        new Aggregator(bus, { clock }).respond(
          "exact",
          (params) => new Promise((resolve) => take("exact", params, () => resolve(params))),
        );
      let stop = respond();
      bus.subscribe("aggregate.bare.request", ({ payload }: Message<number>) => {
        take("bare", payload, () => bus.publish("aggregate.bare.response", payload));
      });

      const life = (asker: number): { dispose(): void; asks: Aggregator } => {
        const copy = copies[asker % copies.length] as Copy;
        const part = scope(copy.bus, "part");
        const asks = new copy.Aggregator(part, { clock });
        return { asks, dispose: () => (steps.length % 2 ? asks.dispose() : part.dispose()) };
      };
      const askers = Array.from({ length: ASKERS }, (_, asker) => life(asker));
      const controllers: AbortController[] = [];
      const settled: Promise<unknown>[] = [];
      const last = [{ type: "pass" as const, ms: 3 * TIMEOUT_MS }, true] as const;
      for (const [next, isDelivered] of [...steps, last]) {
        if (next.type === "ask") {
          const { source, params, timeout } = next;
          const controller = new AbortController();
          controllers.push(controller);
          const { signal } = controller;
          const asked = askers[next.asker]?.asks.collect({
            sources: [source],
            params,
            timeout,
            signal,
          });
          settled.push(
            Promise.resolve(asked).then(
              (collected) => {
                const outcome = collected?.outcomes[source];
                if (outcome?.status !== "value") return;
                answered[source] += 1;
                expect(outcome.value).toBe(params);
              },
              (reason) => expect(reason.name).toMatch(/AbortError|DisposedError/),
            ),
          );
        } else if (next.type === "answer") {
          const { source } = next;
          const asks = open[source] ?? [];
          const [answering] = asks.splice(next.which % (asks.length || 1), 1);
          answering?.answer();
        } else if (next.type === "abort") controllers.at(-1 - next.which)?.abort();
        else if (next.type === "stop") {
          stop();
          stop = respond();
        } else if (next.type === "dispose") {
          // What one copy still owes when it is disposed the others do not know.
          if (copies.length > 1) continue;
          askers[next.asker]?.dispose();
          askers[next.asker] = life(next.asker);
        } else {
          // An answer that comes later than a source may be late for does not come at all.
          for (let ms = 0; ms < next.ms; ms += STEP_MS) {
            clock.advance(STEP_MS);
            for (const source of ["exact", "bare"] as const) {
              const isInTime = (ask: Open) => clock.monotonic() - ask.sinceMs < lateFor[source];
              open[source] = (open[source] ?? []).filter(isInTime);
            }
            await deliver();
          }
        }
        // What was published meets what happens next on its way.
        if (isDelivered) await deliver();
        else await null;
      }

      await Promise.all(settled);
      expect(clock.timerCount).toBe(0);
      for (const { dispose } of askers) dispose();
      const left = copies.flatMap((copy) =>
        copy.bus.getSubscriptions().map(({ pattern }) => pattern),
      );
      expect(left.sort()).toEqual([
        "aggregate.bare.request",
        "aggregate.exact.cancel",
        "aggregate.exact.request",
      ]);
      for (const copy of copies) copy.bus.dispose();
    },
  );
}

async function deliver(): Promise<void> {
  for (let n = 0; n < 30; n += 1) await null;
}

// Of the bare source answers come within twice the timeout of their ask, or not at all. It counts from
// when it is asked, which may be a step of time after the ask was published.
const lateFor = { exact: Number.POSITIVE_INFINITY, bare: TIMEOUT_MS - STEP_MS };

/** A bus whose time stands still: with the other one it would put off what is delivered when that is turned. */
const config = () => ({ clock: new ManualClock() });

it("no ask ever gets an answer that was made for other params, however late answers come", async () => {
  const alone = () => [{ bus: createPubSub(config()), Aggregator }];
  await fc.assert(run(lateFor, alone), { numRuns: 300 });

  expect(answered.exact).toBeGreaterThan(300);
  expect(answered.bare).toBeGreaterThan(300);
});

it("nor when the asks are made by several copies of the package on one page", async () => {
  const loaded: Pick<Copy, "Aggregator">[] = [];
  const joins: (typeof joinPubSub)[] = [];
  for (let n = 0; n < 2; n += 1) {
    vi.resetModules();
    joins.push((await import("@pubsub-mfe/core")).joinPubSub);
    loaded.push(await import("../aggregator.js"));
  }
  let apps = 0;
  const joined = () => {
    const app = `interleaving-${++apps}`;
    return joins.map((join, n) => ({
      bus: join({ app, name: `copy-${n}`, ...config() }),
      Aggregator: (loaded[n] as Copy).Aggregator,
    }));
  };

  await fc.assert(run(lateFor, joined), { numRuns: 150 });
});
