import { eventStreamsContract, eventStreamsProperty } from "@pubsub-mfe/core/testing/contracts";
import { describe } from "vitest";
import { openStreamsWorld } from "../testing/streams-world.js";

eventStreamsContract("Event streams in IndexedDB", openStreamsWorld);

describe("Event streams in IndexedDB", () => {
  eventStreamsProperty(openStreamsWorld, 20);
});
