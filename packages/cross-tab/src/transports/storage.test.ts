// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { CrossTabError } from "../index.js";
import { StorageTransport } from "../storage.js";
import { FakeStorage } from "../testing/fake-storage.js";
import { linkBus, payloads, turnEnd } from "../testing/tabs.js";

let storage: FakeStorage;

beforeEach(() => {
  storage = new FakeStorage();
  vi.stubGlobal("localStorage", storage);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const loop: Record<string, unknown> = {};
loop.self = loop;

const prefix = (channelName: string) => `pubsub-mfe:wire:${channelName}:`;

function open(channelName = "shop") {
  const transport = new StorageTransport({ channelName });
  const [heard, errors] = [[] as unknown[], [] as CrossTabError[]];
  transport.onError((error) => errors.push(error));
  transport.onMessage((data) => heard.push(data));
  onTestFinished(() => transport.close());
  return { transport, heard, errors };
}

/** An event as the browser makes it of what another tab writes. */
function write(key: string | null, newValue: string | null): void {
  dispatchEvent(new StorageEvent("storage", { key, newValue }));
}

describe("StorageTransport", () => {
  it("writes to one key of its own, in pieces of 64 kB, and removes each at once", () => {
    const { transport } = open();

    transport.send("x".repeat(200_000));

    expect(storage.writes).toHaveLength(4);
    const keys = new Set(storage.writes.map(([key]) => key));
    expect([...keys]).toEqual([expect.stringMatching(/^pubsub-mfe:wire:shop:[0-9a-f]{32}$/)]);
    expect(storage.peak).toBeLessThan(65_600);
    expect(storage.length).toBe(0);
  });

  it("carries messages without a payload", async () => {
    const [a, b] = [open(), open()];
    const tab = await linkBus({ transport: a.transport });
    const errors = tab.errors.length;

    tab.bus.publish("cart.cleared", undefined);
    await turnEnd();

    const pieces = storage.writes.filter(([, value]) => value.includes("cart.cleared"));
    expect(pieces).toHaveLength(1);
    for (const [key, value] of pieces) write(`${key}x`, value);
    expect(b.heard).toContainEqual(
      expect.objectContaining({ messages: [expect.objectContaining({ topic: "cart.cleared" })] }),
    );
    expect(tab.errors).toHaveLength(errors);
  });

  it("removes what a tab that crashed has left, and nothing else", () => {
    for (const key of [`${prefix("shop")}gone`, `${prefix("shop2")}gone`, "the application's"]) {
      storage.setItem(key, "1 0 1 1");
    }

    const { heard } = open();

    expect([storage.key(0), storage.key(1), storage.length]).toEqual([
      `${prefix("shop2")}gone`,
      "the application's",
      2,
    ]);
    expect(heard).toEqual([]);
  });

  it("ignores other keys, removals and clear()", () => {
    const { heard, errors } = open();

    write("theme", "dark");
    write(`${prefix("shop")}x`, null);
    write(null, null);
    write(`${prefix("shop")}x`, '1 0 1 "heard"');

    expect([heard, errors]).toEqual([["heard"], []]);
  });

  it("leaves out what has lost a piece, and delivers what comes after it", () => {
    const { heard } = open();
    const key = `${prefix("shop")}x`;

    for (const piece of [
      '1 0 3 "a',
      "1 2 3 c",
      '1 2 3 c"',
      '2 0 2 "b',
      '2 1 2 b"',
      '3 1 2 c"',
      '4 0 1 "d"',
    ]) {
      write(key, piece);
    }

    expect(heard).toEqual(["bb", "d"]);
  });

  it.each(["nonsense", "1 0 1 {"])("tells of %j, which is not its own", (value) => {
    const { heard, errors } = open();

    write(`${prefix("shop")}x`, value);
    write(`${prefix("shop")}x`, '1 0 1 "heard"');

    expect(heard).toEqual(["heard"]);
    expect(errors).toMatchObject([{ code: "ENVELOPE_REJECTED" }]);
  });

  it.each<[string, unknown]>([
    ["what leads back to itself", loop],
    ["a value with toJSON", { toJSON: () => 1 }],
    ["an array with a name", Object.assign([1], { name: "x" })],
    ["a symbol", Symbol("x")],
  ])("refuses %s", (_, value) => {
    const { transport } = open();

    expect(() => transport.send({ value })).toThrow("JSON");
  });

  it("takes the same object twice, and one without a prototype", async () => {
    const [a, b] = [open(), open()];
    const shared = { n: 1 };

    a.transport.send({ one: shared, other: Object.assign(Object.create(null), { shared }) });
    await turnEnd();

    expect(b.heard).toEqual([{ one: { n: 1 }, other: { shared: { n: 1 } } }]);
  });
});

describe("the adapter over a StorageTransport", () => {
  const openTab = () => linkBus({ transport: new StorageTransport({ channelName: "shop" }) });

  it("tells of what JSON does not hold by topic and field; its neighbours arrive, without a gap", async () => {
    const [a, b] = [await openTab(), await openTab()];

    a.bus.publish("a", 1);
    const bad = a.bus.publish("cart.saved", { items: [{ at: new Date(0) }] });
    a.bus.publish("a", 2);
    await turnEnd();
    a.bus.publish("a", 3);
    await turnEnd();

    expect(payloads(b.received)).toEqual([1, 2, 3]);
    expect(a.errors).toMatchObject([
      {
        code: "MESSAGE_NOT_CLONEABLE",
        topic: "cart.saved",
        messageId: bad.id,
        field: "payload.items.0.at",
        message:
          'A message of "cart.saved" was not sent to other tabs: payload.items.0.at is not what JSON holds exactly, which is all that storage events carry. Publish plain data, or keep the message in the page with { scope: "page" }.',
      },
    ]);
    expect(b.errors).toEqual([]);
    expect(b.adapter.getStats()).toMatchObject({ messagesRepaired: 0, gaps: 0 });
  });

  it("tells of a full storage, and sends again what is asked for", async () => {
    const [a, b] = [await openTab(), await openTab()];
    const full = new DOMException("full", "QuotaExceededError");
    storage.failure = full;

    a.bus.publish("a", 1);
    await turnEnd();
    a.bus.publish("a", 2);
    await turnEnd();
    await turnEnd();

    expect(a.errors).toMatchObject([{ code: "SEND_FAILED", cause: full }]);
    expect(payloads(b.received)).toEqual([1, 2]);
    expect(storage.length).toBe(0);
  });
});
