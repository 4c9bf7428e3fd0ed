import { createPubSub } from "@pubsub-mfe/core";
import { CircuitBreaker } from "@pubsub-mfe/patterns/circuit-breaker";
import { ConsecutiveBreaker, circuitBreaker, handleAll } from "cockatiel";
import OpossumBreaker from "opossum";
import type { Benchmark, Contender } from "../measure.js";

const CALLS = 5_000;
const work = async (): Promise<number> => 1;

type Execute = () => Promise<unknown>;

/** What counts failures in a row, and refuses after five. */
function wrapped(): Execute {
  let failures = 0;
  return async () => {
    if (failures > 5) throw new Error("It is open.");
    try {
      const result = await work();
      failures = 0;
      return result;
    } catch (error) {
      failures += 1;
      throw error;
    }
  };
}

function ours(): Execute {
  const breaker = new CircuitBreaker("supplier", 5, 60_000, createPubSub());
  return () => breaker.execute(work);
}

function windowed(): Execute {
  const breaker = new CircuitBreaker("supplier", {
    bus: createPubSub(),
    timeout: 60_000,
    window: { calls: 100, failureRate: 0.5 },
  });
  return () => breaker.execute(work);
}

function cockatiel(): Execute {
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: 60_000,
    breaker: new ConsecutiveBreaker(5),
  });
  return () => policy.execute(work);
}

function opossum(): Execute {
  const breaker = new OpossumBreaker(work, { timeout: false, resetTimeout: 60_000 });
  return () => breaker.fire();
}

function contender(name: string, note: string, open: () => Execute): Contender {
  return {
    name,
    note,
    setup() {
      const execute = open();
      return {
        async run() {
          for (let n = 0; n < CALLS; n += 1) await execute();
          return CALLS;
        },
      };
    },
  };
}

export const breakers: readonly Benchmark[] = [
  {
    title: "a call through a closed circuit breaker",
    in: ["node", "chromium"],
    rounds: 15,
    contenders: [
      contender("an async wrapper", "try, await, and a count of failures", wrapped),
      contender("@pubsub-mfe/patterns", "failures in a row", ours),
      contender("@pubsub-mfe/patterns, window", "failure rate of the last 100 calls", windowed),
      contender("cockatiel", "ConsecutiveBreaker", cockatiel),
      contender("opossum", "failure rate of ten seconds; no timeout", opossum),
    ],
  },
];
