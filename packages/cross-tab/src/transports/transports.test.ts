// @vitest-environment happy-dom
import { vi } from "vitest";
import { BroadcastChannelTransport, type Transport } from "../index.js";
import { SharedWorkerTransport } from "../shared-worker.js";
import { StorageTransport } from "../storage.js";
import { FakeSharedWorker } from "../testing/fake-shared-worker.js";
import { testTransport } from "../testing/transport-contract.js";

vi.stubGlobal("SharedWorker", FakeSharedWorker);

function onThisPage(transport: Transport) {
  return Promise.resolve({
    transport,
    hide: () => void dispatchEvent(new Event("pagehide")),
    show: () => void dispatchEvent(new Event("pageshow")),
  });
}

testTransport({
  type: "broadcast-channel",
  carries: "structured clones",
  hasPages: false,
  openTab: (channelName) => onThisPage(new BroadcastChannelTransport({ channelName })),
});

testTransport({
  type: "shared-worker",
  carries: "structured clones",
  hasPages: false,
  openTab: (channelName) =>
    onThisPage(new SharedWorkerTransport({ url: "/broker.js", channelName })),
});

testTransport({
  type: "storage",
  carries: "JSON",
  hasPages: false,
  openTab: (channelName) => onThisPage(new StorageTransport({ channelName })),
});
