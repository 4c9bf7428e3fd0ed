// @vitest-environment happy-dom
import { createPubSub } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { connectIframe, connectOwner, connectParent, connectWorker } from "./frames.js";
import { createCrossTabAdapter } from "./index.js";
import { FakeFrame, knock, PAY, SHOP } from "./testing/frame.js";
import { Hub } from "./testing/hub.js";
import { nextMessage, payloads, turnEnd } from "./testing/tabs.js";

let frame: FakeFrame;

beforeEach(() => {
  frame = new FakeFrame();
});

/** A page and its frame, connected. */
async function connected(hostOptions = {}, guestOptions = {}) {
  const host = frame.openHost(hostOptions);
  const guest = frame.openGuest(guestOptions);
  await Promise.all([host.connection.connected, guest.connection.connected]);
  return { host, guest };
}

describe("connectIframe and connectParent", () => {
  it("carry messages both ways, with who sent them and from where", async () => {
    const { host, guest } = await connected({ clientId: "shop" }, { clientId: "pay" });
    const arrivals = [nextMessage(guest.bus, "a"), nextMessage(host.bus, "b")];

    const down = host.bus.publish("a", new Map([["k", 1n]]), { source: "cart" });
    const up = guest.bus.publish("b", undefined);

    const meta = (_sourceClientId: string, _origin: string) => ({
      _crossTab: true,
      _sourceClientId,
      _origin,
    });
    expect(await Promise.all(arrivals)).toEqual([
      { ...down, meta: { source: "cart", ...meta("shop", SHOP) } },
      { ...up, meta: meta("pay", PAY) },
    ]);
    expect(host.states).toEqual(["connected"]);
    expect(host.connection.getStats()).toEqual({
      messagesSent: 1,
      messagesReceived: 1,
      messagesIgnored: 0,
      messagesRejected: 0,
      messagesDropped: 0,
      messagesWaiting: 0,
      batchesSent: 1,
    });
    expect([...host.errors, ...guest.errors]).toEqual([]);
  });

  it("meet whichever of them comes first", async () => {
    const guest = frame.openGuest();
    await turnEnd();

    const host = frame.openHost();
    await host.connection.connected;

    expect(guest.connection.state).toBe("connected");
    expect(frame.clock.monotonic()).toBe(0);
  });

  it("meet when the frame asks again, with longer and longer pauses", async () => {
    const guest = frame.openGuest();
    const hellos = () =>
      frame.knocks.filter(({ data }) => `${JSON.stringify(data)}`.includes("hello"));

    frame.clock.advance(9_000);

    expect(hellos()).toHaveLength(7);
    expect(guest.connection.state).toBe("connecting");
    const host = frame.openHost();
    await host.connection.connected;
    frame.clock.advance(60_000);
    expect(hellos()).toHaveLength(8);
  });

  it("keep in order what is published before there is a connection", async () => {
    const host = frame.openHost();
    const payload = { n: 1 };
    host.bus.subscribe("a", () => {
      payload.n = 2;
    });
    host.bus.publish("a", payload);
    await turnEnd();
    for (let n = 0; n < 120; n += 1) host.bus.publish("b", n);
    await turnEnd();
    expect(host.connection.getStats()).toMatchObject({ messagesWaiting: 121, messagesSent: 0 });

    const guest = frame.openGuest();
    const last = nextMessage(guest.bus, "last");
    await host.connection.connected;
    host.bus.publish("last", null);
    await last;

    const numbers = Array.from({ length: 120 }, (_, n) => n);
    expect(payloads(guest.received)).toEqual([{ n: 1 }, ...numbers, null]);
    expect(host.connection.getStats()).toMatchObject({ messagesWaiting: 0, messagesSent: 122 });
  });

  it("drop the oldest of too many that wait, and tell how many", async () => {
    const host = frame.openHost({ bufferLimit: 3 });
    for (let n = 0; n < 5; n += 1) host.bus.publish("a", n);
    await turnEnd();
    host.bus.publish("a", 5);
    await turnEnd();

    const guest = frame.openGuest();
    const arrival = nextMessage(guest.bus, "last");
    await host.connection.connected;
    host.bus.publish("last", 6);
    await arrival;

    expect(payloads(guest.received)).toEqual([3, 4, 5, 6]);
    expect(host.errors.map(({ code }) => code)).toEqual(["MESSAGES_DROPPED", "MESSAGES_DROPPED"]);
    expect(host.errors[1]?.message).toContain("3 messages were not sent");
    expect(host.connection.getStats()).toMatchObject({ messagesDropped: 3, messagesSent: 4 });
  });

  it("post what a turn publishes at once, cut at 50", async () => {
    const { host, guest } = await connected();
    const arrival = nextMessage(guest.bus, "last");

    for (let n = 0; n < 100; n += 1) host.bus.publish("a", n);
    host.bus.publish("last", 100);
    await arrival;

    expect(payloads(guest.received)).toEqual(Array.from({ length: 101 }, (_, n) => n));
    expect(host.connection.getStats()).toMatchObject({ messagesSent: 101, batchesSent: 3 });
  });

  it("leave out what cannot be cloned, connected or not", async () => {
    const host = frame.openHost();
    const guest = frame.openGuest();
    for (const [topic, payload] of [
      ["a", 1],
      ["b", { onClick() {} }],
      ["c", 3],
    ] as const) {
      host.bus.publish(topic, payload);
    }
    await turnEnd();
    await host.connection.connected;
    const arrival = nextMessage(guest.bus, "last");
    host.bus.publish("d", () => {});
    host.bus.publish("last", 5);
    await arrival;

    expect(payloads(guest.received)).toEqual([1, 3, 5]);
    expect(host.errors).toMatchObject([
      { code: "MESSAGE_NOT_CLONEABLE", topic: "b", field: "payload.onClick" },
      { code: "MESSAGE_NOT_CLONEABLE", topic: "d", field: "payload" },
    ]);
    expect(host.errors[0]?.message).toContain(`was not sent to the iframe at ${PAY}`);
  });

  it("let pass what the rules say: those for both directions, and those for one", async () => {
    const { host, guest } = await connected({
      share: ["pay.#"],
      private: ["pay.draft.#"],
      send: { private: ["pay.secret"] },
      receive: { share: ["result", "pay.#"] },
    });
    const arrivals = [nextMessage(guest.bus, "pay.down"), nextMessage(host.bus, "pay.up")];

    for (const topic of ["cart", "pay.draft.x", "pay.secret", "result", "pay.start"]) {
      host.bus.publish(topic, "down");
      guest.bus.publish(topic, "up");
    }
    host.bus.publish("pay.down", "down");
    guest.bus.publish("pay.up", "up");
    await Promise.all(arrivals);

    const topics = ({ received }: typeof host, payload: string) =>
      received
        .filter((message) => message.meta && message.payload === payload)
        .map(({ topic }) => topic);
    expect(topics(guest, "down")).toEqual(["pay.start", "pay.down"]);
    expect(topics(host, "up")).toEqual(["pay.secret", "result", "pay.start", "pay.up"]);
  });
});

