export type { LogTab, LogWorld, OpenLogWorld } from "./contracts/event-log/world.js";
export { eventLogContract } from "./contracts/event-log-contract.js";
export type {
  OpenStreamsWorld,
  StreamsTab,
  StreamsWorld,
} from "./contracts/event-streams/world.js";
export { eventStreamsContract } from "./contracts/event-streams-contract.js";
export { eventStreamsProperty } from "./contracts/event-streams-property.js";
export { type ContractTab, locksContract } from "./contracts/locks-contract.js";
export { type OpenPresenceTab, presenceContract } from "./contracts/presence-contract.js";
