import { eventLogContract } from "@pubsub-mfe/core/testing/contracts";
import { openLogWorld } from "./testing/log-world.js";

eventLogContract("A log in IndexedDB", openLogWorld);
