// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TestLink } from "../fixtures/links.js";
import { turnEnd } from "../fixtures/turn.js";
import { type CopyEvent, copies, type JoinConfig, joinPubSub, type PubSubBus } from "../index.js";
import { ManualClock } from "../testing/manual-clock.js";

/** What a frame has in its place: readable once both sides have set `document.domain`. */
interface FakeWindow {
  document: Document;
  length: number;
}

let app: string;
let apps = 0;
let clock: ManualClock;
let frame: FakeWindow;
let buses: PubSubBus[];

function join(name: string, config: Partial<JoinConfig> = {}): PubSubBus {
  const bus = joinPubSub({ app, name, clock, ...config });
  buses.push(bus);
  return bus;
}

/** Joins in the frame, from where the page cannot be seen. */
function joinBelow(name: string, config: Partial<JoinConfig> = {}): PubSubBus {
  const spy = vi.spyOn(window, "document", "get").mockReturnValue(frame.document as never);
  try {
    return join(name, config);
  } finally {
    spy.mockRestore();
  }
}

/** From now on the page sees the frame. */
function comeIntoSight(): void {
  vi.stubGlobal("0", frame);
  vi.stubGlobal("length", 1);
}

function receivedBy(bus: PubSubBus, options: object = {}): unknown[] {
  const received: unknown[] = [];
  bus.subscribe("#", ({ payload }) => received.push(payload), options);
  return received;
}

const payloads = (link: TestLink): unknown[] => link.sent.flat().map(({ payload }) => payload);
const incoming = { id: "m-1", topic: "x", ts: 1, payload: "far" };

beforeEach(() => {
  app = `merging-${++apps}`;
  clock = new ManualClock();
  buses = [];
  frame = { document: document.implementation.createHTMLDocument(), length: 0 };
  Object.defineProperty(frame.document, "defaultView", { value: frame, configurable: true });
});

afterEach(() => {
  for (const bus of buses) bus.dispose();
  vi.unstubAllGlobals();
});

describe("two slots that come into sight of each other", () => {
  it("become one when the next copy joins, and tell all copies", async () => {
    const events: Record<string, string[]> = { top: [], below: [] };
    const noting = (name: string) => ({
      onDiagnostic: (event: { type: string }) => {
        const { type, name: who, state } = event as CopyEvent;
        if (type === "copy") events[name]?.push(`${who} ${state}`);
      },
    });
    const [below, top] = [joinBelow("below", noting("below")), join("top", noting("top"))];
    const received = [below, top].map((bus) => receivedBy(bus));
    top.publish("x", "top");
    below.publish("x", "below");
    await turnEnd();
    expect(received).toEqual([["below"], ["top"]]);

    comeIntoSight();
    const late = joinBelow("still apart");
    expect(copies(late)).toHaveLength(2);
    const next = join("next");
    for (const [n, bus] of [below, next, top].entries()) bus.publish("x", n);

    await turnEnd();
    expect(received).toEqual([
      ["below", 0, 1, 2],
      ["top", 0, 1, 2],
    ]);
    const names = ["top", "below", "still apart", "next"];
    for (const bus of buses) expect(copies(bus).map(({ name }) => name)).toEqual(names);
    expect(events.top).toEqual(["below joined", "still apart joined", "next joined"]);
    expect(events.below).toEqual(["still apart joined", "top joined", "next joined"]);
  });

  it("merge once, also when more copies join", async () => {
    const below = joinBelow("below");
    comeIntoSight();
    join("one");
    join("two");
    const received = receivedBy(below);

    join("three").publish("x", 1);

    await turnEnd();
    expect(received).toEqual([1]);
    below.dispose();
    expect(copies(join("four")).map(({ name }) => name)).toEqual(["one", "two", "three", "four"]);
  });

  it("leave out a copy that is gone by then", async () => {
    const received = receivedBy(joinBelow("below"));
    comeIntoSight();
    Object.defineProperty(frame.document, "defaultView", { value: null });

    const top = join("top");
    top.publish("x", 1);

    await turnEnd();
    expect(received).toEqual([]);
    expect(copies(top).map(({ name }) => name)).toEqual(["top"]);
  });

  it.each([
    ["a slot of another major", { protocol: { major: 2, minor: 0 }, pages: {} }],
    ["no slot", { pages: 1 }],
    ["no state", { protocol: { major: 1, minor: 0 }, pages: { "merging-junk": { ports: 1 } } }],
  ])("leave alone what is %s", async (_, value) => {
    app = "merging-junk";
    Object.defineProperty(frame.document, Symbol.for("@pubsub-mfe/page"), { value });
    comeIntoSight();

    expect(copies(join("top"))).toHaveLength(1);
  });
});

