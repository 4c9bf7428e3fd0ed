// @vitest-environment happy-dom
import { ManualClock, MemoryLockStore } from "@pubsub-mfe/core/testing";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type CrossTabError, createCrossTabAdapter } from "../index.js";
import { SharedWorkerTransport, type SharedWorkerTransportOptions } from "../shared-worker.js";
import { FakeSharedWorker, settlePorts } from "../testing/fake-shared-worker.js";
import { linkBus } from "../testing/tabs.js";

beforeEach(() => {
  vi.stubGlobal("SharedWorker", FakeSharedWorker);
  FakeSharedWorker.started.length = 0;
  FakeSharedWorker.brokers.clear();
  FakeSharedWorker.locks = undefined;
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function open(options: Partial<SharedWorkerTransportOptions> = {}) {
  const clock = new ManualClock();
  const transport = new SharedWorkerTransport({ url: "/broker.js", clock, ...options });
  const [heard, errors] = [[] as unknown[], [] as CrossTabError[]];
  transport.onError((error) => errors.push(error));
  transport.onMessage((data) => heard.push(data));
  onTestFinished(() => transport.close());
  return { transport, clock, heard, errors };
}

const lastWorker = () => FakeSharedWorker.started.at(-1)?.worker as FakeSharedWorker;

describe("SharedWorkerTransport", () => {
  it.each<[unknown, string]>([
    [undefined, "it needs the address"],
    ["", "it needs the address"],
    ["data:text/javascript,1", "bundlers must not inline"],
    [new URL("blob:https://shop.example/1"), "bundlers must not inline"],
  ])("refuses the url %s", (url, why) => {
    expect(() => new SharedWorkerTransport({ url: url as string })).toThrow(
      expect.objectContaining({
        code: "CROSS_TAB_MISUSED",
        message: expect.stringContaining(why),
      }),
    );
  });

  it("hands the url on as it is, which may be trusted", () => {
    const url = { toString: () => "/broker.js" };
    open({ url });

    expect(FakeSharedWorker.started).toMatchObject([
      { options: { name: "pubsub-mfe", type: "module" } },
    ]);
    expect(FakeSharedWorker.started[0]?.url).toBe(url);
  });

  it("starts no worker before it is used", () => {
    const transport = new SharedWorkerTransport({ url: "/broker.js" });

    expect(transport.isAvailable()).toBe(true);
    expect(FakeSharedWorker.started).toEqual([]);
  });

  it("keeps what is sent until the worker answers, the newest where it is too much, and tells", async () => {
    const b = open();
    await settlePorts();
    const a = open({ bufferLimit: 2 });

    for (const n of [1, 2, 3, 4]) a.transport.send(n);
    await settlePorts();

    expect(b.heard).toEqual([3, 4]);
    expect(a.errors.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "MESSAGES_DROPPED More than 2 posts waited for the SharedWorker at /broker.js: the oldest are dropped from now on.",
      "MESSAGES_DROPPED More than 2 posts waited for the SharedWorker at /broker.js: 2 posts were not sent.",
    ]);
  });

  it("keeps it as it was when it was sent, and refuses what cannot be cloned at once", async () => {
    const b = open();
    await settlePorts();
    const a = open();
    const data = { list: [1] };

    a.transport.send(data);
    data.list.push(2);
    expect(() => a.transport.send(() => {})).toThrow(
      expect.objectContaining({ name: "DataCloneError" }),
    );
    await settlePorts();

    expect(b.heard).toEqual([{ list: [1] }]);
  });

  it("hands over what waits when the page hides, for it may not come back", () => {
    const { transport } = open({ url: "/nowhere.js" });
    const posted = vi.spyOn(lastWorker().port, "postMessage");

    transport.send("last words");
    expect(posted).not.toHaveBeenCalled();
    dispatchEvent(new Event("pagehide"));

    expect(posted.mock.calls).toEqual([
      [{ type: "data", data: "last words" }],
      [{ type: "leave" }],
    ]);
    dispatchEvent(new Event("pageshow"));
  });

  it("tells once that a worker does not answer, and waits on", () => {
    const { errors, clock, transport } = open({ url: "/nowhere.js", timeoutMs: 500 });

    clock.advance(499);
    expect(errors).toEqual([]);
    clock.advance(60_000);

    expect(errors).toMatchObject([
      { code: "TRANSPORT_UNAVAILABLE", message: expect.stringContaining("for 500 ms") },
    ]);
    transport.send(1);
    expect(transport.isAvailable()).toBe(true);
  });

  it("waits for nothing once the worker has answered", async () => {
    const { errors, clock } = open();
    await settlePorts();

    clock.advance(60_000);

    expect([errors, clock.timerCount]).toEqual([[], 0]);
  });

  it("tells of a worker that cannot be loaded, keeps nothing for it, and tries again in a page that comes back", async () => {
    const { transport, errors, clock } = open({ url: "/nowhere.js" });
    transport.send(1);

    lastWorker().dispatchEvent(new Event("error"));

    expect(errors).toMatchObject([
      {
        code: "TRANSPORT_UNAVAILABLE",
        message: expect.stringMatching(/could not be loaded\. .* 1 posts were not sent\.$/),
      },
    ]);
    expect(() => transport.send(2)).toThrow(errors[0]);
    expect(transport.whyUnavailable()).toBe(errors[0]?.message);
    expect(clock.timerCount).toBe(0);

    dispatchEvent(new Event("pagehide"));
    dispatchEvent(new Event("pageshow"));
    expect(FakeSharedWorker.started).toHaveLength(2);
    expect(transport.isAvailable()).toBe(true);
  });

  it("tells of a worker that must not be started", () => {
    vi.stubGlobal(
      "SharedWorker",
      class {
        constructor() {
          throw new TypeError("needs a TrustedScriptURL");
        }
      },
    );

    const { errors } = open();

    expect(errors).toMatchObject([
      {
        code: "TRANSPORT_UNAVAILABLE",
        message: expect.stringContaining("needs a TrustedScriptURL"),
        cause: expect.any(TypeError),
      },
    ]);
  });

  it("writes to the console what nobody listens to, and survives a listener that throws", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const transport = new SharedWorkerTransport({ url: "/nowhere.js" });
    const unheard = transport.onError(() => {});
    unheard();
    transport.send(1);
    lastWorker().dispatchEvent(new Event("error"));
    expect(warn).toHaveBeenCalledTimes(1);

    const bug = new Error("a bug");
    const { transport: other } = open({ url: "/nowhere.js" });
    other.onError(() => {
      throw bug;
    });
    lastWorker().dispatchEvent(new Event("error"));

    expect(reported.mock.calls).toEqual([[bug]]);
    transport.close();
  });

  it("starts a worker anew when it has ended, and none once it was closed", async () => {
    const store = new MemoryLockStore();
    const [page, worker] = [store.tab(), store.tab()];
    vi.stubGlobal("navigator", { locks: page });
    FakeSharedWorker.locks = worker as unknown as LockManager;
    const { transport } = open();
    await settlePorts();

    FakeSharedWorker.brokers.clear();
    FakeSharedWorker.locks = undefined;
    worker.close();
    await settlePorts();
    expect(FakeSharedWorker.started).toHaveLength(2);

    transport.close();
    await settlePorts();
    const { held = [] } = await page.query();
    expect(held.filter(({ name }) => name?.startsWith("pubsub-mfe-port:"))).toEqual([]);
    expect(FakeSharedWorker.started).toHaveLength(2);
  });

  it("holds no lock while its page is hidden", async () => {
    const page = new MemoryLockStore().tab();
    vi.stubGlobal("navigator", { locks: page });
    open();
    await settlePorts();
    const names = async () => (await page.query()).held?.map(({ name }) => name);
    expect(await names()).toEqual([expect.stringMatching(/^pubsub-mfe-port:/)]);

    dispatchEvent(new Event("pagehide"));
    await settlePorts();
    expect(await names()).toEqual([]);

    dispatchEvent(new Event("pageshow"));
    await settlePorts();
    expect(await names()).toHaveLength(1);
  });
});

describe("the adapter over a SharedWorkerTransport", () => {
  it("is told by onError that the worker is not there, and the bus goes on", async () => {
    const transport = new SharedWorkerTransport({ url: "/nowhere.js" });
    const { bus, adapter, errors, received } = await linkBus({ transport });

    lastWorker().dispatchEvent(new Event("error"));
    bus.publish("a", 1);
    await settlePorts();

    expect(errors.map(({ code }) => code)).toEqual(["TRANSPORT_UNAVAILABLE", "SEND_FAILED"]);
    expect(received).toHaveLength(1);
    adapter.detach();
    await expect(createCrossTabAdapter({ transport }).attach(bus)).rejects.toMatchObject({
      code: "TRANSPORT_UNAVAILABLE",
      message: expect.stringContaining("shared-worker: it was closed"),
    });
  });
});