describe("an origin", () => {
  const bus = createPubSub();
  const refused: [unknown, string][] = [
    ["*", "that is every origin"],
    ["null", "every sandboxed frame"],
    ["https://pay.example/", "write the origin alone, https://pay.example."],
    ["https://PAY.example:443", "write the origin alone, https://pay.example."],
    ["pay.example", "it must be an origin"],
    ["", "it must be an origin"],
    [undefined, "it must be an origin"],
    [7, "it must be an origin"],
  ];

  it.each(refused)("cannot be %j", (origin, text) => {
    const host = () => connectIframe(bus, frame.iframe, { origin: origin as string });
    const guest = () => connectParent(bus, { origins: [SHOP, origin as string] });

    expect(host).toThrow(text);
    expect(guest).toThrow(text);
    expect(host).toThrow(expect.objectContaining({ code: "CROSS_TAB_MISUSED" }));
  });

  it("has to be given", () => {
    expect(() => connectIframe(bus, frame.iframe, undefined as never)).toThrow("is undefined");
    expect(() => connectParent(bus, { origins: [] })).toThrow("is empty");
    expect(() => connectParent(bus, {} as never)).toThrow("is empty");
  });

  it("that is not the expected one gets no port, and is told once", async () => {
    frame.origin = "https://evil.example";
    const host = frame.openHost();
    const guest = frame.openGuest();
    await turnEnd();
    frame.clock.advance(2_000);
    await turnEnd();

    expect(host.connection.state).toBe("connecting");
    expect(host.errors).toMatchObject([{ code: "ORIGIN_REFUSED" }]);
    expect(host.errors[0]?.message).toContain('"https://evil.example" asked to connect');
    expect(host.connection.getStats().messagesRejected).toBeGreaterThan(1);
    expect(guest.connection.state).toBe("connecting");
    expect(JSON.stringify(frame.knocks)).not.toContain("accept");
  });

  it("is that of the parent too: a port from another is not touched", async () => {
    const guest = frame.openGuest({}, ["https://other.example"]);
    const { port1, port2 } = new MessageChannel();
    onTestFinished(() => port1.close());
    const { nonce } = frame;

    frame.toGuest(knock("accept", { nonce, clientId: "evil" }), { ports: [port2] });
    await turnEnd();
    const data = await new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
      port2.postMessage("mine still");
    });

    expect(data).toBe("mine still");
    expect(guest.connection.state).toBe("connecting");
    expect(guest.errors).toMatchObject([{ code: "ORIGIN_REFUSED" }]);
  });

  it("is not enough: other windows of it are not listened to", async () => {
    const host = frame.openHost();
    const guest = frame.openGuest();
    const source = {};
    const { nonce } = frame;
    frame.toHost(knock("hello", { nonce: "n" }), { source });
    const { port1, port2 } = new MessageChannel();
    onTestFinished(() => port1.close());
    frame.toGuest(knock("accept", { nonce, clientId: "c" }), { source, ports: [port2] });
    await host.connection.connected;

    host.bus.publish("a", 1);

    expect(await nextMessage(guest.bus, "a")).toMatchObject({ payload: 1 });
    expect([...host.errors, ...guest.errors]).toEqual([]);
  });
});

