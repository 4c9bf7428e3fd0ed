export { ManualClock } from "./testing/manual-clock.js";
export { MemoryOrigin, type MemoryTab } from "./testing/memory-locks.js";