describe("what two slots have retained", () => {
  it("is put in order, each once, and kept as the page says", async () => {
    const below = joinBelow("below", { retention: { maxMessages: 100 } });
    const top = join("top", { retention: { maxMessages: 4 } });
    const links = [below, top].map((bus) => {
      const link = new TestLink("origin:shop");
      bus.connect(link);
      return link;
    });
    for (const [n, bus] of [below, top, below].entries()) {
      clock.advance(10);
      bus.publish("x", n);
      await turnEnd();
    }
    for (const link of links) link.receive({ ...incoming, ts: clock.now() + 1 });
    comeIntoSight();

    const late = join("late");

    for (const bus of buses) {
      expect((await bus.getHistory("#")).map(({ payload }) => payload)).toEqual([0, 1, 2, "far"]);
      expect(bus.getStats().retentionBufferCapacity).toBe(4);
    }
    expect(receivedBy(late, { replay: 2 })).toEqual([2, "far"]);
  });

  it("is kept as the frame says where the page says nothing", async () => {
    joinBelow("below", { retention: { maxMessages: 3 } }).publish("x", 1);
    const top = join("top");
    comeIntoSight();

    join("late", { retention: { maxMessages: 100 } });

    expect(top.getStats()).toMatchObject({ retentionBufferCapacity: 3, retentionBufferSize: 1 });
  });
});

describe("the links of two slots", () => {
  let above: TestLink;
  let under: TestLink;
  let top: PubSubBus;
  let below: PubSubBus;
  let received: unknown[][];

  beforeEach(() => {
    [above, under] = [new TestLink("origin:shop"), new TestLink("origin:shop")];
    [below, top] = [joinBelow("below"), join("top")];
    received = [below, top].map((bus) => receivedBy(bus));
  });

  it("are one of each domain afterwards, and what was published before leaves by its own", async () => {
    const waiting = below.connect(under);
    top.connect(above);
    below.publish("x", "before");
    comeIntoSight();

    join("late");
    below.publish("x", "after");

    await turnEnd();
    expect(payloads(under)).toEqual(["before"]);
    expect(payloads(above)).toEqual(["after"]);
    expect(waiting.active).toBe(false);
  });

  it("keep the frame's where the page has none", async () => {
    const connection = below.connect(under);
    comeIntoSight();

    join("late").publish("x", 1);

    await turnEnd();
    expect(connection.active).toBe(true);
    expect(payloads(under)).toEqual([1]);
  });

  it("lose nothing that was on its way to one of them, and bring nothing twice", async () => {
    below.connect(under);
    top.connect(above);
    const own = top.publish("x", "on top");
    above.receive(incoming);
    comeIntoSight();
    join("late");

    under.receive(own);
    under.receive(incoming);
    above.receive({ ...incoming, id: "m-2", payload: "new" });
    under.receive({ ...incoming, id: "m-2", payload: "new" });

    await turnEnd();
    expect(received).toEqual([
      ["on top", "far", "new"],
      ["on top", "far", "new"],
    ]);
  });

  it("hand the domain back, without opening the link a second time", async () => {
    below.connect(under);
    const connection = top.connect(above);
    comeIntoSight();
    join("late");

    connection.dispose();
    top.publish("x", 1);

    await turnEnd();
    expect(payloads(under)).toEqual([1]);
    expect(under.log.filter((line) => line === "open")).toEqual(["open"]);
    expect(under.receive(incoming)).toBe(true);
  });
});

describe("copies whose frame is removed", () => {
  it("hand a domain on to none of themselves", async () => {
    const links = ["first", "second", "third"].map(() => new TestLink("origin:shop"));
    const [first, second] = [joinBelow("first"), joinBelow("second")];
    comeIntoSight();
    const top = join("top");
    for (const [n, bus] of [first, second, top].entries()) bus.connect(links[n] as TestLink);

    frame.document = document;
    top.publish("x", 1);

    await turnEnd();
    expect(links.map(({ log }) => log)).toEqual([["open"], [], ["open"]]);
    expect(links.map((link) => payloads(link))).toEqual([[], [], [1]]);
  });

  it("call none of their handlers that are still queued", async () => {
    const below = joinBelow("below");
    comeIntoSight();
    const top = join("top");
    const [gone, received] = [receivedBy(below), receivedBy(top)];

    below.publish("x", 1);
    frame.document = document;

    await turnEnd();
    expect(gone).toEqual([]);
    expect(received).toEqual([1]);
  });
});