describe("a connection", () => {
  it("tells when nobody answers, and is made all the same when somebody does", async () => {
    const host = frame.openHost({ timeoutMs: 3_000 });
    const failure = expect(host.connection.connected).rejects.toMatchObject({
      code: "PEER_UNREACHABLE",
      message: expect.stringContaining("did not answer within 3000 ms. Is it there, and does it"),
    });

    frame.clock.advance(3_000);
    await failure;
    const guest = frame.openGuest();
    await host.connection.connected;

    expect(host.errors).toMatchObject([{ code: "PEER_UNREACHABLE" }]);
    expect(guest.connection.state).toBe("connected");
    expect(frame.clock.timerCount).toBe(0);
  });

  it("is lost when the frame's page goes, and made with the next one", async () => {
    const { host, guest } = await connected();

    dispatchEvent(Object.assign(new Event("pagehide"), { persisted: false }));
    await host.untilState("connecting");
    host.bus.publish("a", "for the next");
    await turnEnd();
    guest.connection.dispose();
    const next = frame.openGuest();
    const arrival = nextMessage(next.bus, "a");
    await host.connection.connected;

    expect((await arrival).payload).toBe("for the next");
    expect(guest.received).toEqual([]);
    expect(host.states).toEqual(["connected", "connecting", "connected"]);
  });

  it("stays when the page goes into the back/forward cache", async () => {
    const { host, guest } = await connected();

    dispatchEvent(Object.assign(new Event("pagehide"), { persisted: true }));
    host.bus.publish("a", 1);

    await nextMessage(guest.bus, "a");
    expect(host.states).toEqual(["connected"]);
  });

  it("is made anew with a page that did not say that the one before it went", async () => {
    const { host } = await connected();

    frame.toHost(knock("hello", { nonce: "new" }));
    await host.untilState("connecting");

    expect(frame.knocks.at(-1)).toMatchObject({
      data: { type: "accept", nonce: "new" },
      to: PAY,
    });
  });

  it("of another bus in the same frame takes the place of the first, which is told", async () => {
    const { host, guest } = await connected();
    const end = guest.untilState("disposed");

    // A plain bus is a page of its own.
    const second = frame.openGuest();
    await end;
    await second.connection.connected;
    host.bus.publish("a", 1);

    await nextMessage(second.bus, "a");
    expect(guest.errors).toMatchObject([{ code: "PEER_REPLACED" }]);
    expect(guest.received).toEqual([]);
  });

  it("is found again when the host begins anew", async () => {
    const { host, guest } = await connected();

    host.bus.publish("a", "last words");
    host.connection.dispose();
    await guest.untilState("connecting");
    const next = frame.openHost();
    await next.connection.connected;

    expect(payloads(guest.received)).toEqual(["last words"]);
    expect(guest.states).toEqual(["connected", "connecting", "connected"]);
    expect([...host.errors, ...guest.errors]).toEqual([]);
  });

  it("waits for a frame that was taken out of the page", async () => {
    const { host } = await connected();

    Object.assign(frame.iframe, { contentWindow: null });
    host.bus.publish("a", 1);
    await turnEnd();

    expect(host.connection.state).toBe("connecting");
    expect(host.connection.getStats()).toMatchObject({ messagesSent: 0, messagesWaiting: 1 });
  });

  it("leaves neither timer nor listener nor wait behind when it is disposed", async () => {
    const aborting = new AbortController();
    const host = frame.openHost({ signal: aborting.signal });
    const guest = frame.openGuest();
    const waits = [host, guest].map(({ connection }) =>
      expect(connection.connected).rejects.toMatchObject({ code: "PEER_DISPOSED" }),
    );

    aborting.abort();
    guest.connection[Symbol.dispose]();
    guest.connection.dispose();
    await Promise.all(waits);
    const before = frame.knocks.length;
    frame.toHost(knock("hello", { nonce: "n" }));
    frame.toGuest(knock("call"));
    await turnEnd();

    expect(frame.knocks).toHaveLength(before + 2);
    expect(frame.clock.timerCount).toBe(0);
    expect([host.states, guest.states]).toEqual([["disposed"], ["disposed"]]);
    await expect(host.connection.connected).rejects.toMatchObject({ code: "PEER_DISPOSED" });
    expect([...host.errors, ...guest.errors]).toEqual([]);
  });

  it("ends with its bus, and never begins for a signal that has aborted", async () => {
    const { host, guest } = await connected();
    host.bus.dispose();
    await guest.untilState("connecting");

    expect(host.connection.state).toBe("disposed");
    expect(frame.openHost({ signal: AbortSignal.abort() }).connection.state).toBe("disposed");
  });

  it("survives a listener that throws", async () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const bug = new Error("a bug of the application");
    const onChange = () => {
      throw bug;
    };
    const { host, guest } = await connected({ onChange, onError: onChange });

    host.bus.publish("a", () => {});
    host.bus.publish("b", 1);
    await nextMessage(guest.bus, "b");

    expect(reported.mock.calls).toEqual([[bug], [bug]]);
  });

  it("tells the console, with a prefix, where nobody listens", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { host, guest } = await connected({ onError: undefined });

    host.bus.publish("a", () => {});
    host.bus.publish("b", 1);
    await nextMessage(guest.bus, "b");

    expect(warn.mock.calls).toEqual([
      ["[@pubsub-mfe/cross-tab]", expect.objectContaining({ code: "MESSAGE_NOT_CLONEABLE" })],
    ]);
  });

  it("is one for all connections of a page to one peer", async () => {
    const bus = createPubSub();
    onTestFinished(() => bus.dispose());
    const options = { origin: PAY, clock: frame.clock };
    const [first, second] = [1, 2].map(() => connectIframe(bus, frame.iframe, options));
    const guest = frame.openGuest();
    await first?.connected;
    expect(second?.state).toBe("waiting");

    first?.dispose();
    await second?.connected;
    bus.publish("a", 1);

    await nextMessage(guest.bus, "a");
    expect(payloads(guest.received)).toEqual([1]);
  });
});

