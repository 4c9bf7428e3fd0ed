import { historyContract } from "./testing/history-contract.js";

historyContract();
