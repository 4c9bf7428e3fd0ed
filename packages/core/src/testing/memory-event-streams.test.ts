import { eventStreamsContract } from "./contracts/event-streams-contract.js";
import { ManualClock } from "./manual-clock.js";
import { MemoryStreamStore } from "./memory-event-streams.js";

eventStreamsContract("Event streams in memory", async () => {
  const clock = new ManualClock();
  const store = new MemoryStreamStore({ clock });
  return {
    clock,
    openTab: async () => {
      const streams = store.open();
      return { streams, close: () => streams.close() };
    },
    wipe: () => store.deleteAll(),
  };
});
