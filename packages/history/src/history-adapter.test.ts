// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { historyContract } from "./testing/history-contract.js";

historyContract();
