import {
  createPubSub,
  type EventStreams,
  isBusError,
  type Message,
  type NewEvent,
} from "@pubsub-mfe/core";
import type { Locks } from "@pubsub-mfe/core/locks";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  createEventStore,
  createProjection,
  defineAggregate,
  type EventStore,
  type EventStoreOptions,
  type Stored,
} from "../cqrs.js";
import { collect, numbered } from "./event-stores.js";
import { lamp, type Order, type OrderEvent, order, orders } from "./order.js";
import { deferred, failureOf } from "./promises.js";

/** One tab of a {@link CqrsWorld}. */
interface CqrsTab {
  readonly streams: EventStreams;
  readonly locks: Locks;
  /** Ends it without a word, where the world can do that. */
  readonly crash?: () => void;
}

/** One origin, empty at first. */
export interface CqrsWorld {
  openTab(): CqrsTab;
}

const ODD_IDS = [
  "__proto__",
  "a:b",
  "a/b",
  "#",
  "+",
  " ",
  "\u0000",
  "\ud800",
  "🛒",
  "x".repeat(999),
];

/** What event store, aggregates and projections do, over whatever keeps the events. */
export function cqrsSuite(name: string, openWorld: () => CqrsWorld, numRuns: number): void {
  function openStores<Event extends NewEvent = NewEvent>(
    count: number,
    options: Partial<EventStoreOptions> = {},
  ): EventStore<Event>[] {
    const world = openWorld();
    return Array.from({ length: count }, () => {
      const store = createEventStore<Event>({ ...world.openTab(), ...options });
      onTestFinished(() => store.dispose());
      return store;
    });
  }

  describe(`${name}: event store`, () => {
    it("two tabs append at the same version: one wins, one gets a ConcurrencyError", async () => {
      const [a, b] = openStores(2) as [EventStore, EventStore];
      await a.append("cart", numbered(1, 1));

      const results = await Promise.allSettled([
        a.append("cart", numbered(2, 2), { expectedVersion: 1 }),
        b.append("cart", numbered(3, 3), { expectedVersion: 1 }),
      ]);

      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const lost = results.find(({ status }) => status === "rejected") as PromiseRejectedResult;
      expect(isBusError(lost.reason, "CONCURRENCY")).toBe(true);
      expect(await collect(b.read("cart"))).toHaveLength(2);
    });

    it("three events in one millisecond are read back in order", async () => {
      const [a, b] = openStores(2) as [EventStore, EventStore];

      for (const n of [1, 2, 3]) await a.append("cart", numbered(n, n));

      const events = await collect(b.read("cart"));
      expect(events.map(({ payload, version }) => [payload, version])).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
    });

    it("a stream may have any name, and a payload may be null", async () => {
      const [store] = openStores(1) as [EventStore];

      for (const id of ODD_IDS) await store.append(id, [{ type: "said", payload: null }]);

      for (const id of ODD_IDS) {
        const events = await collect(store.read(id));
        expect(events.map(({ stream, payload }) => [stream, payload])).toEqual([[id, null]]);
      }
    });

    it("a crash between commit and publish: another tab publishes", async () => {
      const world = openWorld();
      const died = world.openTab();
      await died.streams.append("cart", numbered(1, 3), { outbox: true });

      const bus = createPubSub();
      const heard: Message[] = [];
      bus.subscribe("counted", (message) => heard.push(message));
      const store = createEventStore({ ...world.openTab(), bus });
      onTestFinished(() => store.dispose());
      await store.publishPending();
      await Promise.resolve();

      expect(heard.map(({ payload, meta }) => [payload, meta?.version])).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
    });

    it("subscribe hands over what is there and what comes, each once and in order", async () => {
      const all = fc.array(
        fc.record({ tab: fc.nat(2), size: fc.integer({ min: 1, max: 3 }), waits: fc.boolean() }),
        { minLength: 1, maxLength: 12 },
      );
      await fc.assert(
        fc.asyncProperty(all, fc.nat(12), async (appends, startAt) => {
          const [a, ...others] = openStores(3) as [EventStore, ...EventStore[]];
          const total = appends.reduce((sum, { size }) => sum + size, 0);
          const received: Stored[] = [];
          const done = deferred();
          let inHandler = 0;
          const start = (): void => {
            a.subscribe({}, async (event) => {
              inHandler += 1;
              expect(inHandler).toBe(1);
              await null;
              inHandler -= 1;
              received.push(event);
              if (received.length >= total) done.resolve();
            });
          };

          const pending: Promise<unknown>[] = [];
          for (const [n, { tab, size, waits }] of appends.entries()) {
            if (n === startAt) start();
            const store = [a, ...others][tab] as EventStore;
            const appended = store.append(`s${n % 2}`, numbered(1, size));
            pending.push(appended);
            if (waits) await appended;
          }
          if (startAt >= appends.length) start();
          await Promise.all(pending);
          await done.promise;

          const stored = await collect(a.readAll());
          expect(received.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
          for (const store of [a, ...others]) store.dispose();
        }),
        { numRuns },
      );
    });
  });

  describe(`${name}: aggregates`, () => {
    it("an order is created, paid and shipped, whatever its id", async () => {
      const [a, b] = openStores<OrderEvent>(2) as [EventStore<OrderEvent>, EventStore<OrderEvent>];

      for (const id of ODD_IDS) {
        await orders.on(a).execute(id, { do: "create", items: [lamp] });
        await orders.on(b).execute(id, { do: "pay", amount: 42 });
        const { state } = await orders.on(a).execute(id, { do: "ship" });
        expect(state).toEqual({ status: "shipped", total: 42, left: 0 });
      }

      const all = await Promise.all(ODD_IDS.map((id) => orders.on(b).load(id)));
      expect(all.map(({ version }) => version)).toEqual(ODD_IDS.map(() => 3));
    });

    it("commands of three tabs at the same time come to what they do one after the other", async () => {
      const commands = fc.array(
        fc.record({ tab: fc.nat(2), id: fc.nat(1), by: fc.integer({ min: -3, max: 5 }) }),
        { minLength: 1, maxLength: 15 },
      );
      await fc.assert(
        fc.asyncProperty(
          commands,
          fc.option(fc.integer({ min: 1, max: 4 })),
          async (all, every) => {
            const counter = defineAggregate<number, Counted, number>({
              name: "counter",
              initial: 0,
              evolve: (sum, { payload }) => sum + payload.by,
              decide(sum, by) {
                if (sum + by < 0) throw new Error("below 0");
                return by === 0 ? [] : { type: "counted", payload: { by, before: sum } };
              },
              retries: 50,
              snapshotEvery: every ?? undefined,
            });
            const stores = openStores<Counted>(3);
            const counters = stores.map((store) => counter.on(store));

            const results = await Promise.allSettled(
              all.map(({ tab, id, by }) => counters[tab]?.execute(`${id}`, by)),
            );

            let stored = 0;
            for (const id of ["0", "1"]) {
              let sum = 0;
              for await (const { payload } of (stores[0] as EventStore<Counted>).read(
                `counter:${id}`,
              )) {
                // What it was decided by is what was there.
                expect(payload.before).toBe(sum);
                sum += payload.by;
                stored += 1;
                expect(sum).toBeGreaterThanOrEqual(0);
              }
              for (const each of counters) expect((await each.load(id)).state).toBe(sum);
            }
            const succeeded = results.filter(
              ({ status }, n) => status === "fulfilled" && all[n]?.by !== 0,
            );
            expect(stored).toBe(succeeded.length);
            for (const result of results) {
              if (result.status === "rejected") expect(result.reason.message).toBe("below 0");
            }
            for (const store of stores) store.dispose();
          },
        ),
        { numRuns },
      );
    });

    it("a repeated commandId does nothing again, in any tab", async () => {
      const [a, b] = openStores<OrderEvent>(2) as [EventStore<OrderEvent>, EventStore<OrderEvent>];
      await orders.on(a).execute("1", { do: "create", items: [lamp] });
      const pay = { do: "pay", amount: 42 } as const;

      const [first, second] = await Promise.all([
        orders.on(a).execute("1", pay, { commandId: "click" }),
        orders.on(b).execute("1", pay, { commandId: "click" }),
      ]);
      await orders.on(a).execute("1", { do: "ship" });
      const late = await orders.on(b).execute("1", pay, { commandId: "click" });

      expect([first.repeated, second.repeated].sort()).toEqual([false, true]);
      expect(late).toMatchObject({ version: 2, repeated: true, state: { status: "paid" } });
    });
  });

  describe(`${name}: projections`, () => {
    it("rows are what a fold over all events comes to", async () => {
      await fc.assert(
        fc.asyncProperty(history, fc.scheduler(), async (steps, scheduler) => {
          await checkProjection(openWorld(), steps, scheduler);
        }),
        { numRuns },
      );
    });

    it("your writes are read once they were waited for, in every tab", async () => {
      const [a, b] = openStores<OrderEvent>(2) as [EventStore<OrderEvent>, EventStore<OrderEvent>];
      const options = {
        name: "orders",
        key: ({ stream }: { stream: string }) => stream,
        on: {
          "order.#": (row: Order | undefined, event: Stored<OrderEvent>) =>
            order.evolve(row ?? (order.initial as Order), event),
        },
      };
      const [inA, inB] = [createProjection(a, options), createProjection(b, options)];

      for (const [n, store] of [a, b, a].entries()) {
        const id = `${n}`;
        await orders.on(store).execute(id, { do: "create", items: [lamp] });
        const { position } = await orders.on(store).execute(id, { do: "pay", amount: 42 });
        for (const projection of [inA, inB]) {
          await projection.waitFor(position);
          expect(await projection.get(`order:${id}`)).toMatchObject({ status: "paid" });
        }
      }
      expect(await inB.list()).toHaveLength(3);
    });

    it("refuses a position of another store", async () => {
      const [here] = openStores(1) as [EventStore];
      const [there] = openStores(1) as [EventStore];
      const { position } = await there.append("cart", numbered(1, 1));
      const projection = createProjection(here, { name: "p", key: () => "all", on: {} });

      const error = await failureOf(projection.waitFor(position));

      expect(isBusError(error, "STALE_POSITION")).toBe(true);
    });
  });
}

type Counted = { type: "counted"; payload: { by: number; before: number } };

type Step =
  | { readonly append: readonly number[]; readonly to: number }
  | { readonly restart: number; readonly batchSize: number; readonly crashes: boolean }
  | { readonly rebuild: number };

const history: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        append: fc.array(fc.integer({ min: -2, max: 9 }), { minLength: 1, maxLength: 5 }),
        to: fc.nat(2),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        restart: fc.nat(1),
        batchSize: fc.integer({ min: 1, max: 4 }),
        crashes: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ rebuild: fc.nat(1) }) },
  ),
  { minLength: 1, maxLength: 14 },
);

