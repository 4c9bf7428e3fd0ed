import { afterEach, describe, expect, it, vi } from "vitest";
import { turnEnd } from "../fixtures/turn.js";
import { copies, joinPubSub, type PubSubBus } from "../index.js";

let buses: PubSubBus[] = [];

/** What each of two buses received of what the first published. */
async function publishBetweenTwo(): Promise<unknown[][]> {
  buses = ["one", "other"].map((name) => joinPubSub({ app: "shop", name }));
  const received = buses.map((bus) => {
    const payloads: unknown[] = [];
    bus.subscribe("x", ({ payload }) => payloads.push(payload));
    return payloads;
  });
  buses[0]?.publish("x", 1);
  await turnEnd();
  return received;
}

afterEach(() => {
  for (const bus of buses) bus.dispose();
  vi.unstubAllGlobals();
});

describe("joinPubSub on a server", () => {
  it("is a bus of its own at each call", async () => {
    expect(await publishBetweenTwo()).toEqual([[1], []]);
    expect(buses.map((bus) => copies(bus))).toEqual([[], []]);
  });

  it("leaves no global behind", async () => {
    const before = Reflect.ownKeys(globalThis);

    await publishBetweenTwo();

    expect(Reflect.ownKeys(globalThis)).toEqual(before);
  });

  it("is so too where the server calls its global a worker's", async () => {
    vi.stubGlobal("WorkerGlobalScope", class {});

    expect(await publishBetweenTwo()).toEqual([[1], []]);
  });
});
