import type { PatternBus } from "../index.js";

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
