export { ManualClock } from "./testing/manual-clock.js";
export { type BusMatchers, busMatchers } from "./testing/matchers.js";
export {
  MemoryLog,
  type MemoryLogEntry,
  type MemoryLogOptions,
} from "./testing/memory-event-log.js";
export {
  type MemoryEventStreams,
  MemoryStreamStore,
  type MemoryStreamStoreOptions,
} from "./testing/memory-event-streams.js";
export { MemoryLockStore, type MemoryLocks } from "./testing/memory-locks.js";
export type { MemoryLogTab } from "./testing/memory-log-tab.js";
export {
  type MemoryPresence,
  type MemoryTabOptions,
  MemoryTabs,
} from "./testing/memory-presence.js";
export type { NetworkChannel } from "./testing/network/channel.js";
export type { NetworkConfig } from "./testing/network/config.js";
export { createNetwork, type TestNetwork } from "./testing/network/network.js";
export type { NetworkTab } from "./testing/network/tab.js";
export type { NetworkEvent, NetworkStats } from "./testing/network/trace.js";
export { type Recorder, record } from "./testing/recorder.js";
export { createTestBus, type TestBus, type TestBusConfig } from "./testing/test-bus.js";
