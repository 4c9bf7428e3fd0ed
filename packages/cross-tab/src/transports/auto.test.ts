// @vitest-environment happy-dom
import { createPubSub } from "@pubsub-mfe/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createAutoTransport, createCrossTabAdapter, isCrossTabError } from "../index.js";
import { SharedWorkerTransport } from "../shared-worker.js";
import { StorageTransport } from "../storage.js";
import { FakeSharedWorker } from "../testing/fake-shared-worker.js";
import { Hub } from "../testing/hub.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

const fallbacks = () => [new SharedWorkerTransport({ url: "/broker.js" }), new StorageTransport()];

describe("createAutoTransport", () => {
  it("takes a BroadcastChannel, and looks at nothing else", () => {
    vi.stubGlobal("SharedWorker", FakeSharedWorker);
    const { length } = FakeSharedWorker.started;

    const chosen = createAutoTransport({ channelName: "shop", fallbacks: fallbacks() });

    expect(chosen).toMatchObject({
      type: "broadcast-channel",
      fallbackChain: [{ type: "broadcast-channel", available: true }],
      partitioned: false,
    });
    expect(chosen.transport.type).toBe("broadcast-channel");
    expect(FakeSharedWorker.started).toHaveLength(length);
  });

  it("falls back to the first that is available, and says why not to those before it", () => {
    vi.stubGlobal("BroadcastChannel", undefined);
    vi.stubGlobal("SharedWorker", undefined);

    const { type, transport, fallbackChain } = createAutoTransport({ fallbacks: fallbacks() });

    expect([type, transport.type]).toEqual(["storage", "storage"]);
    expect(fallbackChain).toEqual([
      {
        type: "broadcast-channel",
        available: false,
        reason: "not supported, or closed: then give a function that makes it",
      },
      { type: "shared-worker", available: false, reason: "there is no SharedWorker here" },
      { type: "storage", available: true },
    ]);
  });

  it("refuses a channel on a server, where all users would hear each other", async () => {
    vi.stubGlobal("document", undefined);
    const bus = createPubSub();

    await expect(createCrossTabAdapter().attach(bus)).rejects.toThrow(
      "No transport is available: broadcast-channel: on a server each request would hear all others. Attach in the browser alone. The bus goes on in this page alone.",
    );
  });

  it("takes a transport of the application's own", () => {
    vi.stubGlobal("BroadcastChannel", undefined);
    const own = new Hub().connect();

    expect(createAutoTransport({ fallbacks: [own] })).toMatchObject({
      transport: own,
      type: "custom",
    });
  });

  it("throws with all the reasons where there is none", () => {
    vi.stubGlobal("BroadcastChannel", undefined);
    vi.stubGlobal("SharedWorker", undefined);
    const blocked = vi.spyOn(globalThis, "localStorage", "get").mockImplementation(() => {
      throw new DOMException("denied", "SecurityError");
    });

    let error: unknown;
    try {
      createAutoTransport({ fallbacks: fallbacks() });
    } catch (thrown) {
      error = thrown;
    }
    blocked.mockRestore();

    expect(isCrossTabError(error, "TRANSPORT_UNAVAILABLE")).toBe(true);
    expect((error as Error).message).toMatch(
      /^No transport is available: broadcast-channel: not supported, or closed: then give a function that makes it; shared-worker: there is no SharedWorker here; storage: localStorage is blocked: .*denied\. The bus goes on in this page alone\.$/,
    );
  });

  it.each<[string[], boolean]>([
    [[], false],
    [["https://shop.example"], false],
    [["https://www.shop.example", "https://shop.example:8443"], false],
    [["https://shop.example", "https://portal.test"], true],
    [["http://shop.example"], true],
    [["null"], true],
    // Of two sites, or not: that takes a list to know.
    [["https://other.co.example"], true],
  ])("tells, shown by %j, whether the frame is of another site: %s", (ancestorOrigins, is) => {
    vi.stubGlobal("location", { origin: "https://pay.shop.example", ancestorOrigins });

    expect(createAutoTransport().partitioned).toBe(is);
  });
});

describe('the adapter with "auto"', () => {
  it("warns diagnostics of a frame that is kept apart", async () => {
    const { location } = globalThis;
    vi.stubGlobal("location", {
      origin: location.origin,
      ancestorOrigins: ["https://portal.test"],
    });
    const told: unknown[] = [];
    const bus = createPubSub({ onDiagnostic: (event) => told.push(event) });

    await createCrossTabAdapter({ channelName: crypto.randomUUID() }).attach(bus);

    expect(told).toContainEqual(
      expect.objectContaining({ type: "warning", code: "STORAGE_PARTITIONED" }),
    );
    bus.dispose();
  });
});
