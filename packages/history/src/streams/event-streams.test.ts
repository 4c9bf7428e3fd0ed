// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { eventStreamsContract, eventStreamsProperty } from "@pubsub-mfe/core/testing/contracts";
import { describe } from "vitest";
import { makeInactiveBetweenTasks } from "../testing/inactive-between-tasks.js";
import { streamsInHistoryContract } from "../testing/streams-in-history.js";
import { openStreamsWorld } from "../testing/streams-world.js";

makeInactiveBetweenTasks();

eventStreamsContract("Event streams in IndexedDB", openStreamsWorld);

streamsInHistoryContract();

describe("Event streams in IndexedDB", () => {
  eventStreamsProperty(openStreamsWorld, 50);
});
