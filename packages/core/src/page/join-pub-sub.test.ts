// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TestLink } from "../fixtures/links.js";
import { turnEnd } from "../fixtures/turn.js";
import type { CopyEvent, DiagnosticEvent, JoinConfig, PubSubBus } from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";

let app: string;
let buses: PubSubBus[];
let log: string[];
let apps = 0;

/** Joins by a copy of the package of its own, as a microfrontend that bundles it does. */
async function join(name: string, config: Partial<JoinConfig> = {}): Promise<PubSubBus> {
  vi.resetModules();
  const copy = await import("../index.js");
  const bus = copy.joinPubSub({ app, name, clock: new ManualClock(), ...config });
  buses.push(bus);
  return bus;
}

function note(bus: PubSubBus, name: string, pattern = "#"): void {
  bus.subscribe(pattern, ({ payload }) => log.push(`${name}${payload}`));
}

/** Notes what happens to the copies of a page. */
function notingCopies(events: CopyEvent[]): (event: DiagnosticEvent) => void {
  return (event) => {
    if (event.type === "copy") events.push(event);
  };
}

beforeEach(() => {
  app = `app-${++apps}`;
  buses = [];
  log = [];
});

afterEach(() => {
  for (const bus of buses) bus.dispose();
});

describe("joinPubSub", () => {
  it("makes several copies one bus: each handler gets each message once, in publish order", async () => {
    const [a, b, c] = [await join("a"), await join("b"), await join("c")];
    for (const [bus, name] of [
      [a, "a"],
      [b, "b"],
      [c, "c"],
    ] as const) {
      note(bus, name);
    }

    a.publish("x", 1);
    b.publish("y", 2);
    c.publish("x", 3);
    a.publish("y", 4);
    expect(log).toEqual([]);

    await turnEnd();
    for (const name of ["a", "b", "c"]) {
      expect(log.filter((line) => line.startsWith(name))).toEqual(
        [1, 2, 3, 4].map((n) => `${name}${n}`),
      );
    }
  });

  it("keeps one order for all copies when handlers of several publish", async () => {
    const [a, b] = [await join("a"), await join("b")];
    note(a, "a");
    a.subscribe("ping", ({ payload }) => a.publish("pong", payload + 0.1));
    b.subscribe("ping", ({ payload }) => b.publish("pong", payload + 0.2));
    note(b, "b");

    a.publish("ping", 1);
    b.publish("ping", 2);

    await turnEnd();
    const seenBy = (name: string): string[] =>
      log.filter((line) => line.startsWith(name)).map((line) => line.slice(1));
    expect(seenBy("a")).toHaveLength(6);
    expect(seenBy("b")).toEqual(seenBy("a"));
  });

  it("gives what stays in the page to every copy", async () => {
    const [a, b] = [await join("a"), await join("b")];
    note(b, "b");

    a.publish("x", 1, { scope: "page" });

    await turnEnd();
    expect(log).toEqual(["b1"]);
  });

  it("hands over the very payload and envelope, frozen", async () => {
    const [a, b] = [await join("a"), await join("b")];
    const handler = vi.fn();
    b.subscribe("x", handler);

    const message = a.publish("x", { deep: {} });

    await turnEnd();
    expect(handler.mock.calls[0]?.[0]).toBe(message);
  });

  it("keeps apps apart, whatever they are called", async () => {
    const shop = await join("shop");
    const other = await join("other", { app: "constructor" });
    note(other, "other");

    shop.publish("x", 1);

    await turnEnd();
    expect(log).toEqual([]);
  });

  it("counts the handlers of a pattern over all copies", async () => {
    const [a, b] = [await join("a"), await join("b")];
    note(a, "a", "x");
    note(b, "b", "x");
    note(b, "b", "x");

    expect([a.handlerCount("x"), b.handlerCount("x"), a.handlerCount()]).toEqual([3, 3, 1]);
  });

  it("goes on when a copy leaves, also the one that came first", async () => {
    const [a, b, c] = [await join("a"), await join("b"), await join("c")];
    note(a, "a");
    note(c, "c");

    a.dispose();
    b.publish("x", 1);

    await turnEnd();
    expect(log).toEqual(["c1"]);
  });

  it("ends only what was subscribed through the copy that is cleared", async () => {
    const [a, b] = [await join("a"), await join("b")];
    note(a, "a");
    note(b, "b");

    a.clear();
    b.publish("x", 1);

    await turnEnd();
    expect(log).toEqual(["b1"]);
  });
});