/** Sums by digit, where a negative number is poison, and 0 deletes. */
function reduceRow(row: number | undefined, { payload }: { payload: number }): number | undefined {
  if (payload < 0) throw new Error("poison");
  return payload === 0 ? undefined : (row ?? 0) + payload;
}

async function checkProjection(
  world: CqrsWorld,
  steps: readonly Step[],
  scheduler: fc.Scheduler,
): Promise<void> {
  const open = (batchSize: number) => {
    const { streams, locks, crash } = world.openTab();
    const store = createEventStore<{ type: "n"; payload: number }>({
      streams: slowed(streams, scheduler),
      // Some build without asking: two at a time.
      ...(batchSize % 2 === 0 && { locks }),
      onDiagnostic: () => {},
    });
    const projection = createProjection(store, {
      name: "sums",
      key: ({ stream, payload }) => (payload === 1 ? ["ones", stream] : stream),
      on: { n: reduceRow },
      onPoison: "skip",
      batchSize,
    });
    const rebuilds: Promise<unknown>[] = [];
    const rebuild = (): void => void rebuilds.push(projection.rebuild().catch(() => {}));
    return { store, projection, crash, rebuilds, rebuild };
  };
  const tabs: [ReturnType<typeof open>, ReturnType<typeof open>] = [open(1), open(4)];
  const run = async (): Promise<void> => {
    for (const step of steps) {
      if ("append" in step) {
        const events = step.append.map((payload) => ({ type: "n" as const, payload }));
        await tabs[step.to % 2]?.store.append(`s${step.to}`, events);
      } else if ("restart" in step) {
        const { store, crash } = tabs[step.restart] as (typeof tabs)[0];
        if (crash && step.crashes) crash();
        else store.dispose();
        tabs[step.restart] = open(step.batchSize);
      } else tabs[step.rebuild]?.rebuild();
    }
    const head = await tabs[0].store.head();
    for (const { rebuilds } of tabs) await Promise.all(rebuilds);
    for (const { projection } of tabs) await projection.waitFor(head);
  };
  await scheduler.waitFor(run());

  const expected = new Map<string, number>();
  for await (const { stream, payload } of tabs[0].store.readAll()) {
    for (const id of payload === 1 ? ["ones", stream] : [stream]) {
      if (payload < 0) continue;
      if (payload === 0) expected.delete(id);
      else expected.set(id, (expected.get(id) ?? 0) + payload);
    }
  }
  const rows = [...expected].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const { projection } of tabs) {
    expect((await projection.list()).map(({ id, row }) => [id, row])).toEqual(rows);
    expect([...(await projection.at(Number.MAX_VALUE))]).toEqual(rows);
  }
  for (const { store } of tabs) store.dispose();
}

/** Has reads and transactions begin in an order that the scheduler chooses. */
function slowed(streams: EventStreams, scheduler: fc.Scheduler): EventStreams {
  return new Proxy(streams, {
    get(target, name: keyof EventStreams) {
      const method = target[name] as (...args: unknown[]) => unknown;
      if (name !== "transact" && name !== "head") return method.bind(target);
      return async (...args: unknown[]) => {
        await scheduler.schedule(Promise.resolve(), name);
        return await method.apply(target, args);
      };
    },
  });
}
