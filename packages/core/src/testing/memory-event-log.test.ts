// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { createPubSub } from "../bus.js";
import type { EventLog } from "../links/event-log.js";
import { joinPubSub } from "../page/join-pub-sub.js";
import { eventLogContract } from "./contracts/event-log-contract.js";
import { ManualClock } from "./manual-clock.js";
import { MemoryLog } from "./memory-event-log.js";

eventLogContract("A log in memory", async () => {
  const clock = new ManualClock();
  const log = new MemoryLog();
  return {
    clock,
    openTab: async () => {
      const bus = createPubSub({ app: "shop", clock });
      return { bus, log: log.attach(bus) };
    },
    wipe: () => log.wipe(),
  };
});

async function payloads(log: EventLog): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { message } of log.read("#")) found.push(message.payload);
  return found;
}

describe("MemoryLog", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("keeps the newest entries that maxEntries allows", async () => {
    const bus = createPubSub();
    const log = new MemoryLog({ maxEntries: 3 }).attach(bus);
    const start = await log.head();
    const delivered: unknown[] = [];
    await log.subscribe("#", ({ message }) => delivered.push(message.payload));

    for (let n = 1; n <= 5; n += 1) {
      bus.publish("count", n);
      await log.head();
    }

    expect(await payloads(log)).toEqual([3, 4, 5]);
    expect(delivered).toEqual([1, 2, 3, 4, 5]);
    const after = [];
    for await (const { message } of log.read("#", { after: start })) after.push(message.payload);
    expect(after).toEqual([3, 4, 5]);
  });

  it("stores nothing more once detached, delivers nothing, and can still be read", async () => {
    const log = new MemoryLog();
    const [busA, busB] = [createPubSub(), createPubSub()];
    const [a, b] = [log.attach(busA), log.attach(busB)];
    const handler = vi.fn();
    await a.subscribe("#", handler);
    busA.publish("count", 1);
    a.detach();
    busA.publish("count", 2);
    busB.publish("count", 3);

    expect(await payloads(b)).toEqual([1, 3]);
    expect(await payloads(a)).toEqual([1, 3]);
    expect(handler).not.toHaveBeenCalled();
  });

  it("can be read when the bus is disposed", async () => {
    const bus = createPubSub();
    const log = new MemoryLog().attach(bus);
    bus.publish("count", 1);
    bus.dispose();

    expect(await payloads(log)).toEqual([1]);
  });

  it("is attached in several copies of a page, and stores each message once", async () => {
    const copies = ["shell", "cart"].map((name) => joinPubSub({ app: crypto.randomUUID(), name }));
    const [app] = copies.map((copy) => copy.getStats().app);
    const sibling = joinPubSub({ app: app as string, name: "catalog" });
    const log = new MemoryLog();
    const tabs = [...copies, sibling].map((bus) => log.attach(bus));

    copies[0]?.publish("count", 1);
    sibling.publish("count", 2);
    copies[1]?.publish("count", 3);

    expect(await payloads(tabs[2] as EventLog)).toEqual([1, 2, 3]);
    for (const bus of [...copies, sibling]) bus.dispose();
  });

  it("tells of what it cannot store, by topic and field", async () => {
    const onError = vi.fn();
    const bus = createPubSub();
    const log = new MemoryLog({ onError }).attach(bus);
    bus.publish("cart.opened", { by: { onClick() {} } });
    await log.head();

    expect(onError.mock.calls).toMatchObject([
      [
        {
          code: "INVALID_ARGUMENT",
          message: expect.stringMatching(/"cart.opened".*payload.by.onClick/),
        },
      ],
    ]);
  });

  it("reports what handlers throw as the platform does", async () => {
    const reportError = vi.fn();
    vi.stubGlobal("reportError", reportError);
    const bus = createPubSub();
    const log = new MemoryLog().attach(bus);
    const error = new Error("no");
    await log.subscribe("#", () => Promise.reject(error));
    bus.publish("count", 1);
    await log.head();
    await vi.waitFor(() => expect(reportError).toHaveBeenCalledWith(error));
  });
});
