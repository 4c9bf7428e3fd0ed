import { eventStreamsContract, eventStreamsProperty } from "@pubsub-mfe/core/testing/contracts";
import { describe } from "vitest";
import { streamsInHistoryContract } from "../testing/streams-in-history.js";
import { openStreamsWorld } from "../testing/streams-world.js";

eventStreamsContract("Event streams in IndexedDB", openStreamsWorld);

streamsInHistoryContract();

describe("Event streams in IndexedDB", () => {
  eventStreamsProperty(openStreamsWorld, 20);
});
