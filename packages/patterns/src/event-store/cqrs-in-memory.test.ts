import { cqrsSuite } from "../testing/cqrs-suite.js";
import { MemoryOrigin } from "../testing/event-stores.js";

cqrsSuite(
  "over streams in memory",
  () => {
    const origin = new MemoryOrigin();
    return { openTab: () => ({ streams: origin.data.open(), locks: origin.locks.tab() }) };
  },
  60,
);
