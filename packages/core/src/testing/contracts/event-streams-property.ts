import fc from "fast-check";
import { expect, it } from "vitest";
import type { EventStreams, StoredEvent } from "../../links/event-streams.js";
import { collect, type OpenStreamsWorld, openTabs } from "./event-streams/world.js";
import { type ModelAppend, StreamsModel } from "./event-streams-model.js";

const stream = fc.constantFrom("one", "two", "three");

const append: fc.Arbitrary<ModelAppend> = fc.record({
  stream,
  events: fc.array(fc.record({ type: fc.constantFrom("a.b", "a.c", "d"), payload: fc.integer() }), {
    maxLength: 3,
  }),
  options: fc.record(
    {
      expectedVersion: fc.oneof(fc.nat({ max: 6 }), fc.constantFrom("any", "none")),
      commandId: fc.constantFrom("c1", "c2"),
      fence: fc.record({ name: fc.constantFrom("f", "g"), epoch: fc.nat({ max: 3 }) }),
      outbox: fc.boolean(),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<ModelAppend["options"]>,
});

/** Appends of one step are made at the same time, each in a tab. */
type Step =
  | { readonly appends: readonly ModelAppend[] }
  | { readonly deleted: string }
  | { readonly clockMs: number }
  | { readonly drain: "succeeds" | "fails" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ appends: fc.array(append, { minLength: 1, maxLength: 3 }) }),
    },
    { weight: 1, arbitrary: fc.record({ deleted: stream }) },
    { weight: 2, arbitrary: fc.record({ clockMs: fc.integer({ min: -50, max: 50 }) }) },
    { weight: 1, arbitrary: fc.record({ drain: fc.constantFrom("succeeds", "fails") }) },
  ),
  { maxLength: 25 },
);

/** What an append came to, in the terms of the model. */
interface Outcome {
  readonly made: ModelAppend;
  readonly result: ReturnType<StreamsModel["append"]>;
}

/**
 * Any {@link EventStreams} do what plain arrays do, whatever happens in two tabs.
 *
 * @param numRuns - how many stories are tried
 */
export function eventStreamsProperty(openWorld: OpenStreamsWorld, numRuns = 100): void {
  it("does what plain arrays do", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (story) => {
        const { a, b, clock } = await openTabs(openWorld);
        const tabs = [a, b];
        let model = new StreamsModel();

        for (const [n, step] of story.entries()) {
          const tab = tabs[n % 2] as EventStreams;
          if ("clockMs" in step) clock.wallMs += step.clockMs;
          else if ("deleted" in step) {
            await tab.delete(step.deleted);
            model.delete(step.deleted);
          } else if ("drain" in step) {
            await checkOutbox(tab, model, step.drain === "succeeds");
          } else {
            model = await checkAppends(tabs, step.appends, model, clock.now());
          }
        }

        for (const each of tabs) await checkEvents(each, model);
        await checkOutbox(a, model, true);
      }),
      { numRuns },
    );
  });
}

async function checkAppends(
  tabs: readonly EventStreams[],
  appends: readonly ModelAppend[],
  model: StreamsModel,
  now: number,
): Promise<StreamsModel> {
  const outcomes = await Promise.all(
    appends.map(async (made, n): Promise<Outcome> => {
      const { stream: name, events, options } = made;
      try {
        const { version, repeated } = await (tabs[n % 2] as EventStreams).append(
          name,
          events,
          options,
        );
        return { made, result: [version, repeated] };
      } catch (error) {
        return { made, result: (error as { code: string }).code };
      }
    }),
  );
  const stored = (await collect((tabs[0] as EventStreams).readAll())).map(plain);
  // They were made at the same time: there must be an order in which the model comes to the same.
  for (const order of permutations(outcomes)) {
    const after = model.copy();
    const results = order.map(({ made }) => after.append(made, now));
    if (
      isSame(
        results,
        order.map(({ result }) => result),
      ) &&
      isSame(after.events, stored)
    ) {
      return after;
    }
  }
  throw new Error(`No order leads to ${JSON.stringify({ outcomes, stored })}.`);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

async function checkEvents(tab: EventStreams, model: StreamsModel): Promise<void> {
  const all = await collect(tab.readAll());
  expect(all.map(plain)).toEqual(model.events);
  const positions = all.map(({ position }) => position);
  expect(positions).toEqual([...new Set(positions)].sort());
  const ofTypes = (await collect(tab.readAll({ types: "a.+" }))).map(plain);
  expect(ofTypes).toEqual(model.events.filter(({ type }) => type !== "d"));
  for (const name of ["one", "two", "three"]) {
    const forward = (await collect(tab.read(name))).map(plain);
    const backward = (await collect(tab.read(name, { direction: "backward" }))).map(plain);
    expect(forward).toEqual(model.of(name));
    expect(backward).toEqual(model.of(name).reverse());
  }
}

async function checkOutbox(
  tab: EventStreams,
  model: StreamsModel,
  succeeds: boolean,
): Promise<void> {
  const handedOut: StoredEvent[] = [];
  const emptied = tab.pending((events) => {
    handedOut.push(...events);
    if (!succeeds) throw new Error("no");
  });
  if (succeeds || model.outbox.length === 0) await emptied;
  else await expect(emptied).rejects.toThrow("no");
  const events = handedOut.map(plain);
  expect(events).toEqual(model.outbox.slice(0, events.length));
  if (!succeeds) return;
  expect(events).toHaveLength(model.outbox.length);
  model.outbox = [];
}

function plain({ stream: name, version, type, payload, time }: StoredEvent) {
  return { stream: name, version, type, payload, time };
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, n) =>
    permutations(items.toSpliced(n, 1)).map((rest) => [item, ...rest]),
  );
}
