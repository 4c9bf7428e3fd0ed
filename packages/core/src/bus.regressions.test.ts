import { afterEach, describe, expect, it, vi } from "vitest";
import { nextTask } from "./delivery/next-task.js";
import { TestLink } from "./fixtures/links.js";
import { turnEnd } from "./fixtures/turn.js";
import {
  createPubSub,
  type DiagnosticEvent,
  isBusError,
  joinPubSub,
  type Message,
  once,
  type PubSubBus,
  type Receive,
  scope,
  stream,
} from "./index.js";
import { inspectableBuses } from "./inspect.js";
import { ManualClock } from "./testing/manual-clock.js";

const payloads = (messages: readonly Message[]): unknown[] => messages.map((m) => m.payload);

describe("the time of a message", () => {
  it("is now, also after another copy has published in this turn", () => {
    const clock = new ManualClock(1_000);
    const [a, b] = ["a", "b"].map((name) => joinPubSub({ app: "time-of-copies", name, clock }));
    b?.subscribe("#", () => {});

    a?.publish("x", 1);

    expect(b?.publish("x", 2).ts).toBe(1_000);
    for (const bus of [a, b]) bus?.dispose();
  });

  it("is now, also after a message was dispatched in this turn", () => {
    const clock = new ManualClock(1_000);
    const bus = createPubSub({ clock });
    bus.subscribe("#", () => {});
    bus.publish("x", 1);
    clock.advance(500);

    bus.getHooks().dispatchExternal({ id: "m", topic: "x", ts: 5, payload: 0 });

    expect(bus.publish("x", 2).ts).toBe(1_500);
  });
});

describe("buses in a ring", () => {
  it("get each message of a long burst once, and come to rest", async () => {
    const buses = Array.from({ length: 3 }, () => createPubSub());
    const counts = [0, 0, 0];
    for (const [n, bus] of buses.entries()) {
      bus.subscribe("#", () => {
        counts[n] = (counts[n] as number) + 1;
      });
    }
    let underWay = 0;
    let rest = (): void => {};
    const end = (bus: PubSubBus, domain: string, other: () => Receive): (() => Receive) => {
      const link = new TestLink(domain);
      link.send = (messages) => {
        const sent = [...messages];
        underWay += 1;
        nextTask(() => {
          for (const message of sent) other()(message);
          underWay -= 1;
          nextTask(() => underWay === 0 && rest());
        });
      };
      bus.connect(link);
      return () => link.receive;
    };
    for (const n of [0, 1, 2]) {
      const there: () => Receive = end(buses[(n + 1) % 3] as PubSubBus, `peer:${n}`, () => here());
      const here = end(buses[n] as PubSubBus, `peer:${n}`, there);
    }

    const atRest = new Promise<void>((resolve) => {
      rest = resolve;
    });
    for (let n = 0; n < 12_000; n += 1) buses[0]?.publish("x", n);
    await atRest;
    await turnEnd();

    expect(counts).toEqual([12_000, 12_000, 12_000]);
  });
});

describe("retention", () => {
  it("returns nothing that has expired, also behind a message of the future", async () => {
    const clock = new ManualClock(1_000);
    const retention = { maxMessages: 10, ttlMs: 100, latest: ["#"] };
    const bus = createPubSub({ clock, retention });
    const link = new TestLink();
    bus.connect(link);
    link.receive({ id: "future", topic: "a", ts: 1e9, payload: "future" });
    bus.publish("b", "expires");

    clock.advance(101);

    expect(payloads(await bus.getHistory("#"))).toEqual(["future"]);
    const replayed: unknown[] = [];
    bus.subscribe("#", ({ payload }) => replayed.push(payload), { replay: "latest" });
    expect(replayed).toEqual(["future"]);
  });
});

describe("clear", () => {
  it("ends waits and streams, those of scopes as well", async () => {
    const bus = createPubSub();
    const part = scope(bus, "cart");
    const waits = [once(bus, "a"), once(part, "a")];
    const reads = [stream(bus, "a").next(), stream(part, "a").next()];

    bus.clear();

    for (const wait of waits) {
      const error = await wait.catch((reason: unknown) => reason);
      expect(isBusError(error, "BUS_CLEARED")).toBe(true);
    }
    for (const read of reads) expect(await read).toEqual({ done: true, value: undefined });
  });

  it("of a scope ends its own, and new ones can be made", async () => {
    const bus = createPubSub();
    const part = scope(bus, "cart");
    const [others, own] = [once(bus, "a"), once(part, "a")];

    part.clear();
    await expect(own).rejects.toThrow("clear() has ended");
    const again = once(part, "a");
    bus.publish("a", 1);

    expect(payloads(await Promise.all([others, again]))).toEqual([1, 1]);
  });
});

describe("dispose", () => {
  it("closes a link that was connected while the others closed", () => {
    const late = new TestLink();
    const bus = createPubSub({
      onDiagnostic: (event) => {
        if (event.type === "link" && event.state === "closed" && late.log.length === 0) {
          bus.connect(late);
        }
      },
    });
    bus.connect(new TestLink());

    bus.dispose();

    expect(late.log).toEqual(["open", "flush", "close"]);
    expect(late.receive({ id: "m", topic: "a", ts: 1 })).toBe(false);
  });
});

describe("publish", () => {
  it.each(["source", "correlationId", "schemaVersion"])("refuses null as its %s", (key) => {
    const options = { [key]: null } as object;

    expect(() => createPubSub().publish("a", 1, options)).toThrow(
      `${key} is null: it must be a string.`,
    );
  });
});

describe("a link whose send is asynchronous", () => {
  it("is told of when it rejects", async () => {
    const events: DiagnosticEvent[] = [];
    const bus = createPubSub({ onDiagnostic: (event) => events.push(event) });
    const link = new TestLink("peer:far");
    link.send = () => Promise.reject(new Error("lost"));
    bus.connect(link);

    const { id } = bus.publish("a", 1);
    await turnEnd();

    expect(events).toContainEqual(
      expect.objectContaining({
        code: "LINK_SEND_FAILED",
        details: { domain: "peer:far", messageIds: [id], error: new Error("lost") },
      }),
    );
  });
});

describe("enableDevTools", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([[[]], [[null]], ["text"]])("does no harm where something else lies: %o", (found) => {
    const key = Symbol.for("@pubsub-mfe/devtools");
    Object.defineProperty(globalThis, key, { value: found, configurable: true });
    try {
      const bus = createPubSub({ enableDevTools: true });

      expect(inspectableBuses()).toEqual([]);
      bus.dispose();
    } finally {
      Reflect.deleteProperty(globalThis, key);
    }
  });
});

describe("a signal that is none", () => {
  it("leaves nothing subscribed and no timer", async () => {
    const clock = new ManualClock();
    const setTimer = vi.spyOn(clock, "setTimer");
    const bus = createPubSub({ clock });
    const signal = {} as AbortSignal;

    expect(() => stream(bus, "a", { signal })).toThrow("signal is an object");
    expect(() => scope(bus, "cart", { signal })).toThrow("signal is an object");
    await expect(once(bus, "a", { signal, timeout: 5 })).rejects.toThrow("signal is an object");
    expect(bus.handlerCount()).toBe(0);
    expect(setTimer).not.toHaveBeenCalled();
  });
});
