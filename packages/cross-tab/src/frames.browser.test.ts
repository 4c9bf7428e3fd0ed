import { createPubSub, type Message, type PubSubBus } from "@pubsub-mfe/core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { connectIframe, connectWorker, type PeerConnection, type PeerState } from "./frames.js";
import { nextMessage, payloads } from "./testing/tabs.js";

const modules = {
  core: new URL("../../core/src/index.ts", import.meta.url).href,
  frames: new URL("frames.ts", import.meta.url).href,
};

/** What runs in a frame: it answers `ask` with `answer`, and says that it is there. */
const guestScript = (name: string, connect: string) => `
  import { createPubSub } from ${JSON.stringify(modules.core)};
  import { connectOwner, connectParent } from ${JSON.stringify(modules.frames)};
  const bus = createPubSub();
  const connection = ${connect};
  globalThis.guest = { bus, connection };
  bus.subscribe("ask", ({ payload, meta }) =>
    bus.publish("answer", { from: ${JSON.stringify(name)}, payload, meta }));
  bus.publish("there", ${JSON.stringify(name)});`;

const inFrame = (name: string) =>
  `<script type="module">${guestScript(name, `connectParent(bus, { origins: [${JSON.stringify(location.origin)}] })`)}</script>`;

function openBus(): { bus: PubSubBus; received: Message[] } {
  const bus = createPubSub();
  const received: Message[] = [];
  bus.subscribe("#", (message) => received.push(message));
  onTestFinished(() => bus.dispose());
  return { bus, received };
}

/** A frame that is in the page and loads. */
function addFrame(srcdoc: string): HTMLIFrameElement {
  const iframe = document.createElement("iframe");
  iframe.srcdoc = srcdoc;
  document.body.append(iframe);
  onTestFinished(() => iframe.remove());
  return iframe;
}

const origin = location.origin;

