import { describe, expect, it, vi } from "vitest";
import type { CrossTabError } from "../index.js";
import { SharedWorkerTransport } from "../shared-worker.js";
import { testTransport } from "../testing/transport-contract.js";
import { brokerUrl, openTransportFrame } from "../testing/transport-frames.js";

testTransport({
  type: "broadcast-channel",
  carries: "structured clones",
  hasPages: true,
  openTab: (channelName) =>
    openTransportFrame(
      ({ BroadcastChannelTransport }) => new BroadcastChannelTransport({ channelName }),
    ),
});

testTransport({
  type: "shared-worker",
  carries: "structured clones",
  hasPages: true,
  openTab: (channelName) =>
    openTransportFrame(
      ({ SharedWorkerTransport }) => new SharedWorkerTransport({ url: brokerUrl, channelName }),
    ),
});

testTransport({
  type: "storage",
  carries: "JSON",
  hasPages: true,
  openTab: (channelName) =>
    openTransportFrame(({ StorageTransport }) => new StorageTransport({ channelName })),
});

describe("SharedWorkerTransport", () => {
  it("tells of a worker whose script is not there", async () => {
    const url = "/nowhere/shared-worker-broker.js";
    const transport = new SharedWorkerTransport({ url });
    const told = new Promise<CrossTabError>((resolve) => transport.onError(resolve));
    transport.send(1);

    expect(await told).toMatchObject({
      code: "TRANSPORT_UNAVAILABLE",
      message: `The SharedWorker at ${url} could not be loaded. Is it there, and served as JavaScript? 1 posts were not sent.`,
    });
    expect(transport.isAvailable()).toBe(false);
    expect(() => transport.send(2)).toThrow("could not be loaded");
    transport.close();
  });
});

describe("StorageTransport", () => {
  it("leaves nothing behind in localStorage", async () => {
    const channelName = crypto.randomUUID();
    const open = () =>
      openTransportFrame(({ StorageTransport }) => new StorageTransport({ channelName }));
    const [a, b] = [await open(), await open()];
    const heard = vi.fn();
    const done = new Promise((resolve) => b.transport.onMessage(resolve));
    b.transport.onMessage(heard);

    a.transport.send("x".repeat(300_000));
    expect(keysOf(channelName)).toEqual([]);
    await done;

    expect(heard).toHaveBeenCalledTimes(1);
  });
});

function keysOf(channelName: string): string[] {
  return Object.keys(localStorage).filter((key) => key.includes(channelName));
}
