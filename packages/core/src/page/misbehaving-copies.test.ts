// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { turnEnd } from "../fixtures/turn.js";
import { copies, type DiagnosticEvent, joinPubSub, type PubSubBus } from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";
import type { Port, Slot } from "./port.js";

const SLOT = Symbol.for("@pubsub-mfe/page");
let app: string;
let apps = 0;
let buses: PubSubBus[];
let events: DiagnosticEvent[];
let received: unknown[];

const boom = (): never => {
  throw new Error("boom");
};

function state(): { ports: Port[]; retention?: unknown } {
  return (document as unknown as Record<symbol, Slot>)[SLOT]?.pages[app] as never;
}

function join(name: string, config: object = {}): PubSubBus {
  const onDiagnostic = (event: DiagnosticEvent): void => void events.push(event);
  const bus = joinPubSub({ app, name, onDiagnostic, clock: new ManualClock(), ...config });
  buses.push(bus);
  return bus;
}

/** A copy of another version, with a fault. */
function intrude(fault: Partial<Port>): void {
  state().ports.unshift({
    name: "evil",
    version: "9",
    protocol: { major: 1, minor: 9 },
    document,
    accept: () => {},
    handOver: () => {},
    handlerCount: () => 0,
    subscriptionsChanged: () => {},
    inspectable: boom,
    retained: () => [],
    retain: () => {},
    tell: () => {},
    ...fault,
  });
}

beforeEach(() => {
  app = `misbehaving-${++apps}`;
  buses = [];
  events = [];
  received = [];
  const bus = join("a", { retention: { maxMessages: 10 } });
  bus.subscribe("#", ({ payload }) => received.push(`a${payload}`));
});

afterEach(() => {
  for (const bus of buses) bus.dispose();
});

describe("a copy that throws", () => {
  it.each(["accept", "handOver", "retained", "tell", "retain", "handlerCount"] as const)(
    "silences nobody: %s",
    async (way) => {
      intrude({ [way]: boom });
      const b = join("b");
      b.subscribe("#", ({ payload }) => received.push(`b${payload}`));

      buses[0]?.publish("x", 1);
      b.publish("x", 2);
      await turnEnd();

      expect(received.toSorted()).toEqual(["a1", "a2", "b1", "b2"]);
      expect(copies(b).map(({ name }) => name)).toEqual(["evil", "a", "b"]);
      expect(b.handlerCount("#")).toBe(2);
      b.dispose();
      expect(b.getStats().disposed).toBe(true);
      await turnEnd();
      buses[0]?.publish("x", 3);
      await turnEnd();
      expect(received.at(-1)).toBe("a3");
    },
  );

  it("is told", async () => {
    intrude({ accept: boom });

    buses[0]?.publish("x", 1);

    expect(events).toContainEqual({
      type: "warning",
      code: "COPY_FAILED",
      message: 'The copy "evil" (9) of this page threw: Error: boom',
      details: new Error("boom"),
    });
  });
});

describe("a page that cannot be joined", () => {
  it.each([
    ["its lists are frozen", () => Object.freeze(state().ports)],
    ["its retention is none", () => Object.assign(state(), { retention: { maxMessages: "x" } })],
    [
      "its retention cannot be read",
      () => Object.defineProperty(state(), "retention", { get: boom, configurable: true }),
    ],
  ])("leaves who comes alone, and says so: %s", async (_what, spoil) => {
    buses.pop()?.dispose();
    spoil();

    const b = join("b");
    b.subscribe("#", ({ payload }) => received.push(`b${payload}`));
    b.publish("x", 1);
    await turnEnd();

    expect(received).toEqual(["b1"]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "copy", state: "refused", name: "b" }),
    );
  });
});
