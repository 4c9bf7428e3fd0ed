export { type ContractTab, locksContract } from "./contracts/locks-contract.js";