describe("retention", () => {
  it("is of the page: who joins late gets what was published before", async () => {
    const a = await join("a", { retention: { maxMessages: 2 } });
    for (const n of [1, 2, 3]) a.publish("x", n);

    const late = await join("late");
    late.subscribe("#", ({ payload }) => log.push(`late${payload}`), { replay: 9 });

    expect(log).toEqual(["late2", "late3"]);
    expect(late.getStats().retentionBufferCapacity).toBe(2);
  });

  it("survives the copy that configured it, and follows the first that did", async () => {
    const a = await join("a");
    const b = await join("b", { retention: { maxMessages: 3 } });
    b.publish("x", 1);
    b.dispose();
    a.publish("x", 2);

    const late = await join("late", { retention: { maxMessages: 100 } });

    expect((await late.getHistory("#")).map(({ payload }) => payload)).toEqual([1, 2]);
    expect(late.getStats().retentionBufferCapacity).toBe(3);
  });
});

describe("links of several copies", () => {
  it("use one of a domain, for what any copy publishes, and the next when that copy leaves", async () => {
    const [a, b] = [await join("a"), await join("b")];
    const [first, second] = [new TestLink("origin:shop"), new TestLink("origin:shop")];
    const payloads = (link: TestLink): unknown[] => link.sent.flat().map(({ payload }) => payload);
    a.connect(first);
    const waiting = b.connect(second);

    a.publish("x", 1);
    b.publish("x", 2);
    await turnEnd();
    expect(waiting.active).toBe(false);
    a.dispose();
    b.publish("x", 3);
    await turnEnd();

    expect(payloads(first)).toEqual([1, 2]);
    expect(payloads(second)).toEqual([3]);
    expect(waiting.active).toBe(true);
  });

  it("take what they are given before any handler of any copy runs", async () => {
    const [a, b] = [await join("a"), await join("b")];
    const link = new TestLink();
    link.send = (messages) => void log.push(`link ${messages.map(({ payload }) => payload.n)}`);
    b.subscribe("x", ({ payload }) => {
      log.push("handler");
      payload.n = "spoiled";
    });
    // The turn of b's handlers is asked for before the link of a hears of anything.
    b.subscribe("other", () => {});
    b.publish("other", {});
    a.connect(link);

    b.publish("x", { n: 1 });

    await turnEnd();
    expect(log).toEqual(["link 1", "handler"]);
  });

  it("bring what comes in to every copy, once, and show it as the link does", async () => {
    const [a, b] = [await join("a"), await join("b")];
    const link = new TestLink("origin:shop");
    a.connect(link);
    const received: unknown[] = [];
    for (const bus of [a, b]) bus.subscribe("#", ({ meta }) => received.push(meta));

    link.receive({ id: "m", topic: "x", ts: 1, payload: 1 }, { _crossTab: true });

    await turnEnd();
    expect(received).toEqual([{ _crossTab: true }, { _crossTab: true }]);
    expect(link.sent).toEqual([]);
  });

  it("are flushed by whichever copy asks", async () => {
    const [a, b] = [await join("a"), await join("b")];
    const link = new TestLink("log:db");
    link.send = ({ length }) => void link.log.push(`send ${length}`);
    a.connect(link);
    const waiting = b.connect(new TestLink("log:db"));
    b.publish("x", 1);

    await waiting.flush();

    expect(link.log).toEqual(["open", "send 1", "flush"]);
  });
});

describe("copies", () => {
  it("lists those that have joined, and tells of their coming and going", async () => {
    const events: CopyEvent[] = [];
    const a = await join("a", { onDiagnostic: notingCopies(events) });
    const b = await join("b");
    const { copies } = await import("../index.js");

    expect(copies(a)).toEqual(
      ["a", "b"].map((name) => ({ name, version: "source", protocol: { major: 1, minor: 0 } })),
    );
    b.dispose();
    expect(copies(a).map(({ name }) => name)).toEqual(["a"]);
    expect(events).toEqual([
      { type: "copy", state: "joined", name: "b", version: "source" },
      { type: "copy", state: "left", name: "b", version: "source" },
    ]);
  });

  it("is empty for a bus that has joined nobody", async () => {
    const { copies, createPubSub } = await import("../index.js");

    expect(copies(createPubSub())).toEqual([]);
  });
});

