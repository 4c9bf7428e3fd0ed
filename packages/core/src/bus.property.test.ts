import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { patterns, topics } from "./fixtures/arbitraries.js";
import { type MinimalBus, ModelBus } from "./fixtures/model.js";
import { createPubSub, type Unsubscribe } from "./index.js";
import { ManualClock } from "./testing/manual-clock.js";

/** What a test does to a bus; a handler does one of them each time it is called. */
type Action =
  | { do: "subscribe"; pattern: string; group: number; reaction: Action }
  | { do: "unsubscribe"; nth: number }
  | { do: "abort"; group: number }
  | { do: "publish"; topic: string }
  | { do: "throw" }
  | { do: "nothing" };
type Step = Action | { do: "end turn" };

const GROUPS = 3;
/** Messages that handlers publish in answer to others end here. */
const MAX_DEPTH = 2;
const MAX_SUBSCRIPTIONS = 40;

const group = fc.nat({ max: GROUPS - 1 });
const nth = fc.nat({ max: MAX_SUBSCRIPTIONS - 1 });
const unsubscribe = fc.record({ do: fc.constant("unsubscribe" as const), nth });
const abort = fc.record({ do: fc.constant("abort" as const), group });
const publish = fc.record({ do: fc.constant("publish" as const), topic: topics });
const nothing = fc.constant<Action>({ do: "nothing" });

function subscribe(reaction: fc.Arbitrary<Action>): fc.Arbitrary<Action> {
  return fc.record({ do: fc.constant("subscribe" as const), pattern: patterns, group, reaction });
}

const reaction = fc.oneof<fc.MaybeWeightedArbitrary<Action>[]>(
  { weight: 6, arbitrary: nothing },
  fc.constant<Action>({ do: "throw" }),
  { weight: 3, arbitrary: publish },
  unsubscribe,
  abort,
  subscribe(nothing),
);
const steps = fc.array(
  fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
    { weight: 6, arbitrary: subscribe(reaction) },
    { weight: 8, arbitrary: publish },
    { weight: 3, arbitrary: unsubscribe },
    abort,
    { weight: 2, arbitrary: fc.constant<Step>({ do: "end turn" }) },
  ),
  { size: "max", maxLength: 60 },
);

/** Takes the steps on a bus, and returns which handler got which message, in order. */
async function run(
  bus: MinimalBus,
  taken: readonly Step[],
  endTurn: () => unknown,
  onCall: () => void,
): Promise<string[]> {
  const log: string[] = [];
  const ends: Unsubscribe[] = [];
  let signals = Array.from({ length: GROUPS }, () => new AbortController());
  let published = 0;

  const act = (action: Action, depth: number): void => {
    if (action.do === "publish" && depth <= MAX_DEPTH) {
      published += 1;
      bus.publish(action.topic, { number: published, depth });
    }
    if (action.do === "unsubscribe") ends[action.nth]?.();
    if (action.do === "abort") {
      const aborted = signals[action.group];
      // Every other one stays aborted for good: later subscriptions with it must be left out.
      if (action.group % 2 === 0) signals = signals.with(action.group, new AbortController());
      aborted?.abort();
    }
    if (action.do === "subscribe" && ends.length < MAX_SUBSCRIPTIONS) {
      const name = ends.length;
      const { signal } = signals[action.group] as AbortController;
      const end = bus.subscribe(
        action.pattern,
        ({ topic, payload }) => {
          if (payload === SETTLE) return;
          onCall();
          log.push(`handler ${name}: message ${payload.number} of ${topic}`);
          act(action.reaction, payload.depth + 1);
        },
        { signal },
      );
      ends.push(end);
    }
    if (action.do === "throw") throw new Error("boom");
  };

  for (const step of taken) {
    if (step.do === "end turn") await endTurn();
    else act(step, 0);
  }
  await endTurn();
  return log;
}

const SETTLE = "settle";

async function runOnBus(taken: readonly Step[], slowMs: number, listens: boolean) {
  const clock = new ManualClock();
  const bus = createPubSub({
    clock,
    maxHandlersPerTopic: Number.POSITIVE_INFINITY,
    ...(listens && { onDiagnostic: () => {} }),
  });
  /** A message that reaches its handler has let all earlier ones reach theirs. */
  const settle = () =>
    new Promise<void>((resolve) => {
      const end = bus.subscribe(SETTLE, () => {
        end();
        resolve();
      });
      bus.publish(SETTLE, SETTLE);
    });
  const endTurn = async () => {
    for (let depth = 0; depth <= MAX_DEPTH; depth += 1) await settle();
  };
  return run(bus, taken, endTurn, () => clock.advance(slowMs));
}

async function runOnModel(taken: readonly Step[]) {
  const model = new ModelBus();
  return run(
    model,
    taken,
    () => model.drain(),
    () => {},
  );
}

describe("a bus under random use", () => {
  beforeEach(() => {
    vi.stubGlobal("reportError", () => {});
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("delivers what its model delivers, in the same order", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (taken, listens) => {
        expect(await runOnBus(taken, 0, listens)).toEqual(await runOnModel(taken));
      }),
      { numRuns: 300 },
    );
  });

  it("does so too when its turns run out of time", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 20 }), async (taken, slowMs) => {
        expect(await runOnBus(taken, slowMs, false)).toEqual(await runOnModel(taken));
      }),
      { numRuns: 100 },
    );
  });
});
