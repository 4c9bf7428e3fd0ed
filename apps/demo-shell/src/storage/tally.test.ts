import type { LogEntry } from "@pubsub-mfe/core";
import { expect, it } from "vitest";
import { tallyLog } from "./tally.js";

async function* entries(...list: [topic: string, ts: number][]): AsyncGenerator<LogEntry> {
  for (const [topic, ts] of list) yield { message: { topic, ts } } as LogEntry;
}

it("counts messages by topic, most first, and takes topics that end with an id together", async () => {
  const tally = await tallyLog(
    entries(
      ["cart.item.added", 20],
      ["rpc.response.0a1b2c3d4e5f6a7b", 30],
      ["rpc.response.ffeeddccbbaa9988", 10],
      ["cart.ready", 40],
    ),
  );

  expect(tally).toEqual({
    topics: [
      { topic: "rpc.response.+", count: 2, oldest: 10 },
      { topic: "cart.item.added", count: 1, oldest: 20 },
      { topic: "cart.ready", count: 1, oldest: 40 },
    ],
    count: 4,
    oldest: 10,
  });
});

it("finds nothing in an empty log", async () => {
  expect(await tallyLog(entries())).toEqual({ topics: [], count: 0, oldest: undefined });
});
