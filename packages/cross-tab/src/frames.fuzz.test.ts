// @vitest-environment happy-dom
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FakeFrame, knock, PAY, SHOP, type Side } from "./testing/frame.js";
import { nextMessage, payloads, turnEnd, wireMessage } from "./testing/tabs.js";

const junk = fc.oneof(
  fc.anything({ withMap: true, withSet: true, withDate: true, withBigInt: true }),
  fc.constantFrom(JSON.parse('{"__proto__": {"polluted": true}}'), new Array(4_000_000_000)),
);

/** Says hello as a guest does that follows no rules, and waits for the port. */
function sayHello(frame: FakeFrame, nonce: string): Promise<MessagePort> {
  frame.toHost(knock("hello", { nonce }));
  return new Promise((resolve) => {
    addEventListener("message", function take(event) {
      const { data, ports } = event as MessageEvent;
      if (data?.type !== "accept") return;
      removeEventListener("message", take);
      resolve(ports[0] as MessagePort);
    });
  });
}

/** The port of a guest that follows no rules, and has connected. */
async function rawGuest(frame: FakeFrame, host: Side): Promise<MessagePort> {
  const port = await sayHello(frame, "raw");
  port.postMessage({ type: "open", nonce: "raw", clientId: "raw" });
  await host.connection.connected;
  return port;
}

describe("what comes over the port", () => {
  it("is refused and told when it is malformed, and stops nothing", async () => {
    const frame = new FakeFrame();
    const host = frame.openHost();
    const port = await rawGuest(frame, host);
    let sound = 0;

    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          junk,
          fc.record({
            type: fc.constantFrom("messages", "open", "x"),
            messages: junk,
            nonce: junk,
          }),
          fc.record({ type: fc.constant("close"), reason: junk }),
          fc.record({ type: fc.constant("messages"), messages: fc.array(junk) }),
        ),
        async (data) => {
          try {
            port.postMessage(data);
          } catch {
            fc.pre(false); // what cannot be sent cannot arrive
          }
          const id = `sound-${++sound}`;
          const arrival = nextMessage(host.bus, "a");
          port.postMessage({ type: "messages", messages: [wireMessage(sound, { id })] });
          expect((await arrival).payload).toBe(sound);
        },
      ),
    );

    expect(host.received).toHaveLength(sound);
    expect(host.connection.state).toBe("connected");
    expect(new Set(host.errors.map(({ code }) => code))).toEqual(new Set(["ENVELOPE_REJECTED"]));
    expect(host.connection.getStats().messagesRejected).toBe(host.errors.length);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("pollutes no prototype, and forges no origin", async () => {
    const frame = new FakeFrame();
    const host = frame.openHost();
    const port = await rawGuest(frame, host);
    const evil = '{"polluted":true}';
    const arrival = nextMessage(host.bus, "a");
    const meta = JSON.parse(`{"__proto__":${evil},"constructor":{"prototype":${evil}}}`);
    Object.assign(meta, { _origin: SHOP, _crossTab: false, _sourceClientId: "shop" });

    port.postMessage({
      type: "messages",
      messages: [wireMessage(JSON.parse(`{"__proto__":${evil}}`), { meta })],
    });

    expect((await arrival).meta).toMatchObject({
      _crossTab: true,
      _origin: PAY,
      _sourceClientId: "raw",
    });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(host.errors).toEqual([]);
  });

  it("delivers the sound messages beside one that is none", async () => {
    const frame = new FakeFrame();
    const host = frame.openHost();
    const port = await rawGuest(frame, host);
    const arrival = nextMessage(host.bus, "last");

    const last = wireMessage(3, { topic: "last" });
    port.postMessage({ type: "messages", messages: [wireMessage(1), { topic: "a.#" }, last] });
    await arrival;

    expect(payloads(host.received)).toEqual([1, 3]);
    expect(host.errors).toMatchObject([{ code: "ENVELOPE_REJECTED" }]);
    expect(host.connection.getStats()).toMatchObject({ messagesReceived: 2, messagesRejected: 1 });
  });
});

describe("a port that was handed out", () => {
  it("is opened by the nonce that it went with, and by no other", async () => {
    const frame = new FakeFrame();
    const host = frame.openHost();
    const port = await sayHello(frame, "n");

    port.postMessage({ type: "open", nonce: "other", clientId: "c" });
    port.postMessage({ type: "messages", messages: [wireMessage("early")] });
    port.postMessage({ type: "open", nonce: "n", clientId: "c" });
    await host.connection.connected;

    expect(host.received).toEqual([]);
    expect(host.connection.getStats().messagesRejected).toBe(2);
  });

  it("opens nothing any more once another was asked for, or the host has ended", async () => {
    const frame = new FakeFrame();
    const host = frame.openHost();
    const old = await sayHello(frame, "old");
    const port = await sayHello(frame, "new");
    old.postMessage({ type: "open", nonce: "old", clientId: "old" });
    await turnEnd();
    expect(host.connection.state).toBe("connecting");

    host.connection.dispose();
    port.postMessage({ type: "open", nonce: "new", clientId: "new" });
    await turnEnd();

    expect(host.states).toEqual(["disposed"]);
  });
});

describe("what comes before there is a port", () => {
  it.each(["host", "guest"] as const)("is refused by the %s when it is malformed", async (side) => {
    const frame = new FakeFrame();
    const [host, guest] = [frame.openHost(), frame.openGuest()];
    const post = (data: unknown) => (side === "host" ? frame.toHost(data) : frame.toGuest(data));
    await Promise.all([host.connection.connected, guest.connection.connected]);

    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          junk,
          fc.record({ mark: fc.constant("@pubsub-mfe/cross-tab:peer"), v: junk }),
          fc.record({ type: junk, nonce: junk, clientId: junk }).map((it) => knock("", it)),
        ),
        async (data) => {
          post(data);
          await turnEnd();
        },
      ),
      { numRuns: 200 },
    );
    host.bus.publish("a", 1);

    await nextMessage(guest.bus, "a");
    const { errors } = side === "host" ? host : guest;
    expect(errors.length).toBeGreaterThan(0);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["ENVELOPE_REJECTED"]));
  });

  it("names both versions when they differ, on both sides", async () => {
    const frame = new FakeFrame();
    const host = frame.openHost();
    frame.toHost(knock("hello", { v: 2, nonce: "n" }));
    frame.toHost(knock("hello", { v: 2, nonce: "n" }));
    await turnEnd();
    const answer = frame.knocks.at(-1)?.data;
    const guest = frame.openGuest();
    frame.toGuest({ ...(answer as object), v: 3 });
    await turnEnd();

    expect(host.errors.map(({ message }) => message)).toEqual([
      "What came from the iframe at https://pay.example was refused: it has wire version 2, and this side understands 1; update @pubsub-mfe/cross-tab in the older of the two.",
    ]);
    expect(host.connection.getStats().messagesRejected).toBe(2);
    expect(answer).toEqual(knock("call"));
    expect(guest.errors[0]?.message).toContain(
      "it has wire version 3, and this side understands 1",
    );
  });
});
