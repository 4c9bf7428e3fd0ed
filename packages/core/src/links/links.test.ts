// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { TestLink } from "../fixtures/links.js";
import { turnEnd } from "../fixtures/turn.js";
import {
  createPubSub,
  type DiagnosticEvent,
  type Link,
  type Message,
  type PubSubBus,
} from "../index.js";
import { inspect } from "../inspect.js";

let bus: PubSubBus;
let events: DiagnosticEvent[];
const incoming = { id: "m-1", topic: "cart.item", ts: 1, payload: 1, meta: { source: "far" } };
const payloads = (link: TestLink): unknown[] =>
  link.sent.map((turn) => turn.map(({ payload }) => payload));

beforeEach(() => {
  events = [];
  bus = createPubSub({
    retention: { maxMessages: 10 },
    onDiagnostic: (event) => events.push(event),
  });
});

describe("connect", () => {
  it("takes out what is published, and not what stays in the page", async () => {
    const link = new TestLink();
    bus.connect(link);

    bus.publish("a", 1);
    bus.publish("a", 2, { scope: "page" });
    bus.publish("a", 3);

    await turnEnd();
    expect(payloads(link)).toEqual([[1, 3]]);
  });

  it("delivers, retains and passes on what comes in, and never back", async () => {
    const [tabs, frame] = [new TestLink("origin:shop"), new TestLink("peer:frame")];
    const handler = vi.fn();
    bus.connect(tabs);
    bus.connect(frame);
    bus.subscribe("cart.#", handler);

    expect(tabs.receive(incoming)).toBe(true);

    await turnEnd();
    expect(handler).toHaveBeenCalledTimes(1);
    expect(await bus.getHistory("#")).toEqual([incoming]);
    expect(payloads(frame)).toEqual([[1]]);
    expect(payloads(tabs)).toEqual([]);
  });

  it("tells what a link reports of itself", () => {
    const connection = bus.connect(new TestLink("log:shop"));
    const report = {
      type: "storage-degraded",
      domain: "log:shop",
      reason: "the disk is full",
    } as const;
    const gap = { type: "gap", kind: "link", from: "tab-1", count: 2, range: [7, 8] } as const;

    connection.report(report);
    connection.report(gap);

    expect(events.slice(-2)).toEqual([report, gap]);
  });

  it("shows handlers what a link adds, and passes on the bare message", async () => {
    const [tabs, frame] = [new TestLink("origin:shop"), new TestLink("peer:frame")];
    const received: Message[] = [];
    bus.connect(tabs);
    bus.connect(frame);
    bus.subscribe("#", (message) => received.push(message));

    tabs.receive(incoming, { _crossTab: true });

    await turnEnd();
    expect(received).toEqual([{ ...incoming, meta: { source: "far", _crossTab: true } }]);
    expect(Object.isFrozen(received[0]?.meta)).toBe(true);
    expect(frame.sent).toEqual([[incoming]]);
  });

  it("gives a log what is from here or from a peer: another tab's message is in it already", async () => {
    const [log, tabs, frame] = ["log:db/shop", "origin:shop", "peer:frame"].map(
      (domain) => new TestLink(domain),
    ) as [TestLink, TestLink, TestLink];
    for (const link of [log, tabs, frame]) bus.connect(link);

    bus.publish("a", "here");
    tabs.receive({ ...incoming, id: "m-2", payload: "tab" });
    frame.receive({ ...incoming, id: "m-3", payload: "frame" });

    await turnEnd();
    expect(payloads(log)).toEqual([["here", "frame"]]);
    expect(payloads(tabs)).toEqual([["here", "frame"]]);
    expect(payloads(frame)).toEqual([["here", "tab"]]);
  });

  it("drops what comes a second time, by another way or as an echo", async () => {
    const [one, two] = [new TestLink(), new TestLink()];
    const handler = vi.fn();
    bus.connect(one);
    bus.connect(two);
    bus.subscribe("#", handler);
    const own = bus.publish("a", 1);

    expect(one.receive(incoming)).toBe(true);
    expect(two.receive(incoming)).toBe(false);
    expect(two.receive(own)).toBe(false);

    await turnEnd();
    expect(handler).toHaveBeenCalledTimes(2);
  });

  it("refuses what is not a message", () => {
    const link = new TestLink();
    bus.connect(link);

    expect(() => link.receive({ ...incoming, topic: "a.#" })).toThrow("Not a message: its topic");
    expect(() => link.receive(null)).toThrow("null is not a message");
  });

  it("lets pass what the rules of each direction say", async () => {
    const link = new TestLink();
    bus.connect(link, {
      send: { share: ["cart.#"], private: ["cart.draft.#"] },
      receive: { private: ["admin.#"] },
    });

    for (const topic of ["cart.item", "cart.draft", "cart.draft.x", "order"])
      bus.publish(topic, topic);

    await turnEnd();
    expect(payloads(link)).toEqual([["cart.item"]]);
    expect(link.receive({ ...incoming, topic: "admin.reset" })).toBe(false);
    expect(link.receive({ ...incoming, topic: "order" })).toBe(true);
  });

  it("refuses rules that are no patterns before it connects anything", () => {
    const link = new TestLink();

    expect(() => bus.connect(link, { send: { share: ["cart#"] } })).toThrow("Invalid pattern");
    expect(link.log).toEqual([]);
  });

  it("throws on a disposed bus", () => {
    bus.dispose();

    expect(() => bus.connect(new TestLink())).toThrow("Cannot connect: bus has been disposed.");
  });
});

