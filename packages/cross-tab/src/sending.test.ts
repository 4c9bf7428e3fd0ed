import { beforeEach, describe, expect, it, vi } from "vitest";
import { isCrossTabError } from "./index.js";
import { Hub } from "./testing/hub.js";
import { openTab, payloads, turnEnd } from "./testing/tabs.js";

let hub: Hub;

beforeEach(() => {
  hub = new Hub();
});

describe("a message that cannot be cloned", () => {
  it.each<[string, unknown, string]>([
    [
      "a getter that throws",
      {
        get broken(): never {
          throw new Error("no");
        },
      },
      "payload",
    ],
    [
      "a proxy that tells nothing",
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("no");
          },
        },
      ),
      "payload",
    ],
    ["what is nested too deep", nest(100_000), "payload.a.a.a.a.a.a.a"],
  ])("costs its neighbours nothing: %s", async (_, payload, field) => {
    const [a, b] = [await openTab(hub), await openTab(hub)];

    a.bus.publish("a", 1);
    a.bus.publish("bad", payload);
    a.bus.publish("a", 2);
    await turnEnd();

    expect(payloads(b.received)).toEqual([1, 2]);
    expect(a.errors).toMatchObject([{ code: "MESSAGE_NOT_CLONEABLE", topic: "bad", field }]);
    expect(b.errors).toEqual([]);
  });

  it("is told by topic and field; its neighbours arrive, and the numbering has no hole", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub)];

    for (const n of [1, 2, 3]) a.bus.publish("a", n);
    const bad = a.bus.publish("cart.saved", { buttons: [{}, { onClick() {} }] });
    for (const n of [4, 5]) a.bus.publish("a", n);
    await turnEnd();
    a.bus.publish("a", 6);
    await turnEnd();

    expect(payloads(b.received)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(b.errors).toEqual([]);
    expect(a.errors).toHaveLength(1);
    expect(a.errors[0]).toMatchObject({
      name: "UncloneableMessageError",
      code: "MESSAGE_NOT_CLONEABLE",
      topic: "cart.saved",
      messageId: bad.id,
      field: "payload.buttons.1.onClick",
      message:
        'A message of "cart.saved" was not sent to other tabs: payload.buttons.1.onClick cannot be cloned. Publish plain data, or keep the message in the page with { scope: "page" }.',
    });
    expect(isCrossTabError(a.errors[0], "MESSAGE_NOT_CLONEABLE")).toBe(true);
    expect(a.adapter.getStats().messagesSent).toBe(6);
  });

  it("may be one of several, also side by side, first and last", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub)];
    const bad = () => {};

    for (const payload of [bad, 1, bad, bad, 2, 3, bad]) a.bus.publish("a", payload);
    await turnEnd();

    expect(payloads(b.received)).toEqual([1, 2, 3]);
    expect(a.errors.map(({ code }) => code)).toEqual(Array(4).fill("MESSAGE_NOT_CLONEABLE"));
    expect(b.errors).toEqual([]);
  });

  it("may be the meta's fault", async () => {
    const a = await openTab(hub);

    a.bus.publish("a", 1, { meta: { node: () => {} } });
    await turnEnd();

    expect(a.errors[0]).toMatchObject({ field: "meta.node" });
  });
});

describe("a transport that fails", () => {
  it("is told, and is used again: what it was given is had by the others when they ask", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub)];
    const failure = new Error("no more handles");
    a.transport.failure = failure;

    a.bus.publish("a", 1);
    a.bus.publish("a", 2);
    await turnEnd();
    a.bus.publish("a", 3);
    await turnEnd();

    expect(a.errors).toHaveLength(1);
    expect(a.errors[0]).toMatchObject({
      code: "SEND_FAILED",
      cause: failure,
      message: "2 messages were not sent to other tabs: Error: no more handles",
    });
    expect(payloads(a.received)).toEqual([1, 2, 3]);
    expect(payloads(b.received)).toEqual([1, 2, 3]);
  });
});

describe("onError", () => {
  it("is the console, with a prefix, once for each error where none is given", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const a = await openTab(hub, { onError: undefined as never });

    a.bus.publish("a", () => {});
    a.bus.publish("b", () => {});
    await turnEnd();

    const error = (topic: string) => expect.objectContaining({ topic });
    expect(warn.mock.calls).toEqual([
      ["[@pubsub-mfe/cross-tab]", error("a")],
      ["[@pubsub-mfe/cross-tab]", error("b")],
    ]);
  });

  it("may throw: the platform is told, and nothing stops", async () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const bug = new Error("a bug of the application");
    const onError = () => {
      throw bug;
    };
    const [a, b] = [await openTab(hub, { onError }), await openTab(hub, { onError })];

    a.bus.publish("a", () => {});
    a.bus.publish("a", 2);
    hub.inject("nonsense");
    await turnEnd();
    vi.unstubAllGlobals();

    expect(reported.mock.calls).toEqual([[bug], [bug], [bug]]);
    expect(payloads(b.received)).toEqual([2]);
  });
});

describe("debug", () => {
  it("writes to the console what carries the messages, and what is sent and received", async () => {
    const debug = vi.spyOn(console, "debug").mockImplementation(() => {});
    const a = await openTab(hub, { debug: true });
    const b = await openTab(hub, { debug: true });

    const { id } = a.bus.publish("cart.saved", 1);
    await turnEnd();

    expect(b.received).toHaveLength(1);
    const chosen = ["[@pubsub-mfe/cross-tab]", "transport", [{ type: "custom", available: true }]];
    expect(debug.mock.calls).toEqual([
      chosen,
      chosen,
      ["[@pubsub-mfe/cross-tab]", "sent", 1],
      ["[@pubsub-mfe/cross-tab]", "received", "cart.saved", id],
    ]);
  });
});

function nest(depth: number): unknown {
  let value: unknown = 0;
  for (let n = 0; n < depth; n += 1) value = { a: value };
  return value;
}
