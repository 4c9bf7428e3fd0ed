import "fake-indexeddb/auto";
import { eventStreamsContract, eventStreamsProperty } from "@pubsub-mfe/core/testing/contracts";
import { describe } from "vitest";
import { makeInactiveBetweenTasks } from "../testing/inactive-between-tasks.js";
import { openStreamsWorld } from "../testing/streams-world.js";

makeInactiveBetweenTasks();

eventStreamsContract("Event streams in IndexedDB", openStreamsWorld);

describe("Event streams in IndexedDB", () => {
  eventStreamsProperty(openStreamsWorld, 50);
});