describe("connectIframe", () => {
  it("connects a frame that is not in the page yet, with what structured clone keeps", async () => {
    const { bus, received } = openBus();
    const iframe = document.createElement("iframe");
    const connection = connectIframe(bus, iframe, { origin, clientId: "shop" });
    const payload = { map: new Map([["a", new Set([1])]]), date: new Date(0), big: 2n ** 70n };
    bus.publish("ask", payload);
    const answer = nextMessage(bus, "answer");

    iframe.srcdoc = inFrame("frame");
    document.body.append(iframe);
    onTestFinished(() => iframe.remove());

    expect((await answer).payload).toEqual({
      from: "frame",
      payload,
      meta: { _crossTab: true, _sourceClientId: "shop", _origin: origin },
    });
    expect((await answer).meta).toMatchObject({ _crossTab: true, _origin: origin });
    expect(connection.state).toBe("connected");
    expect(received.map(({ topic }) => topic)).toEqual(["ask", "there", "answer"]);
  });

  it("connects a frame that has waited for it", async () => {
    const iframe = addFrame(inFrame("frame"));
    await new Promise((resolve) => iframe.addEventListener("load", resolve, { once: true }));
    const { bus } = openBus();

    const connection = connectIframe(bus, iframe, { origin });
    await connection.connected;

    expect((await nextMessage(bus, "there")).payload).toBe("frame");
  });

  it("keeps two frames of one origin apart", async () => {
    const sides = ["one", "two"].map((name) => {
      const { bus, received } = openBus();
      const iframe = addFrame(inFrame(name));
      return { bus, received, connection: connectIframe(bus, iframe, { origin }) };
    });
    await Promise.all(sides.map(({ connection }) => connection.connected));
    const answers = sides.map(({ bus }) => nextMessage(bus, "answer"));

    for (const [n, { bus }] of sides.entries()) bus.publish("ask", n);

    const expected = [
      { from: "one", payload: 0 },
      { from: "two", payload: 1 },
    ];
    expect((await Promise.all(answers)).map(({ payload }) => payload)).toMatchObject(expected);
    for (const [n, { received }] of sides.entries()) {
      expect(payloads(received.filter(({ topic }) => topic === "there"))).toEqual([
        ["one", "two"][n],
      ]);
    }
  });

  it("connects again with a frame that reloads, and keeps for it what was published meanwhile", async () => {
    const { bus, received } = openBus();
    const iframe = addFrame(inFrame("first"));
    const states: PeerState[] = [];
    let onLost = () => {};
    const lost = new Promise<void>((resolve) => {
      onLost = resolve;
    });
    const connection = connectIframe(bus, iframe, {
      origin,
      onChange: (state) => {
        states.push(state);
        if (state === "connecting") onLost();
      },
    });
    await connection.connected;

    iframe.srcdoc = inFrame("second");
    await lost;
    bus.publish("ask", 1);

    expect((await nextMessage(bus, "answer")).payload).toMatchObject({ from: "second" });
    expect(states).toEqual(["connected", "connecting", "connected"]);
    const there = received.filter(({ topic }) => topic === "there");
    expect(payloads(there)).toEqual(["first", "second"]);
  });

  it("delivers the last words of a frame that disposes", async () => {
    const { bus } = openBus();
    const iframe = addFrame(inFrame("frame"));
    const connection = connectIframe(bus, iframe, { origin });
    await connection.connected;
    const { guest } = iframe.contentWindow as unknown as {
      guest: { bus: PubSubBus; connection: PeerConnection };
    };
    const words = nextMessage(bus, "words");

    guest.bus.publish("words", "of the frame");
    guest.connection.dispose();

    expect((await words).payload).toBe("of the frame");
    await expect.poll(() => connection.state).toBe("connecting");
  });

  it("leaves out what cannot be cloned, and delivers its neighbours", async () => {
    const { bus } = openBus();
    const onError = vi.fn();
    const iframe = addFrame(inFrame("frame"));
    const connection = connectIframe(bus, iframe, { origin, onError });
    await connection.connected;
    const answer = nextMessage(bus, "answer");

    bus.publish("odd", { node: document.body });
    bus.publish("ask", 1);

    expect((await answer).payload).toMatchObject({ payload: 1 });
    expect(onError.mock.calls).toMatchObject([
      [{ code: "MESSAGE_NOT_CLONEABLE", field: "payload.node" }],
    ]);
  });

  it("refuses a frame without an origin, which claims to be another", async () => {
    const { bus } = openBus();
    const iframe = document.createElement("iframe");
    iframe.sandbox.add("allow-scripts");
    iframe.srcdoc = `<script>
      parent.postMessage({ mark: "@pubsub-mfe/cross-tab:peer", v: 1, type: "hello",
        nonce: "n", origin: ${JSON.stringify(origin)} }, "*");
    </script>`;
    const refusal = new Promise((resolve) => {
      connectIframe(bus, iframe, { origin, onError: resolve, onChange: resolve });
    });
    document.body.append(iframe);
    onTestFinished(() => iframe.remove());

    expect(await refusal).toMatchObject({ code: "ORIGIN_REFUSED" });
  });
});

describe("connectWorker", () => {
  function startWorker(script: string): Worker {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module" });
    onTestFinished(() => {
      worker.terminate();
      URL.revokeObjectURL(url);
    });
    return worker;
  }

  it("connects a worker, whose own messages go on beside it", async () => {
    const { bus } = openBus();
    const worker = startWorker(`${guestScript("worker", "connectOwner(bus)")}
      addEventListener("message", ({ data }) => data === "ping" && postMessage("pong"));`);
    const pong = new Promise((resolve) =>
      worker.addEventListener("message", ({ data }) => data === "pong" && resolve(data)),
    );
    const answer = nextMessage(bus, "answer");
    const connection = connectWorker(bus, worker, { clientId: "page" });
    bus.publish("ask", 1n);
    await connection.connected;
    worker.postMessage("ping");

    expect((await answer).payload).toEqual({
      from: "worker",
      payload: 1n,
      meta: { _crossTab: true, _sourceClientId: "page", _origin: origin },
    });
    expect((await answer).meta).toMatchObject({ _crossTab: true, _origin: origin });
    expect(await pong).toBe("pong");
  });

  it("tells when the script of the worker is not there", async () => {
    const { bus } = openBus();
    const worker = new Worker("/there-is-no-such-script.js");
    onTestFinished(() => worker.terminate());

    const { connected } = connectWorker(bus, worker, { onError: () => {} });

    await expect(connected).rejects.toMatchObject({
      code: "PEER_UNREACHABLE",
      message: expect.stringContaining("Its script failed"),
    });
  });
});