describe("two links of one domain", () => {
  it("use the first, and the second once that is gone", async () => {
    const [first, second] = [new TestLink("origin:shop"), new TestLink("origin:shop")];
    const one = bus.connect(first);
    const two = bus.connect(second);
    expect([one.active, two.active]).toEqual([true, false]);

    bus.publish("a", 1);
    await turnEnd();
    one.dispose();
    bus.publish("a", 2);
    await turnEnd();

    expect([one.active, two.active]).toEqual([false, true]);
    expect([payloads(first), payloads(second)]).toEqual([[[1]], [[2]]]);
    expect([first.log, second.log]).toEqual([["open", "flush", "close"], ["open"]]);
    expect(events.filter(({ type }) => type === "link")).toMatchObject([
      { domain: "origin:shop", state: "active" },
      { state: "waiting" },
      { state: "active" },
      { state: "closed" },
    ]);
  });

  it("flush the one that is used", async () => {
    const [first, second] = [new TestLink("log:a"), new TestLink("log:a")];
    bus.connect(first);
    const waiting = bus.connect(second);
    bus.publish("a", 1);

    await waiting.flush();

    expect(payloads(first)).toEqual([[1]]);
    expect([first.log, second.log]).toEqual([["open", "flush"], []]);
  });

  it("ignore what comes in over the one that is closed", () => {
    const [first, second] = [new TestLink("origin:shop"), new TestLink("origin:shop")];
    bus.connect(first).dispose();
    bus.connect(second);

    expect(first.receive(incoming)).toBe(false);
    expect(second.receive(incoming)).toBe(true);
  });
});

describe("a page that hides", () => {
  it.each(["pagehide", "freeze"])("flushes its links on %s, and runs no handler", (type) => {
    const link = new TestLink();
    const handler = vi.fn();
    bus.connect(link);
    bus.subscribe("a", handler);
    bus.publish("a", 1);

    (type === "freeze" ? document : window).dispatchEvent(new Event(type));

    expect(payloads(link)).toEqual([[1]]);
    expect(link.log).toEqual(["open", "flush"]);
    expect(handler).not.toHaveBeenCalled();
  });

  it("is not listened to any longer than there are links", () => {
    const link = new TestLink();
    bus.connect(link).dispose();

    window.dispatchEvent(new Event("pagehide"));

    expect(link.log).toEqual(["open", "flush", "close"]);
  });
});

describe("a message of this bus that comes back", () => {
  it("is known, however much was published since", () => {
    const link = new TestLink();
    bus.connect(link);
    const first = bus.publish("a", 0);
    for (let n = 0; n < 10_000; n += 1) bus.publish("a", n);

    expect(link.receive({ ...first })).toBe(false);
  });
});

describe("a link that fails", () => {
  it("stops neither the others nor the bus, and is told", async () => {
    const [bad, good] = [new TestLink(), new TestLink()];
    const boom = new Error("boom");
    bad.send =
      bad.onMessages =
      bad.close =
        () => {
          throw boom;
        };
    bus.connect(bad);
    bus.connect(good);

    bus.publish("a", 1);
    await turnEnd();
    bus.dispose();

    expect(payloads(good)).toEqual([[1]]);
    expect(good.log).toEqual(["open", "flush", "close"]);
    expect(events.filter(({ type }) => type === "warning")).toMatchObject([
      { code: "HOOK_FAILED", details: boom },
      { code: "LINK_SEND_FAILED", details: { domain: bad.domain, error: boom } },
      { code: "HOOK_FAILED", details: boom },
    ]);
  });

  it("loses only the messages that it throws at", async () => {
    const link = new TestLink();
    const sent: unknown[] = [];
    link.send = (messages) => {
      for (const { payload } of messages) if (payload === "bad") throw new Error("no clone");
      sent.push(messages.map(({ payload }) => payload));
    };
    bus.connect(link);

    const [, bad] = [1, "bad", 2].map((payload) => bus.publish("a", payload));
    await turnEnd();

    expect(sent).toEqual([[1], [2]]);
    expect(events.filter(({ type }) => type === "warning")).toMatchObject([
      { code: "LINK_SEND_FAILED", details: { domain: link.domain, messageIds: [bad?.id] } },
    ]);
  });

  it.each([
    [{}, "The domain of a link is undefined"],
    [{ domain: "page" }, 'The domain of a link is "page"'],
    [{ domain: "peer:x" }, 'send of the link "peer:x" is undefined: it must be a function.'],
  ])("is refused when it is none: %o", (link, message) => {
    expect(() => bus.connect(link as Link)).toThrow(message);
    expect(inspect(bus).describe().links).toEqual([]);
  });
});

describe("dispose", () => {
  it("sends what is waiting, and closes every link once", () => {
    const link = new TestLink();
    const connection = bus.connect(link);
    bus.publish("a", 1);

    bus.dispose();
    connection.dispose();

    expect(payloads(link)).toEqual([[1]]);
    expect(link.log).toEqual(["open", "flush", "close"]);
  });
});
