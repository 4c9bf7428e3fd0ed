import { ManualClock } from "@pubsub-mfe/core/testing";
import { CircuitBreaker, type CircuitBreakerOptions, type PatternBus } from "../circuit-breaker.js";
import { failureOf } from "./promises.js";

/** A bus that keeps what it is told, and delivers nothing. */
export function recordingBus(): {
  readonly bus: Pick<PatternBus, "publish">;
  /** What happened, as `[topic, payload]`. */
  readonly told: [topic: string, payload: Record<string, unknown>][];
  /** The topics alone, without `circuit.`. */
  topics(): string[];
} {
  const told: [string, Record<string, unknown>][] = [];
  return {
    bus: {
      publish: (topic, payload) => void told.push([topic, payload as Record<string, unknown>]),
    },
    told,
    topics: () => told.map(([topic]) => topic.replace("circuit.", "")),
  };
}

/** Lets all promises run that wait for nothing but each other. */
export async function runMicrotasks(): Promise<void> {
  for (let n = 0; n < 30; n += 1) await null;
}

export const ok = async (): Promise<string> => "ok";

export const fail = async (): Promise<never> => {
  throw new Error("The supplier is down.");
};

/** What a test of circuit breakers begins with. */
export interface Circuits {
  readonly clock: ManualClock;
  readonly recorded: ReturnType<typeof recordingBus>;
  /** One that opens after 2 failures, for 1,000 ms. */
  create(options?: CircuitBreakerOptions): CircuitBreaker;
  /** One whose circuit has just opened. */
  createOpen(options?: CircuitBreakerOptions): Promise<CircuitBreaker>;
  /** One that lets a probe in. */
  createDue(options?: CircuitBreakerOptions): Promise<CircuitBreaker>;
}

export function setUpCircuits(): Circuits {
  const clock = new ManualClock();
  const recorded = recordingBus();
  const { bus } = recorded;
  const circuits: Circuits = {
    clock,
    recorded,
    create: (options) =>
      new CircuitBreaker("inventory", { bus, clock, threshold: 2, timeout: 1_000, ...options }),
    async createOpen(options) {
      const breaker = circuits.create(options);
      while (breaker.state === "CLOSED") await failureOf(breaker.execute(fail));
      return breaker;
    },
    async createDue(options) {
      const breaker = await circuits.createOpen(options);
      clock.advance(1_000);
      return breaker;
    },
  };
  return circuits;
}