describe("a page that can be reached two ways", () => {
  it("hears a message once", async () => {
    const { host, guest } = await connected();
    const tabs = new Hub();
    for (const { bus } of [host, guest]) {
      await createCrossTabAdapter({ transport: tabs.connect() }).attach(bus);
    }
    const arrival = nextMessage(guest.bus, "last");

    host.bus.publish("a", 1);
    host.bus.publish("last", 2);
    await arrival;
    guest.bus.publish("back", 3);
    await nextMessage(host.bus, "back");
    host.bus.publish("end", 4);
    await nextMessage(guest.bus, "end");

    expect(payloads(guest.received)).toEqual([1, 2, 3, 4]);
    expect(payloads(host.received)).toEqual([1, 2, 3, 4]);
  });
});

describe("options", () => {
  it.each([
    [{ timeoutMs: 0 }, "timeoutMs is 0"],
    [{ timeoutMs: 2 ** 31 }, "timeoutMs is 2147483648"],
    [{ bufferLimit: -1 }, "bufferLimit is -1"],
    [{ bufferLimit: 0.5 }, "bufferLimit is 0.5"],
    [{ clientId: "" }, "clientId is "],
  ])("%j are refused", (options, text) => {
    expect(() => frame.openHost(options)).toThrow(text);
    expect(() => connectWorker(createPubSub(), fakeWorker(), options)).toThrow(text);
  });

  it("are not all there is: each call has its place", () => {
    const bus = createPubSub();

    expect(() => connectIframe(bus, {} as never, { origin: PAY })).toThrow("an iframe element");
    expect(() => connectWorker(bus, {} as never)).toThrow("a dedicated worker");
    expect(() => connectOwner(bus)).toThrow("in an iframe call connectParent()");
    vi.unstubAllGlobals();
    expect(() => connectParent(bus, { origins: [SHOP] })).toThrow("in no frame");
    vi.stubGlobal("document", undefined);
    expect(() => connectParent(bus, { origins: [SHOP] })).toThrow("in a worker call connectOwner");
  });
});

describe("connectWorker", () => {
  it("tells at once when the script is not there", async () => {
    const worker = fakeWorker();
    const onError = vi.fn();
    const connection = connectWorker(createPubSub(), worker, {
      onError,
      clock: new ManualClock(),
    });

    worker.dispatchEvent(new Event("error"));

    expect(onError.mock.calls[0]?.[0]).toMatchObject({
      code: "PEER_UNREACHABLE",
      message: "Not connected to the worker: Its script failed: it could not be loaded.",
    });
    connection.dispose();
  });
});

function fakeWorker(): Worker {
  const parts = { postMessage() {}, terminate() {} };
  return Object.assign(new EventTarget(), parts) as unknown as Worker;
}
