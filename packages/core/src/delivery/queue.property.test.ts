import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { patterns, topics } from "../fixtures/arbitraries.js";
import { createMatcher } from "../fixtures/model.js";
import { turnEnd } from "../fixtures/turn.js";
import { createPubSub, type Unsubscribe } from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";

type Step =
  | { do: "subscribe"; pattern: string }
  | { do: "unsubscribe"; nth: number }
  | { do: "publish"; topic: string }
  | { do: "let others come and go" }
  | { do: "wait for a microtask" }
  | { do: "wait for a task" };

const steps = fc.array(
  fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant("subscribe" as const), pattern: patterns }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant("unsubscribe" as const), nth: fc.nat({ max: 30 }) }),
    },
    { weight: 6, arbitrary: fc.record({ do: fc.constant("publish" as const), topic: topics }) },
    { weight: 2, arbitrary: fc.constant<Step>({ do: "wait for a microtask" }) },
    fc.constant<Step>({ do: "wait for a task" }),
    fc.constant<Step>({ do: "let others come and go" }),
  ),
  { size: "max", maxLength: 80 },
);

interface Subscriber {
  readonly matches: (topic: string) => boolean;
  readonly end: Unsubscribe;
  /** The numbers of the messages that were meant for it when they were published. */
  readonly due: number[];
  readonly received: number[];
  ended: boolean;
}

describe("a bus that is used while messages wait for a later task", () => {
  it("delivers in order, completely, and never to who has left", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const clock = new ManualClock();
        const bus = createPubSub({ clock, maxHandlersPerTopic: Number.POSITIVE_INFINITY });
        const subscribers: Subscriber[] = [];
        const calls: { message: number; nth: number; ended: boolean }[] = [];
        let published = 0;

        const subscribe = (pattern: string, onCall?: () => void) => {
          const nth = subscribers.length;
          const end = bus.subscribe(pattern, ({ payload }) => {
            // Two or three calls use the time of a turn up.
            clock.advance(5);
            const { received, ended } = subscribers[nth] as Subscriber;
            received.push(payload);
            calls.push({ message: payload, nth, ended });
            onCall?.();
          });
          subscribers.push({
            matches: createMatcher(pattern),
            end,
            due: [],
            received: [],
            ended: false,
          });
        };
        const publish = (topic: string) => {
          published += 1;
          for (const { matches, due, ended } of subscribers) {
            if (!ended && matches(topic)) due.push(published);
          }
          bus.publish(topic, published);
        };

        for (const step of taken) {
          const subscriber = step.do === "unsubscribe" ? subscribers[step.nth] : undefined;
          if (subscriber) {
            subscriber.end();
            subscriber.ended = true;
          }
          if (step.do === "subscribe") subscribe(step.pattern);
          if (step.do === "publish") publish(step.topic);
          // More than the bus keeps of what has ended, so that it tidies up.
          if (step.do === "let others come and go") {
            for (let n = 0; n < 300; n += 1) bus.subscribe(`other.${n}.+`, () => {})();
          }
          if (step.do === "wait for a microtask") await Promise.resolve();
          if (step.do === "wait for a task") await turnEnd();
        }
        // The last handler of the last message: all others have been called by then.
        await new Promise<void>((resolve) => {
          subscribe("end", resolve);
          publish("end");
        });

        const inOrder = [...calls].sort((a, b) => a.message - b.message || a.nth - b.nth);
        expect(calls).toEqual(inOrder);
        expect(calls.filter(({ ended }) => ended)).toEqual([]);
        for (const { due, received, ended } of subscribers) {
          expect(received).toEqual(ended ? due.slice(0, received.length) : due);
        }
      }),
      { numRuns: 150 },
    );
  });
});