describe("what lies where the copies meet", () => {
  const slotKey = Symbol.for("@pubsub-mfe/page");

  function usePage(page: object): void {
    vi.spyOn(window, "document", "get").mockReturnValue(page as never);
  }

  /** Puts something there, in a document of its own. */
  function layDown(value: unknown): void {
    const page = document.implementation.createHTMLDocument();
    Object.defineProperty(page, slotKey, { get: () => value });
    usePage(page);
  }

  it("is refused with both versions when it is of another major, and the others are told", async () => {
    const tell = vi.fn();
    layDown({ protocol: { major: 2, minor: 3 }, pages: { [app]: { ports: [{ tell }] } } });

    await expect(join("old")).rejects.toMatchObject({
      code: "INCOMPATIBLE_COPY",
      message:
        '"old" speaks protocol 1.0, and the copies of @pubsub-mfe/core on this page speak 2.3. Build it with a version of the same major.',
    });
    expect(tell).toHaveBeenCalledWith(
      expect.objectContaining({ type: "copy", state: "refused", name: "old" }),
    );
  });

  it("is refused with the same sentence when another major lays out its slot in another way", async () => {
    layDown({ protocol: { major: 2, minor: 0 }, copies: new Map() });

    await expect(join("old")).rejects.toMatchObject({
      message: expect.stringContaining("speak 2.0"),
    });
  });

  const protocol = { major: 1, minor: 0 };
  const state = { ports: [], candidates: [] };
  const throwing = new Proxy(
    {},
    {
      get: () => {
        throw { toString: null };
      },
    },
  );

  it.each([
    1,
    "text",
    {},
    { protocol: {} },
    { protocol },
    { protocol, pages: null },
    { protocol, pages: throwing },
    { protocol, pages: { hostile: { ...state, candidates: 1 } } },
    { protocol, pages: { hostile: { ...state, ports: 1 } } },
    { protocol, pages: { hostile: { ...state, ports: [{}] } } },
    { protocol, pages: { hostile: { ...state, candidates: [null] } } },
    () => {},
    throwing,
  ])("is ignored and told when it is something else: %#", async (value) => {
    app = "hostile";
    layDown(value);
    const events: CopyEvent[] = [];
    const bus = await join("a", { onDiagnostic: notingCopies(events) });
    note(bus, "a");

    bus.publish("x", 1);

    await turnEnd();
    expect(log).toEqual(["a1"]);
    expect(events).toMatchObject([
      { state: "refused", name: "a", reason: expect.stringContaining("a goes on alone: ") },
    ]);
  });

  it("is ignored also where the telling throws", async () => {
    const told = vi.spyOn(console, "error").mockReturnValue();
    const boom = new Error("boom");
    layDown("text");

    const bus = await join("a", {
      onDiagnostic: () => {
        throw boom;
      },
    });
    note(bus, "a");
    bus.publish("x", 1);

    await turnEnd();
    expect(log).toEqual(["a1"]);
    expect(told).toHaveBeenCalledWith(expect.any(String), boom);
  });

  it("is ignored and told when the page takes nothing", async () => {
    usePage(Object.freeze({}));
    const events: CopyEvent[] = [];

    const bus = await join("a", { onDiagnostic: notingCopies(events) });

    expect(bus.publish("x", 1).payload).toBe(1);
    expect(events).toMatchObject([{ state: "refused", name: "a" }]);
  });

  it("tells every copy what a link of the page reports", async () => {
    const told: string[] = [];
    const note = (name: string) => ({
      onDiagnostic: (event: DiagnosticEvent) => {
        if (event.type === "storage-degraded") told.push(`${name}: ${event.reason}`);
      },
    });
    await join("a", note("a"));
    const b = await join("b", note("b"));
    await join("c", note("c"));

    b.connect(new TestLink("log:shop")).report({
      type: "storage-degraded",
      domain: "log:shop",
      reason: "full",
    });

    expect(told.sort()).toEqual(["a: full", "b: full", "c: full"]);
  });
});
