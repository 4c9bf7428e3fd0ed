import { cqrsSuite } from "../testing/cqrs-suite.js";
import { MemoryOrigin } from "../testing/event-stores.js";

cqrsSuite(
  "over streams in memory",
  () => {
    const origin = new MemoryOrigin();
    return {
      openTab() {
        const [streams, locks] = [origin.data.open(), origin.locks.tab()];
        const crash = (): void => {
          streams.close();
          locks.close();
        };
        return { streams, locks, crash };
      },
    };
  },
  100,
);
