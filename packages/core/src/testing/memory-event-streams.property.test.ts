import { describe } from "vitest";
import { eventStreamsProperty } from "./contracts/event-streams-property.js";
import { ManualClock } from "./manual-clock.js";
import { MemoryStreamStore } from "./memory-event-streams.js";

describe("Event streams in memory", () => {
  eventStreamsProperty(async () => {
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
  }, 500);
});
