import type { OpenLogWorld } from "@pubsub-mfe/core/testing/contracts";
import { World } from "./world.js";

/** A world for core's contract of logs: one database, and a log with a bus of its own for each tab. */
export const openLogWorld: OpenLogWorld = async () => {
  const world = new World();
  return {
    clock: world.clock,
    async openTab() {
      const bus = world.createBus();
      return { bus, log: await world.attachedLog(bus) };
    },
    wipe: () => world.deleteDatabase(),
  };
};
